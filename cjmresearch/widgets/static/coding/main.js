// Puts the parts of the page together.

class Workbench {
  constructor(model, el) {
    this.session = sessionOf(model);
    const { session } = this;
    this.root = element("div", { class: "cjm-coding", "data-theme": session.settings.theme });
    this.colours = new Colours(session, this.root);
    this.transcript = new Transcript(session, this.colours);
    this.selection = new Selection(session, this.transcript);
    this.codebook = new Codebook(session, this.colours, (code) => this.apply(code));
    this.status = new Status(session, this);
    this.keys = new Keys(this.root, this);
    const bar = element("div", { class: "cjm-bar" },
      element("strong", { class: "cjm-title" }, session.source.title),
      this.status.undo, this.status.redo, this.status.save, this.status.retry);
    this.root.append(bar, this.status.note, this.status.live,
      element("div", { class: "cjm-columns" }, this.codebook.panel, this.transcript.list));
    el.append(this.root);
    this.listen();
    this.root.cjm = this.forTests();
  }

  listen() {
    const { session, transcript, selection } = this;
    transcript.onPainted = (turns) => selection.restore(turns);
    this.off = [
      session.on("turns", (turns) => { transcript.update(turns); this.codebook.count(); }),
      session.on("codes", () => this.codesChanged()),
      session.on("history", () => this.status.past()),
      session.on("reload", () => this.reload()),
      session.on("done", (act, answer) => this.answered(act, answer)),
      session.outbox.on("state", () => this.status.tell()),
    ];
  }

  codesChanged() {
    this.colours.update();
    this.codebook.draw();
    this.transcript.update(this.session.source.turns.keys());
  }

  reload() {
    this.transcript.build();
    this.codesChanged();
    this.status.past();
  }

  answered(act, answer) {
    if (answer.op === "refused") this.status.warn(this.session.say("refused", answer));
    else this.status.warn("");
  }

  // -- what keys and clicks do --------------------------------------------------------------------

  undo() { this.session.act("undo"); }

  redo() { this.session.act("redo"); }

  apply(code) {
    const { span } = this.selection;
    if (!span) return;
    this.session.act("code", { start: span.start, end: span.end, code: code.id });
  }

  key(event) {
    const moves = { ArrowRight: ["word", 1], ArrowLeft: ["word", -1], ArrowDown: ["sentence", 1],
      ArrowUp: ["sentence", -1], PageDown: ["turn", 1], PageUp: ["turn", -1] };
    const move = moves[event.key];
    if (move) { this.selection.move(...move, event.shiftKey); return true; }
    if (event.key === " ") { this.selection.widen(); return true; }
    if (event.shiftKey) return false;
    const letters = lettersOf(event);
    const codes = [...this.session.codes.values()];
    for (const letter of letters) {
      const code = codes.find((one) => one.key === letter);
      if (code) { this.apply(code); return true; }
    }
    return false;
  }

  forTests() {
    return {
      select: (start, end) => {
        this.transcript.show(start);
        this.transcript.list.focus({ preventScroll: true });
        this.selection.set(start, end);
      },
      selection: () => this.selection.value,
      state: () => ({
        codings: [...this.session.codings.values()]
          .filter((coding) => !coding.pending)
          .map(({ id, start, end, code, coder, status }) => (
            { id, start, end, code: this.session.codes.get(code)?.slug, coder, status })),
        pending: this.session.outbox.waiting.length,
        save: this.session.outbox.state,
      }),
    };
  }

  close() {
    for (const off of this.off) off();
    this.selection.close();
    this.transcript.close();
    this.session.leave();
  }
}

function render({ model, el }) {
  const workbench = new Workbench(model, el);
  return () => workbench.close();
}

export default { render };
