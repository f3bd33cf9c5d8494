// Which rows are shown and in which order: filters, groups, folds. And which are selected.

const LENGTHS = { short: [0, 3], middle: [4, 15], long: [16, Infinity] };

class Rows extends Emitter {
  constructor(session) {
    super();
    this.session = session;
    this.filter = { text: "", show: "all", length: "" };
    this.order = "groups";
    this.folded = new Set();
    this.selected = new Set();
    this.cursor = -1;
    this.anchor = -1;
    this.sections = [];
    this.flat = [];
  }

  // Put together anew: the rows that pass the filters, in sections.
  build() {
    const { session } = this;
    const rows = [];
    for (let row = 0; row < session.texts.length; row += 1) if (this._passes(row)) rows.push(row);
    this.sections = this._sections(rows);
    this._flatten();
    for (const row of [...this.selected]) if (this.place[row] < 0) this.selected.delete(row);
    if (this.place[this.cursor] === undefined || this.place[this.cursor] < 0) {
      this.cursor = this.flat[0] ?? -1;
      this.anchor = this.cursor;
    }
    this.emit("built");
  }

  _passes(row) {
    const { session, filter } = this;
    if (filter.text) {
      session.lower ??= session.texts.map((text) => text.toLowerCase());
      if (!session.lower[row].includes(filter.text)) return false;
    }
    if (filter.length) {
      session.lengths ??= session.texts.map((text) => text.split(/\s+/).filter(Boolean).length);
      const [least, most] = LENGTHS[filter.length];
      if (session.lengths[row] < least || session.lengths[row] > most) return false;
    }
    const { show } = filter;
    if (show === "all") return true;
    if (show === "uncoded") return !session.isCoded(row);
    if (show === "coded") return session.isCoded(row);
    if (show === "suggested") return session.isAsked(row);
    const marks = session.marks.get(row) ?? [];
    if (show === "partly") return marks.some((mark) => mark.part || (mark.n && mark.n < session.counts[row]));
    return marks.some((mark) => mark.code === show && (mark.n || mark.part || mark.others));
  }

  _sections(rows) {
    const { session } = this;
    const { counts, first, groups } = session;
    if (this.order === "useful") {
      const rank = new Map(session.useful.map((row, at) => [row, at]));
      rows.sort((a, b) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity) || first[a] - first[b] || 0);
      return [{ group: null, rows }];
    }
    if (this.order === "reading") return [{ group: null, rows: rows.sort((a, b) => first[a] - first[b]) }];
    if (this.order === "frequent" || !groups) {
      return [{ group: null, rows: rows.sort((a, b) => counts[b] - counts[a] || first[a] - first[b]) }];
    }
    const found = new Map();
    for (const row of rows) {
      const group = groups.of[row];
      if (!found.has(group)) found.set(group, []);
      found.get(group).push(row);
    }
    const near = groups.closeness;
    return [...found].sort((a, b) => a[0] - b[0]).map(([group, members]) => (
      { group, rows: members.sort((a, b) => counts[b] - counts[a] || near[b] - near[a] || a - b) }));
  }

  _flatten() {
    this.flat = this.sections.flatMap(({ group, rows }) => (this.folded.has(group) ? [] : rows));
    this.place = new Int32Array(this.session.texts.length).fill(-1);
    this.flat.forEach((row, at) => { this.place[row] = at; });
  }

  fold(group, on = !this.folded.has(group)) {
    if (on) this.folded.add(group);
    else this.folded.delete(group);
    this._flatten();
    this.emit("folded", group);
  }

  sectionOf(row) { return this.sections.find(({ rows }) => rows.includes(row)); }

  // -- cursor and selection ------------------------------------------------------------------------

  moveTo(row, { extend = false } = {}) {
    const before = this.cursor;
    this.cursor = row;
    if (extend) this._range();
    else {
      this.anchor = row;
    }
    this.emit("moved", before, row);
  }

  step(by, extend) {
    if (!this.flat.length) return;
    const at = Math.max(this.place[this.cursor] ?? 0, 0);
    const next = this.flat[Math.min(Math.max(at + by, 0), this.flat.length - 1)];
    this.moveTo(next, { extend });
  }

  _range() {
    const [a, b] = [this.place[this.anchor], this.place[this.cursor]].sort((x, y) => x - y);
    const changed = new Set(this.selected);
    this.selected = new Set(this.flat.slice(Math.max(a, 0), b + 1));
    for (const row of this.selected) changed.add(row);
    this.emit("selected", [...changed]);
  }

  toggle(row) {
    if (!this.selected.delete(row)) this.selected.add(row);
    this.emit("selected", [row]);
  }

  choose(rows, on = true) {
    for (const row of rows) {
      if (on) this.selected.add(row);
      else this.selected.delete(row);
    }
    this.emit("selected", rows);
  }

  clear() {
    const rows = [...this.selected];
    this.selected.clear();
    this.emit("selected", rows);
  }

  toggleGroup(section) {
    const all = section.rows.every((row) => this.selected.has(row));
    this.choose(section.rows, !all);
  }

  // What an act is about: the selected rows, else the one under the cursor.
  get meant() {
    if (this.selected.size) return [...this.selected].sort((a, b) => this.place[a] - this.place[b]);
    return this.cursor >= 0 ? [this.cursor] : [];
  }

  // The next row of which something is true, or the one before; round the end.
  next(isWanted, by = 1) {
    const { length } = this.flat;
    const from = this.place[this.cursor] ?? -1;
    for (let step = 1; step <= length; step += 1) {
      const row = this.flat[(((from + by * step) % length) + length) % length];
      if (isWanted(row)) { this.moveTo(row); return; }
    }
  }
}
