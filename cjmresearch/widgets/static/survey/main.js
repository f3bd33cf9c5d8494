// Puts the parts of the table together.

const MEMO_LONGEST = 500;

class Coder {
  constructor(model, el) {
    this.session = new Session(model);
    const { session } = this;
    this.rows = new Rows(session);
    this.tools = new Tools(session, this.rows, this);
    this.table = new Table(session, this.rows, this);
    this.codes = new Codes(session, this);
    this.acted = false;
    this.root = element("div", { class: "cjm-survey", lang: session.settings.language });
    this.memo = element("input", {
      type: "text", class: "cjm-memo", placeholder: session.say("memo_hint"), "aria-label": session.say("memo_hint"), maxlength: MEMO_LONGEST, onkeydown: (event) => this._memoKey(event),
    });
    this.memo.hidden = true;
    this.root.append(this.tools.head, this.tools.standing, this.tools.warning, this.tools.notice, this.tools.filters, this.memo,
      element("div", { class: "cjm-columns" }, this.table.grid, this.codes.panel), this.tools.foot, this.tools.live);
    el.append(this.root);
    new Keys(this.root, this);
    this.off = [
      session.on("loaded", () => { this._arrange(); this.rows.build(); this.codes.draw(); }),
      session.on("groups", () => this._groupsCame()),
      session.on("done", (act, answer) => this._answered(act, answer)),
    ];
    this.root.cjm = this._forTests();
  }

  // The order that is chosen needs groups; until they are there, the most frequent come first.
  _arrange() { this.rows.order = this.tools.order.value; }

  _groupsCame() {
    if (!this.session.texts.length || this.rows.order !== "groups" || !this.session.groups) return;
    if (this.acted) this.tools.offer(() => this.rows.build());
    else {
      this.rows.cursor = -1;
      this.rows.build();
    }
  }

  close() {
    for (const off of this.off) off();
    this.tools.close();
    this.table.close();
    this.codes.close();
    this.session.close();
  }

  // -- acts --------------------------------------------------------------------------------------

  _act(op, values) {
    this.acted = true;
    this.session.act(op, values);
  }

  // A code on what is meant; where all of it has the code, the code is taken off.
  apply(code) {
    const words = this.table.selectedWords();
    if (words) {
      this._act("code", { rows: [words.row], code, part: [words.start, words.end] });
      window.getSelection().removeAllRanges();
      return;
    }
    const rows = this.rows.meant;
    if (!rows.length) return;
    if (rows.every((row) => this.session.has(row, code))) this.uncode(rows, code);
    else this._act("code", { rows, code });
  }

  create(name, kind) {
    const known = [...this.session.codes.values()].find((code) => code.name.toLowerCase() === name.toLowerCase());
    if (known) { this.apply(known.id); return; }
    const words = this.table.selectedWords() ?? this.vivo;
    const rows = words ? [words.row] : this.rows.meant;
    this.vivo = null;
    if (!rows.length || !name) return;
    const colour = COLOURS[this.session.usage().size % COLOURS.length];
    const part = words ? { part: [words.start, words.end] } : {};
    this._act("code", { rows, name, kind, colour, ...part });
  }

  uncode(rows, code) { this._act("uncode", { rows, code }); }

  decide(op, rows, code) { this._act(op, { rows, code }); }

  _decideMeant(op) {
    const rows = this.rows.meant.filter((row) => this.session.isAsked(row));
    if (rows.length) this._act(op, { rows });
    else this.tools.announce(this.session.say("no_suggestion"));
  }

  undo() { this._act("undo"); }

  redo() { this._act("redo"); }

  _answered(act, answer) {
    const { session } = this;
    if (answer.op === "refused") { this.tools.warn(session.say("refused", answer)); return; }
    this.tools.warn("");
    const rows = act.rows ?? [];
    const n = ["code", "uncode"].includes(act.op) ? rows.reduce((sum, row) => sum + session.counts[row], 0) : rows.length;
    const name = session.codes.get(act.code)?.name ?? act.name ?? "";
    this.tools.announce(session.say(`did_${act.op}`, { n, name }));
  }

