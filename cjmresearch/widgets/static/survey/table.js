// The rows on the page: chunks of 50 that hold their rows only while they are near the window, so
// that a hundred thousand answers scroll as a hundred do. Text is put in as text, never as HTML.

const CHUNK = 50;
const NEAR = "1500px";
const LINE = 20;
const PADDING = 15;

class Chunk {
  constructor(table, rows) {
    this.table = table;
    this.rows = rows;
    this.open = false;
    this.box = element("div", { class: "cjm-chunk", role: "presentation" });
    this.box.chunk = this;
    this.box.style.height = `${this._guess()}px`;
  }

  _guess() {
    const { texts } = this.table.session;
    const lines = this.rows.reduce((sum, row) => sum + Math.ceil((texts[row].length + 8) / this.table.perLine), 0);
    return lines * LINE + this.rows.length * PADDING;
  }

  show() {
    if (this.open) return;
    this.open = true;
    this.box.replaceChildren(...this.rows.map((row) => this.table.make(row)));
    this.box.style.height = "";
  }

  hide() {
    if (!this.open) return;
    this.open = false;
    this.box.style.height = `${this.box.offsetHeight}px`;
    for (const row of this.rows) this.table.made.delete(row);
    this.box.replaceChildren();
  }
}

class Table {
  constructor(session, rows, commands) {
    this.session = session;
    this.rows = rows;
    this.commands = commands;
    this.made = new Map();
    this.id = uuid().slice(0, 8);
    this.perLine = 70;
    this.grid = element("div", {
      class: "cjm-answers", role: "grid", tabindex: "0", "aria-multiselectable": "true",
      "aria-label": session.say("table"),
    });
    this.nothing = element("div", { class: "cjm-nothing" }, session.say("loading"));
    this.grid.append(this.nothing);
    this.grid.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    this.grid.addEventListener("click", (event) => this._clicked(event));
    this.near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) target.chunk[isIntersecting ? "show" : "hide"]();
    }, { root: this.grid, rootMargin: `${NEAR} 0px` });
    this.off = [
      rows.on("built", () => this.build()),
      rows.on("folded", (group) => this._fold(group)),
      rows.on("selected", (changed) => this._selected(changed)),
      rows.on("moved", (before, row) => this._moved(before, row)),
      session.on("rows", (changed) => { for (const row of changed) this.remake(row); this._heads(); }),
      session.on("codes", () => { for (const row of [...this.made.keys()]) this.remake(row); }),
    ];
  }

  close() {
    this.near.disconnect();
    for (const off of this.off) off();
  }

  build() {
    this.near.disconnect();
    this.made.clear();
    this.chunkOf = new Map();
    this.heads = new Map();
    this.perLine = Math.max(20, Math.floor((this.grid.clientWidth - 240) / 7.2));
    const parts = this.rows.sections.map((section) => this._section(section));
    this.nothing.textContent = this.session.say(this.session.texts.length ? "nothing" : "loading");
    this.nothing.hidden = this.rows.sections.some(({ rows }) => rows.length);
    this.grid.replaceChildren(...parts, this.nothing);
    this.grid.setAttribute("aria-rowcount", String(this.rows.flat.length));
    this.grid.scrollTop = 0;
    for (const box of this.grid.querySelectorAll(".cjm-chunk")) this.near.observe(box);
    this._heads();
    this._active();
  }

  _section(section) {
    const { group, rows } = section;
    const box = element("div", { class: "cjm-group", role: "rowgroup" });
    if (group !== null) box.append(this._head(section));
    const body = element("div", { class: "cjm-members" });
    body.hidden = this.rows.folded.has(group);
    for (let at = 0; at < rows.length; at += CHUNK) {
      const chunk = new Chunk(this, rows.slice(at, at + CHUNK));
      for (const row of chunk.rows) this.chunkOf.set(row, chunk);
      body.append(chunk.box);
    }
    box.append(body);
    this.heads.set(group, { ...this.heads.get(group), body, section });
    return box;
  }

  _head(section) {
    const { session } = this;
    const { group } = section;
    const label = session.groups.labels[group] || session.say("group", { n: group + 1 });
    const fold = button("", () => this.rows.fold(group), { class: "cjm-fold", tabindex: "-1", "aria-label": session.say("fold"), title: session.say("fold") });
    const pick = element("input", {
      type: "checkbox", class: "cjm-pick", tabindex: "-1", "aria-label": `${session.say("select_group")}: ${label}`,
      title: session.say("select_group"), onclick: (event) => { event.stopPropagation(); this.rows.toggleGroup(section); this.grid.focus({ preventScroll: true }); },
    });
    const name = element("span", { class: "cjm-label", title: session.say("group_hint") }, label);
    const count = element("span", { class: "cjm-tally" });
    const head = element("div", { class: "cjm-group-head", role: "row" },
      element("span", { role: "gridcell" }, pick), element("span", { role: "gridcell", class: "cjm-group-name" }, fold, name), element("span", { role: "gridcell", class: "cjm-tally-cell" }, count));
    this.heads.set(group, { head, pick, fold, count, section });
    return head;
  }

  _heads() {
    const { session } = this;
    for (const { head, pick, fold, count, section, body } of this.heads?.values() ?? []) {
      if (!head) continue;
      const all = section.rows.reduce((sum, row) => sum + session.counts[row], 0);
      const coded = section.rows.reduce((sum, row) => sum + (session.isCoded(row) ? session.counts[row] : 0), 0);
      count.textContent = coded ? `${coded} / ${all}` : String(all);
      head.style.setProperty("--cjm-done", `${(100 * coded) / all}%`);
      fold.setAttribute("aria-expanded", String(!body.hidden));
      const picked = section.rows.filter((row) => this.rows.selected.has(row)).length;
      pick.checked = picked === section.rows.length;
      pick.indeterminate = picked > 0 && picked < section.rows.length;
    }
  }

  _fold(group) {
    const { body } = this.heads.get(group);
    body.hidden = this.rows.folded.has(group);
    this._heads();
  }

  // -- one row -----------------------------------------------------------------------------------

  make(row) {
    const { session } = this;
    const marks = session.painted(row);
    const n = session.counts[row];
    const check = element("span", { class: "cjm-check", role: "gridcell", "aria-hidden": "true" });
    const words = element("span", { class: "cjm-words", dir: "auto" }, ...this._words(row, marks));
    const copies = n > 1 ? element("span", { class: "cjm-copies", title: session.say("copies", { n }) }, `×${n}`) : null;
    const said = element("span", { class: "cjm-said", role: "gridcell" }, words, copies);
    const chips = element("span", { class: "cjm-chips", role: "gridcell" }, ...this._chips(row, marks));
    const made = element("div", {
      class: "cjm-answer", role: "row", id: `${this.id}-${row}`, "data-row": row,
      "aria-selected": String(this.rows.selected.has(row)), "aria-rowindex": this.rows.place[row] + 1,
    }, check, said, chips);
    made.classList.toggle("cjm-cursor", row === this.rows.cursor);
    made.classList.toggle("cjm-coded", session.isCoded(row));
    this.made.set(row, made);
    return made;
  }

  // The words of an answer, with what is coded within it underlined.
  _words(row, marks) {
    const text = this.session.texts[row];
    const spans = marks.flatMap(({ code, spans: found }) => (found ?? []).map(([a, b]) => [a, b, code]));
    if (!spans.length) return [text];
    const letters = [...text];
    const cuts = [...new Set([0, letters.length, ...spans.flatMap(([a, b]) => [a, b])])]
      .filter((at) => at >= 0 && at <= letters.length).sort((a, b) => a - b);
    return cuts.slice(0, -1).map((from, at) => {
      const piece = letters.slice(from, cuts[at + 1]).join("");
      const code = spans.find(([a, b]) => a <= from && b > from)?.[2];
      if (!code) return piece;
      const mark = element("mark", { class: "cjm-part", title: this._name(code) }, piece);
      this._colour(mark, code);
      return mark;
    });
  }

  _name(id, fallback = "") { return this.session.codes.get(id)?.name ?? fallback; }

  _colour(made, id) {
    const given = this.session.codes.get(id)?.colour ?? "";
    made.style.setProperty("--cjm-code", /^#[0-9a-f]{6}$/i.test(given) ? given : "#7b8794");
  }

  _chips(row, marks) {
    const chips = [];
    for (const mark of marks) {
      if (mark.n || mark.part || mark.others) chips.push(this._chip(row, mark));
    }
    const asked = marks.filter((mark) => mark.s).sort((a, b) => (b.p ?? 0.5) - (a.p ?? 0.5));
    for (const mark of asked) chips.push(this._suggestion(row, mark));
    return chips;
  }

  _chip(row, mark) {
    const { session } = this;
    const name = this._name(mark.code, mark.name);
    const total = session.counts[row];
    const own = Boolean(mark.n || mark.part);
    const notes = [name];
    const chip = element("span", { class: "cjm-chip", "data-code": session.codes.get(mark.code)?.slug });
    this._colour(chip, mark.code);
    chip.append(element("i", { class: "cjm-swatch" }), element("span", { class: "cjm-chip-name" }, name));
    if (own && !mark.n) {
      notes.push(session.say("part"));
      chip.classList.add("cjm-in-part");
      chip.append(element("small", {}, session.say("part")));
    } else if (mark.n && mark.n < total) {
      notes.push(session.say("partly_of", { n: mark.n, of: total }));
      chip.append(element("small", {}, `${mark.n}/${total}`));
    }
    if (mark.others) {
      const who = Object.entries(mark.others).map(([coder, n]) => (n > 1 ? `${coder} ×${n}` : coder)).join(", ");
      notes.push(session.say("others", { who }));
      chip.append(element("small", { class: "cjm-others" }, own ? "+" : who));
      chip.classList.toggle("cjm-of-others", !own);
    }
    if (mark.memo) { notes.push(mark.memo); chip.append(element("small", { class: "cjm-noted" }, "✎")); }
    if (mark.pending) chip.classList.add("cjm-pending");
    chip.title = notes.join("\n");
    if (own) {
      const label = session.say("remove", { name });
      chip.append(button("×", () => this.commands.uncode([row], mark.code), { class: "cjm-x", tabindex: "-1", title: label, "aria-label": label }));
    }
    return chip;
  }

  _suggestion(row, mark) {
    const { session } = this;
    const name = this._name(mark.code);
    const sure = mark.p === null || mark.p === undefined ? "" : `${Math.round(mark.p * 100)}%`;
    const chip = element("span", { class: "cjm-chip cjm-suggested", "data-code": session.codes.get(mark.code)?.slug });
    this._colour(chip, mark.code);
    const hint = sure ? session.say("suggestion", { p: sure }) : session.say("suggestion_unsure");
    chip.title = [name, hint, mark.why].filter(Boolean).join("\n");
    chip.append(element("span", { class: "cjm-chip-name" }, name), element("small", {}, sure || "?"));
    if (mark.pending) chip.classList.add("cjm-pending");
    for (const [sign, op, kind] of [["✓", "accept", "cjm-yes"], ["✕", "reject", "cjm-no"]]) {
      const label = session.say(op, { name });
      chip.append(button(sign, () => this.commands.decide(op, [row], mark.code), { class: kind, tabindex: "-1", title: label, "aria-label": label }));
    }
    return chip;
  }

  remake(row) {
    const old = this.made.get(row);
    if (!old) return;
    const kept = this.selectedWords();
    old.replaceWith(this.make(row));
    if (kept?.row === row) this.selectWords(row, kept.start, kept.end);
  }

  // -- what is selected ------------------------------------------------------------------------------

  _selected(changed) {
    for (const row of changed) {
      this.made.get(row)?.setAttribute("aria-selected", String(this.rows.selected.has(row)));
    }
    this._heads();
  }

  _moved(before, row) {
    this.made.get(before)?.classList.remove("cjm-cursor");
    this.reveal(row);
    this._active();
  }

  _active() {
    const { cursor } = this.rows;
    const made = this.made.get(cursor);
    made?.classList.add("cjm-cursor");
    if (made) this.grid.setAttribute("aria-activedescendant", made.id);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  reveal(row) {
    const chunk = this.chunkOf?.get(row);
    if (!chunk) return;
    if (!chunk.open) { chunk.show(); this._active(); }
    const made = this.made.get(row);
    made?.scrollIntoView({ block: "nearest" });
    // The head of the group lies over the first row that the window shows.
    const head = this.heads.get(this.rows.sectionOf(row)?.group)?.head;
    const hidden = head && made ? head.getBoundingClientRect().bottom - made.getBoundingClientRect().top : 0;
    if (hidden > 0) this.grid.scrollTop -= hidden;
  }

  _clicked(event) {
    if (event.target.closest("button, input")) return;
    const made = event.target.closest(".cjm-answer");
    if (!made) return;
    const row = Number(made.dataset.row);
    const onBox = event.target.closest(".cjm-check");
    if (event.shiftKey) { this.rows.moveTo(row, { extend: true }); return; }
    if (!onBox && this.selectedWords()?.row === row) { this.rows.clear(); this.rows.moveTo(row); return; }
    if (onBox || event.ctrlKey || event.metaKey) this.rows.toggle(row);
    else { this.rows.clear(); this.rows.choose([row]); }
    this.rows.moveTo(row);
  }

  // Words selected within one answer: its row, and code points from start to end.
  selectedWords() {
    const chosen = this.grid.getRootNode().getSelection?.() ?? window.getSelection();
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
    const range = chosen.getRangeAt(0);
    const place = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest(".cjm-words");
    const words = place(range.startContainer);
    if (!words || words !== place(range.endContainer) || !this.grid.contains(words)) return null;
    const before = document.createRange();
    before.setStart(words, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = [...before.toString()].length;
    const text = range.toString();
    const lead = [...text].length - [...text.trimStart()].length;
    const length = [...text.trim()].length;
    if (!length) return null;
    return { row: Number(words.closest(".cjm-answer").dataset.row), start: start + lead, end: start + lead + length, text: text.trim() };
  }

  selectWords(row, start, end) {
    const words = this.made.get(row)?.querySelector(".cjm-words");
    if (!words) return;
    const letters = [...words.textContent];
    const [from, to] = [start, end].map((at) => letters.slice(0, at).join("").length);
    const range = document.createRange();
    let seen = 0;
    const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const { length } = node.data;
      if (from >= seen && from <= seen + length) range.setStart(node, from - seen);
      if (to >= seen && to <= seen + length) { range.setEnd(node, to - seen); break; }
      seen += length;
    }
    const chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
}
