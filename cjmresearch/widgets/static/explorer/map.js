// The map as a grid: stages are columns, the curve stands over them, each cell opens its words.
// One cell takes part in the order of Tab; arrow keys move over the others.

class JourneyMap {
  constructor(session, commands) {
    this.session = session;
    this.commands = commands;
    this.root = element("div", { class: "cjm-map" });
    this.resized = new ResizeObserver(() => this._curve());
    this.resized.observe(this.root);
    this.off = [session.on("part:map", () => this.draw()), session.on("part:panel", () => this.open())];
    this.draw();
  }

  close() {
    this.resized.disconnect();
    for (const off of this.off) off();
  }

  draw() {
    const { session } = this;
    const map = session.parts.map;
    const active = this.root.getRootNode().activeElement;
    const at = this.root.contains(active) ? active.dataset.at : null;
    const left = this.scroll?.scrollLeft ?? 0;
    this.lines = []; // rows of buttons, a place a stage: what arrow keys move over
    this.curve = new Curve(session, map.curves, (key, side) => this.pick(key, side));
    this.grid = element("div", { class: "cjm-grid", role: "grid", "aria-label": session.say("map"), style: `--cjm-stages: ${map.stages.length}` },
      this._stages(map), ...this._mood(map), ...map.rows.map((row) => this._row(row, map)));
    this.scroll = element("div", { class: "cjm-scroll" }, this.grid);
    this.root.replaceChildren(
      map.nobody ? element("p", { class: "cjm-nobody" }, session.say("nobody")) : "",
      this.scroll, this._outside(map), element("p", { class: "cjm-legend" }, this._legend(map)));
    this.scroll.scrollLeft = left;
    this._curve();
    this.open();
    this._rove(this._all().find((one) => one.dataset.at === at) ?? this._all()[0], Boolean(at));
  }

  _legend(map) {
    const weak = map.stages.some((stage) => stage.weak) ? [this.session.say("weak")] : [];
    return [map.corner, this.session.say("mood_hint"), this.session.say("legend"), ...weak].join(". ");
  }

  _stages(map) {
    return element("div", { class: "cjm-row cjm-stages", role: "row" },
      element("div", { class: "cjm-corner", role: "columnheader" }, element("span", { class: "cjm-live" }, this.session.say("stage"))),
      ...map.stages.map(({ name, weak }) => element("div", { class: "cjm-stage", role: "columnheader" }, (weak ? "≈ " : "") + softened(name))));
  }

  // -- the curve -----------------------------------------------------------------------------------

  _mood(map) {
    const { session } = this;
    const none = map.curves.every((points) => points.every((point) => point.mean === null));
    const label = element("div", { class: "cjm-label cjm-mood-label", role: "rowheader" }, element("b", {}, session.say("mood")));
    if (none) {
      return [element("div", { class: "cjm-row cjm-mood", role: "row" }, label, element("div", { class: "cjm-wide cjm-empty", role: "gridcell" }, session.say("no_curve")))];
    }
    const scale = element("div", { class: "cjm-scale", "aria-hidden": "true" }, element("i", {}, `+1 ${session.say("better")}`), element("i", {}, "0"), element("i", {}, `−1 ${session.say("worse")}`));
    label.append(scale);
    this.over = element("div", { class: "cjm-over", role: "presentation" }, this.curve.drawing);
    const rows = map.curves.map((points, side) => {
      const line = [];
      this.lines.push(line);
      return element("div", { class: `cjm-row cjm-values cjm-values-${side}`, role: "row" },
        element("div", { class: "cjm-label cjm-side-name", role: "rowheader" }, ...(map.curves.length > 1 ? [mark(side), session.sides[side].name] : [])),
        ...points.map((point, i) => this._value(point, side, line, i)));
    });
    return [element("div", { class: "cjm-row cjm-mood", role: "row" }, label, this.over), ...rows];
  }

  _value(point, side, line, i) {
    if (point.mean === null) return element("div", { class: "cjm-empty", role: "gridcell" }, this.session.say("no_data"));
    const stage = this.session.parts.map.stages[i].name;
    const made = this._button(["curve", point.stage], side, {
      class: `cjm-cell cjm-value${point.machine ? " cjm-machine" : ""}`, label: `${stage}. ${point.words}`,
    }, element("b", {}, point.value), element("small", {}, `n = ${point.n}`));
    line[i] = made;
    return element("div", { role: "gridcell" }, made);
  }

  _curve() {
    if (!this.over?.isConnected) return;
    const box = this.over.getBoundingClientRect();
    const row = this.grid.querySelector(".cjm-values");
    const cells = [...row.children].slice(1).map((cell) => cell.getBoundingClientRect());
    if (!box.width) return;
    this.curve.draw(box.width, cells.map((cell) => cell.left + cell.width / 2 - box.left));
  }

  // -- rows ----------------------------------------------------------------------------------------

  _row(row, map) {
    const { session } = this;
    const label = element("div", { class: "cjm-label", role: "rowheader", "data-layer-row": row.layer },
      element("b", {}, softened(row.label)), row.note ? element("small", {}, row.note) : "");
    const sides = row.cells.map(() => { const line = []; this.lines.push(line); return line; });
    const empty = row.cells.every((cells) => !Object.keys(cells).length);
    if (empty && !(row.items && session.edits)) {
      return element("div", { class: "cjm-row", role: "row" }, label, element("div", { class: "cjm-wide cjm-empty", role: "gridcell" }, session.say("not_coded")));
    }
    const columns = map.stages.map((stage, i) => {
      const made = row.cells.map((cells, side) => cells[stage.id] && this._cell(cells[stage.id], side));
      made.forEach((one, side) => { if (one) sides[side][i] = one; });
      if (made.every((one) => !one)) return this._hole(row, stage, i, sides[0]);
      const shown = made.map((one, side) => one ?? element("div", { class: `cjm-empty cjm-of-${side}` }, "·"));
      return element("div", { class: "cjm-pair", role: "gridcell" }, ...shown);
    });
    return element("div", { class: "cjm-row", role: "row" }, label, ...columns);
  }

