// Whether all is saved: loud where it is not.

class Status {
  constructor(session, commands) {
    this.session = session;
    this.undo = button("↶", () => commands.undo(), { class: "cjm-undo" });
    this.redo = button("↷", () => commands.redo(), { class: "cjm-redo" });
    this.save = element("span", { class: "cjm-save", role: "status" });
    this.retry = button(session.say("retry"), () => session.outbox.again(), { class: "cjm-retry" });
    this.note = element("div", { class: "cjm-note", role: "alert" });
    this.live = element("div", { class: "cjm-live", "aria-live": "polite" });
    this.tell();
    this.past();
  }

  tell() {
    const { outbox } = this.session;
    const values = { n: outbox.waiting.length, reason: outbox.reason };
    this.save.dataset.save = outbox.state;
    this.save.textContent = this.session.say(outbox.state, values);
    this.retry.hidden = !["failed", "offline"].includes(outbox.state);
  }

  past() {
    const [undo, redo] = this.session.history ?? [];
    this.undo.disabled = !undo;
    this.redo.disabled = !redo;
    this.undo.title = this.session.say("undo");
    this.redo.title = this.session.say("redo");
    this.undo.setAttribute("aria-label", this.undo.title);
    this.redo.setAttribute("aria-label", this.redo.title);
  }

  warn(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  announce(text) { this.live.textContent = text; }
}
