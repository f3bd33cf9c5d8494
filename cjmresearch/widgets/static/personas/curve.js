// The curve of a persona as a small drawing: every point opens the words behind it.

const SVG = "http://www.w3.org/2000/svg";
const FRAME = { left: 14, right: 12, top: 12, step: 26, height: 96, bottom: 40 };

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, String(value));
  }
  made.append(...children.filter(Boolean));
  return made;
}

class Curve {
  constructor(session, open) {
    this.session = session;
    this.open = open;
  }

  draw(persona, view) {
    const { session } = this;
    const name = persona.name;
    if (!view?.curve) return element("p", { class: "cjm-note" }, session.say("counting"));
    if (view.curve.every((point) => point.mean === null)) {
      return element("p", { class: "cjm-note" }, session.say("no_curve"));
    }
    const stages = view.curve.length;
    const width = FRAME.left + FRAME.right + FRAME.step * (stages - 1);
    const height = FRAME.top + FRAME.height + FRAME.bottom;
    const svg = drawn("svg", {
      viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": session.say("curve", { name }),
    });
    svg.append(...this._grid(width, stages), this._line(session.views.get("")?.curve, "cjm-all"), this._line(view.curve, "cjm-line"));
    view.curve.forEach((point, index) => svg.append(this._point(persona, point, index, view.of)));
    return element("div", { class: "cjm-curve" }, svg);
  }

  _x(index) { return FRAME.left + FRAME.step * index; }

  _y(value) { return FRAME.top + ((1 - value) / 2) * FRAME.height; }

  _grid(width, stages) {
    const { session } = this;
    const middle = this._y(0);
    const lines = [drawn("line", { class: "cjm-zero", x1: 4, x2: width - 2, y1: middle, y2: middle })];
    for (const [value, key] of [[1, "better"], [-1, "worse"]]) {
      const label = drawn("text", { class: "cjm-end", x: 2, y: this._y(value) + (value > 0 ? -4 : 9) });
      label.textContent = session.say(key);
      lines.push(label);
    }
    for (let index = 0; index < stages; index += 1) {
      const number = drawn("text", { class: "cjm-stage", x: this._x(index), y: FRAME.top + FRAME.height + 36 });
      number.textContent = index + 1;
      lines.push(number);
    }
    return lines;
  }

  // Stages without a mean break the line: nothing is known of what lies between.
  _line(curve, name) {
    if (!curve) return null;
    let path = "";
    let on = false;
    curve.forEach((point, index) => {
      if (point.mean === null) { on = false; return; }
      path += `${on ? "L" : "M"}${this._x(index)} ${this._y(point.mean)}`;
      on = true;
    });
    return drawn("path", { class: name, d: path });
  }

  _point(persona, point, index, of) {
    const { session } = this;
    const stage = session.stages[index]?.name ?? point.stage;
    const x = this._x(index);
    if (point.mean === null) {
      const gap = drawn("text", { class: "cjm-gap", x, y: this._y(0) + 3 });
      gap.textContent = "·";
      gap.append(this._title(session.say("no_data", { stage })));
      return gap;
    }
    const label = this._label(point, stage, of);
    const y = this._y(point.mean);
    const open = () => this.open(persona.id, `stage:${point.stage}`, `${persona.name} · ${stage}`);
    const count = drawn("text", { class: "cjm-n", x, y: FRAME.top + FRAME.height + 24 });
    count.textContent = point.n;
    const classes = `cjm-point${point.machine ? " cjm-machine" : ""}${point.low === null ? " cjm-few" : ""}`;
    return drawn("g", {
      class: classes, role: "button", tabindex: 0, "aria-label": label, "data-stage": point.stage,
      "data-n": point.n, "data-mean": point.mean, onclick: open,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } },
    },
    this._title(label),
    drawn("rect", { class: "cjm-hit", x: x - FRAME.step / 2, y: FRAME.top - 8, width: FRAME.step, height: FRAME.height + 36, rx: 4 }),
    point.low === null ? null : drawn("line", { class: "cjm-interval", x1: x, x2: x, y1: this._y(Math.min(1, point.high)), y2: this._y(Math.max(-1, point.low)) }),
    drawn("circle", { cx: x, cy: y, r: 4 }), count);
  }

  _title(words) {
    const title = drawn("title");
    title.textContent = words;
    return title;
  }

  _label(point, stage, of) {
    const { session } = this;
    let label = session.say("point", { stage, mean: session.signed(point.mean), n: point.n, of });
    label += point.low === null ? session.say("no_interval")
      : session.say("interval", { low: session.signed(point.low), high: session.signed(point.high) });
    return point.machine ? label + session.say("by_machine") : label;
  }
}