  _hole(row, stage, i, line) {
    if (!row.items || !this.session.edits) return element("div", { class: "cjm-empty", role: "gridcell" }, "·");
    const key = [row.layer, stage.id];
    const label = this.session.say("add_here", { layer: row.label, stage: stage.name });
    const made = this._button(key, 0, { class: "cjm-cell cjm-add-here", label, onclick: () => this.commands.addAt(key) }, "+");
    line[i] = made;
    return element("div", { role: "gridcell" }, made);
  }

  _cell(cell, side) {
    const classes = ["cjm-cell", `cjm-${cell.tone}`];
    if (cell.machine) classes.push("cjm-machine");
    if (cell.lines) classes.push("cjm-list");
    const comparing = this.session.parts.map.curves.length > 1;
    const label = comparing ? `${this.session.sides[side].name}. ${cell.hint}` : cell.hint;
    const lines = (cell.lines ?? []).map(([n, name]) => element("span", { class: n === null ? "cjm-line cjm-idea" : "cjm-line" },
      element("b", {}, n === null ? "?" : String(n)), element("span", {}, softened(name))));
    return this._button(cell.key, side, { class: classes.join(" "), label },
      comparing ? mark(side) : "", ...lines, cell.text ? element("span", { class: "cjm-text" }, softened(cell.text)) : "", cell.note ? element("small", {}, cell.note) : "");
  }

  _outside(map) {
    const lines = map.outside.map((cells, side) => {
      if (!cells.length) return "";
      const made = cells.map((cell) => this._cell(cell, side));
      this.lines.push(made);
      return element("div", { class: "cjm-outside" }, map.outside.length > 1 ? mark(side) : "", element("span", { class: "cjm-outside-title" }, this.session.say("outside")), ...made);
    });
    return element("div", {}, ...lines);
  }

  _button(key, side, { class: name, label, onclick }, ...children) {
    const made = element("button", {
      type: "button", class: name, tabindex: "-1", title: label, "aria-label": label, "data-at": [...key, side].join("\n"),
      onclick: onclick ?? (() => this.pick(key, side)), onfocus: () => this._rove(made),
    }, ...children);
    return made;
  }

  // -- opening and moving --------------------------------------------------------------------------

  pick(key, side) {
    this.commands.show("quotes");
    this.session.pick(key, side);
  }

  open() {
    const { panel } = this.session.parts;
    const at = panel ? [...panel.key, panel.side].join("\n") : null;
    const whole = panel ? [...panel.key.slice(0, 2), panel.side].join("\n") : null;
    const cells = this._all();
    const target = cells.find((one) => one.dataset.at === at) ?? cells.find((one) => one.dataset.at === whole);
    for (const one of cells) {
      one.classList.toggle("cjm-open", one === target);
      if (one === target) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    }
  }

  focus() { (this._all().find((one) => one.classList.contains("cjm-open")) ?? this.here)?.focus(); }

  _all() { return this.lines.flat().filter(Boolean); }

  _rove(cell, focus = false) {
    if (!cell) return;
    if (this.here) this.here.tabIndex = -1;
    this.here = cell;
    cell.tabIndex = 0;
    if (focus) cell.focus({ preventScroll: true });
  }

  // An arrow key: to the next cell that way, over those that are empty.
  move(key) {
    const row = this.lines.findIndex((line) => line.includes(this.here));
    if (row < 0 || this.root.getRootNode().activeElement !== this.here) return false;
    const column = this.lines[row].indexOf(this.here);
    const next = {
      ArrowLeft: () => this.lines[row].slice(0, column).filter(Boolean).at(-1),
      ArrowRight: () => this.lines[row].slice(column + 1).find(Boolean),
      ArrowUp: () => this._beyond(row, column, -1),
      ArrowDown: () => this._beyond(row, column, 1),
      Home: () => this.lines[row].find(Boolean),
      End: () => this.lines[row].filter(Boolean).at(-1),
    }[key]?.();
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    return ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key);
  }

  // The nearest column of the next row that has any cell.
  _beyond(row, column, step) {
    for (let i = row + step; i >= 0 && i < this.lines.length; i += step) {
      const places = this.lines[i].map((one, j) => [one, Math.abs(j - column)]).filter(([one]) => one);
      if (places.length) return places.sort((a, b) => a[1] - b[1])[0][0];
    }
    return undefined;
  }
}

// Long words may break between syllables: they are wider than a column, and a browser without a
// dictionary of the language breaks them anywhere.
const VOWEL = "аеёиоуыэюяaeiouy";
const CONSONANT = "бвгджзклмнпрстфхцчшщbcdfghjklmnpqrstvwxz";
const SYLLABLE = new RegExp(`(?<=\\p{L}\\p{L})([${VOWEL}][${CONSONANT}йьъ]*)(?=[${CONSONANT}][${VOWEL}]\\p{L})`, "giu");

function softened(text) {
  return text.replace(/\p{L}{10,}/gu, (word) => word.replace(SYLLABLE, "$1\u00ad"));
}