  // -- keys ----------------------------------------------------------------------------------------

  escape() {
    if (this.rows.selected.size) this.rows.clear();
    window.getSelection().removeAllRanges();
  }

  toTable() { this.table.grid.focus({ preventScroll: true }); }

  key(event) {
    const { rows } = this;
    const page = Math.max(1, Math.floor(this.table.grid.clientHeight / 40));
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) { rows.step(steps[event.key], event.shiftKey); return true; }
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const group = rows.sectionOf(rows.cursor)?.group;
      if (group !== null && group !== undefined) rows.fold(group, event.key === "ArrowLeft");
      return true;
    }
    const command = this._commands()[`${event.shiftKey ? "Shift " : ""}${event.code || event.key}`];
    if (command) { command(); return true; }
    if (event.shiftKey) return false;
    for (const letter of lettersOf(event)) {
      const code = this.session.keys.get(letter);
      if (code) { this.apply(code); return true; }
    }
    return false;
  }

  // Letters and digits are the codes'. Commands are those of the workbench for transcripts, on keys
  // that lie at the same place in every layout.
  _commands() {
    const { rows, session } = this;
    return {
      Space: () => this._space(false),
      "Shift Space": () => this._space(true),
      Enter: () => this.codes.ask(),
      NumpadEnter: () => this.codes.ask(),
      Slash: () => this.tools.search.focus(),
      Equal: () => this._decideMeant("accept"),
      NumpadAdd: () => this._decideMeant("accept"),
      Minus: () => this._decideMeant("reject"),
      NumpadSubtract: () => this._decideMeant("reject"),
      BracketRight: () => rows.next((row) => session.isAsked(row)),
      BracketLeft: () => rows.next((row) => session.isAsked(row), -1),
      "Shift BracketRight": () => rows.next((row) => !session.isCoded(row)),
      "Shift BracketLeft": () => rows.next((row) => !session.isCoded(row), -1),
      "Shift KeyI": () => this._inVivo(),
      "Shift KeyM": () => this._askMemo(),
    };
  }

  _space(whole) {
    const { rows } = this;
    if (whole) { this._group(); return; }
    if (rows.cursor >= 0) rows.toggle(rows.cursor);
  }

  _group() {
    const section = this.rows.sectionOf(this.rows.cursor);
    if (section) this.rows.toggleGroup(section);
  }

  // A code that is called what the person said: the words selected, else the whole short answer.
  _inVivo() {
    this.vivo = this.table.selectedWords();
    const text = this.vivo?.text ?? this.session.texts[this.rows.cursor] ?? "";
    this.codes.ask(shortened(text, 60), { making: true });
  }

  _askMemo() {
    this.memo.hidden = false;
    const marks = this.rows.meant.flatMap((row) => this.session.marks.get(row) ?? []);
    this.memo.value = marks.find((mark) => mark.memo)?.memo ?? "";
    this.memo.focus();
  }

  _memoKey(event) {
    if (event.key === "Enter") this._act("memo", { rows: this.rows.meant, text: this.memo.value.trim() });
    else if (event.key !== "Escape") return;
    event.preventDefault();
    this.memo.hidden = true;
    this.toTable();
  }

  _forTests() {
    const { session, rows } = this;
    return {
      rows: () => rows.flat.map((row) => ({ row, text: session.texts[row], n: session.counts[row] })),
      select: (texts) => { rows.clear(); rows.choose(rows.flat.filter((row) => texts.includes(session.texts[row]))); },
      state: () => ({
        marks: [...session.marks].flatMap(([row, marks]) => marks
          .map((mark) => ({ text: session.texts[row], ...mark, code: session.codes.get(mark.code)?.slug }))),
        selected: [...rows.selected].map((row) => session.texts[row]),
        pending: session.outbox.waiting.length,
        save: session.outbox.state,
        grouped: Boolean(session.groups),
      }),
    };
  }
}

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#AA4499", "#8A6D00", "#56B4E9", "#E69F00"];

function render({ model, el }) {
  const coder = new Coder(model, el);
  return () => coder.close();
}

export default { render };
