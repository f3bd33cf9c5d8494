// Paints the codings of one turn: each passage is a <mark>; each code on it a rail of its own
// under the words, so that overlaps stay legible; suggestions are outlines.

const RAILS = 5;
const RAIL = 2; // px
const STEP = 3;

function segmentsOf(turn, codings) {
  const cuts = new Set([0, turn.text.length]);
  const spans = codings.map((coding) => {
    const from = turn.unit(coding.start);
    const to = turn.unit(coding.end);
    cuts.add(from).add(to);
    return { coding, from, to };
  });
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).map((from, i) => {
    const to = places[i + 1];
    return { from, to, spans: spans.filter((span) => span.from <= from && span.to >= to) };
  });
}

// The lowest rail that is free for the whole of a coding, widest codings first.
function railsOf(codings) {
  const ordered = [...codings].sort((a, b) => a.start - b.start || b.end - a.end);
  const ends = [];
  const rails = new Map();
  for (const coding of ordered) {
    let rail = ends.findIndex((end) => end <= coding.start);
    if (rail < 0) rail = ends.length;
    ends[rail] = coding.end;
    rails.set(coding.id, Math.min(rail, RAILS - 1));
  }
  return rails;
}

class Painter {
  constructor(session, colours) {
    this.session = session;
    this.colours = colours;
  }

  paint(turn, place, codings) {
    const rails = railsOf(codings.filter((coding) => coding.status !== "suggested"));
    // Lines move apart for as many rails as the turn has, and no further.
    place.style.setProperty("--cjm-rails", `${rails.size ? (Math.max(...rails.values()) + 1) * STEP : 0}px`);
    const parts = segmentsOf(turn, codings).map((segment) => {
      const words = turn.text.slice(segment.from, segment.to);
      if (!segment.spans.length) return document.createTextNode(words);
      return this._mark(segment, words, rails);
    });
    place.replaceChildren(...parts);
  }

  _mark({ from, to, spans }, words, rails) {
    const mark = element("mark", {
      class: "cjm-mark", "data-codings": spans.map((span) => span.coding.id).join(" "),
    }, words);
    const coded = spans.filter((span) => rails.has(span.coding.id)).map((span) => span.coding);
    const outlined = spans.filter((span) => span.coding.status === "suggested");
    const saved = coded.filter((coding) => !this.session.isPending(coding));
    if (coded.length) this._rails(mark, coded, rails);
    if (saved.length) mark.classList.add("cjm-coded");
    else if (coded.length) mark.classList.add("cjm-pending");
    mark.classList.toggle("cjm-now", spans.some((span) => span.coding.id === this.current));
    if (outlined.length) {
      mark.classList.add("cjm-suggested");
      mark.style.setProperty("--cjm-outline", this.colours.of(outlined[0].coding.code));
      if (outlined.some((span) => span.from === from)) mark.classList.add("cjm-first");
      if (outlined.some((span) => span.to === to)) mark.classList.add("cjm-last");
    }
    return mark;
  }

  // The rails lie in the padding under the words, the first next to them.
  _rails(mark, codings, rails) {
    const drawn = codings.map((coding) => {
      const colour = this.colours.of(coding.code);
      return this.session.isPending(coding)
        ? `repeating-linear-gradient(90deg, ${colour} 0 3px, transparent 3px 6px)`
        : `linear-gradient(${colour}, ${colour})`;
    });
    const places = codings.map((coding) => (
      `0 calc(100% - var(--cjm-rails) + ${rails.get(coding.id) * STEP + STEP - RAIL}px)`));
    // The last, empty layer keeps the tint of the words out of the rails.
    mark.style.backgroundImage = [...drawn, "linear-gradient(transparent, transparent)"].join(", ");
    mark.style.backgroundPosition = [...places, "0 0"].join(", ");
    mark.style.backgroundSize = [...codings.map(() => `100% ${RAIL}px`), "auto"].join(", ");
    mark.style.backgroundClip = [...codings.map(() => "border-box"), "content-box"].join(", ");
  }
}

// Colours of codes, made to stand out from a light and from a dark page. CSS picks the one.
class Colours {
  constructor(session, root) {
    this.session = session;
    this.root = root;
    this.names = new Map();
  }

  of(id) {
    if (!this.names.has(id)) {
      this.names.set(id, `--cjm-code-${this.names.size}`);
      this.set(id);
    }
    return `var(${this.names.get(id)})`;
  }

  set(id) {
    const given = this.session.codes.get(id)?.colour;
    const colour = /^#[0-9a-f]{6}$/i.test(given ?? "") ? given : "#5b6770";
    const both = `light-dark(${toned(colour, 0, 0.36)}, ${toned(colour, 0.2, 1)})`;
    this.root.style.setProperty(this.names.get(id), both);
  }

  update() { for (const id of this.names.keys()) this.set(id); }
}

// A colour made darker or lighter until its luminance lies between two bounds; the hue stays.
function toned(colour, low, high) {
  let channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  for (let tries = 0; tries < 40; tries += 1) {
    const light = luminance(channels);
    if (light > high) channels = channels.map((c) => c * 0.95);
    else if (light < low) channels = channels.map((c) => c + (1 - c) * 0.05);
    else break;
  }
  return `rgb(${channels.map((c) => Math.round(c * 255)).join(" ")})`;
}

function luminance(channels) {
  const [r, g, b] = channels.map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
