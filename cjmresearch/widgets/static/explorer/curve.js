// The emotion curve over the columns of the map. Straight segments join neighbouring stages that
// have data; nothing is smoothed or bridged. A marker without an interval is hollow.

const TALL = 150; // px of the drawing
const EDGE = 12; // px above +1 and under -1
const REACH = 1.0;

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Curve {
  constructor(session, curves, pick) {
    this.curves = curves;
    this.pick = pick;
    this.drawing = svg("svg", { class: "cjm-drawing", "aria-hidden": "true", height: TALL });
    this.drawing.addEventListener("click", (event) => this._clicked(event));
  }

  // Draw for columns whose middles lie at `middles` px of `width`.
  draw(width, middles) {
    this.middles = middles;
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${TALL}`);
    this.drawing.setAttribute("width", width);
    const lines = [1, 0.5, 0, -0.5, -1].map((value) => svg("line", {
      x1: 0, x2: width, y1: yOf(value), y2: yOf(value), class: value ? "cjm-gridline" : "cjm-zero",
    }));
    const shift = this.curves.length > 1 ? 7 : 0;
    this.places = this.curves.map((points, side) => points.map((point, i) => ({
      ...point, side, x: middles[i] + (side ? shift : -shift), y: point.mean === null ? null : yOf(point.mean),
    })));
    this.drawing.replaceChildren(...lines, ...this.places.map((points) => this._bands(points)),
      ...this.places.map((points) => this._line(points)));
  }

  _bands(points) {
    const group = svg("g", { class: `cjm-band cjm-side-${points[0]?.side ?? 0}` });
    points.forEach((point, i) => {
      const next = points[i + 1];
      if (!next || point.band_low === null || next.band_low === null) return;
      const corners = [[point, "band_high"], [next, "band_high"], [next, "band_low"], [point, "band_low"]];
      group.append(svg("polygon", { points: corners.map(([p, end]) => `${p.x},${yOf(p[end])}`).join(" ") }));
    });
    return group;
  }

  _line(points) {
    const group = svg("g", { class: `cjm-curve-line cjm-side-${points[0]?.side ?? 0}` });
    points.forEach((point, i) => {
      const next = points[i + 1];
      if (!next || point.y === null || next.y === null) return;
      group.append(svg("line", {
        x1: point.x, y1: point.y, x2: next.x, y2: next.y, class: point.machine || next.machine ? "cjm-by-machine" : "",
      }));
    });
    for (const point of points) if (point.y !== null) group.append(...this._point(point));
    return group;
  }

  _point(point) {
    const parts = [];
    const { x, y } = point;
    if (point.low !== null) {
      const [top, bottom] = [yOf(point.high), yOf(point.low)];
      parts.push(svg("path", { class: "cjm-bar", d: `M${x},${top}V${bottom}M${x - 4},${top}h8M${x - 4},${bottom}h8` }));
    }
    const hollow = point.low === null ? " cjm-hollow" : "";
    const shape = point.side
      ? svg("path", { d: `M${x},${y - 6}l6,6l-6,6l-6,-6z`, class: `cjm-point${hollow}` })
      : svg("circle", { cx: x, cy: y, r: 5, class: `cjm-point${hollow}` });
    shape.dataset.stage = point.stage;
    const title = svg("title");
    title.textContent = point.words;
    shape.append(title);
    return [...parts, shape];
  }

  // Anywhere in a column opens its point; of two, the one that is nearer.
  _clicked(event) {
    const box = this.drawing.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const far = (middle) => Math.abs(middle - x);
    const column = this.middles.reduce((best, middle, i) => (far(middle) < far(this.middles[best]) ? i : best), 0);
    const near = this.places.map((points) => points[column]).filter((point) => point && point.y !== null)
      .sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))[0];
    if (near) this.pick(["curve", near.stage], near.side);
  }
}

// Intervals may lie beyond the scale; they are cut at the edge of the drawing.
function yOf(value) {
  const inside = Math.max(-REACH - 0.12, Math.min(REACH + 0.12, value));
  return EDGE + ((REACH - inside) / (2 * REACH)) * (TALL - 2 * EDGE);
}
