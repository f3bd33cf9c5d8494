// The text of a source. Python counts code points, a browser counts UTF-16 units: they are
// converted only where a turn holds a character outside the basic plane.

const SURROGATE = /[\ud800-\udfff]/;
const isHigh = (unit) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit) => unit >= 0xdc00 && unit < 0xe000;

function unitsOf(text, points) {
  let units = 0;
  for (; points > 0 && units < text.length; points -= 1) {
    const pair = isHigh(text.charCodeAt(units)) && isLow(text.charCodeAt(units + 1));
    units += pair ? 2 : 1;
  }
  return units;
}

function pointsOf(text, units) {
  let points = 0;
  for (let at = 0; at < units; points += 1) {
    const pair = isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1));
    if (pair && at + 1 === units) return points; // inside a character: before it
    at += pair ? 2 : 1;
  }
  return points;
}

class Turn {
  constructor(index, [position, start, end, speaker, begin, prompt], text, at) {
    Object.assign(this, { index, position, start, end, speaker, begin, prompt, text, at });
    this.wide = SURROGATE.test(text);
  }

  // An offset in the source <-> one in the string of this turn.
  unit(point) {
    const local = Math.min(Math.max(point - this.start, 0), this.end - this.start);
    return this.wide ? unitsOf(this.text, local) : local;
  }

  point(unit) {
    return this.start + (this.wide ? pointsOf(this.text, unit) : Math.min(unit, this.text.length));
  }

  // Spans of words or sentences as units of the string; cut once, when first asked for.
  pieces(kind) {
    const name = `_${kind}`;
    if (!this[name]) {
      const cut = new Intl.Segmenter("ru", { granularity: kind });
      this[name] = [...cut.segment(this.text)]
        .filter((piece) => (kind === "word" ? piece.isWordLike : piece.segment.trim()))
        .map((piece) => {
          const text = piece.segment.trimEnd();
          return [piece.index, piece.index + text.length];
        });
    }
    return this[name];
  }
}

class Source {
  constructor(data) {
    Object.assign(this, { id: data.id, title: data.title, text: data.text, speakers: data.speakers });
    const wide = SURROGATE.test(data.text);
    let units = 0;
    let points = 0;
    const forward = (to) => {
      units += wide ? unitsOf(data.text.slice(units, units + 2 * (to - points)), to - points)
        : to - points;
      points = to;
      return units;
    };
    this.turns = [...data.turns].sort((a, b) => a[1] - b[1]).map((row, index) => {
      const from = forward(row[1]);
      return new Turn(index, row, data.text.slice(from, forward(row[2])), from);
    });
  }

  // Number of the turn that an offset is in, or of the last one before it.
  turnAt(point) {
    let low = 0;
    let high = this.turns.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.turns[middle].start <= point) low = middle; else high = middle - 1;
    }
    return low;
  }

  turnsOf({ start, end }) {
    const found = [];
    for (let i = this.turnAt(start); i < this.turns.length && this.turns[i].start < end; i += 1) {
      if (this.turns[i].end > start) found.push(i);
    }
    return found;
  }

  _unit(point) {
    const turn = this.turns[this.turnAt(point)];
    if (!turn) return point;
    if (point <= turn.start) return turn.at;
    return turn.at + unitsOf(this.text.slice(turn.at), point - turn.start);
  }

  slice(start, end) {
    return this.text.slice(this._unit(start), this._unit(end));
  }
}
