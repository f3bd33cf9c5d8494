// Whether all is saved, loud where it is not; what undo would take; how far the work has come.

class Status {
  constructor(session, commands) {
    this.session = session;
    const act = (name, sign, does) => button(sign, does, { class: `cjm-quiet cjm-${name}` });
    this.undo = act("undo", "↶", () => commands.undo());
    this.redo = act("redo", "↷", () => commands.redo());
    this.save = element("span", { class: "cjm-save", role: "status" });
    this.retry = button(session.say("retry"), () => { session.probe(); session.outbox.again(); }, { class: "cjm-retry" });
    this.banner = element("div", { class: "cjm-banner", role: "alert", hidden: true });
    this.note = element("div", { class: "cjm-note", role: "alert", hidden: true });
    this.hint = element("div", { class: "cjm-mode", role: "status", hidden: true });
    this.live = element("div", { class: "cjm-live", "aria-live": "polite" });
    this.bar = element("span", { class: "cjm-progress-bar" }, element("i"));
    this.share = element("span", { class: "cjm-progress-share" });
    this.progress = element("span", { class: "cjm-progress", role: "group" }, this.bar, this.share);
    this.tell();
    this.past();
  }

  tell() {
    const { outbox } = this.session;
    const values = { n: outbox.waiting.length, reason: outbox.reason };
    const loud = ["failed", "offline"].includes(outbox.state);
    if (this.save.dataset.save === outbox.state && this.told === values.n) return;
    this.told = values.n;
    this.save.dataset.save = outbox.state;
    this.save.textContent = this.session.say(outbox.state, values);
    this.banner.hidden = !loud;
    const text = loud ? this.session.say(`${outbox.state}_loud`, values) : "";
    if (loud) this.banner.replaceChildren(element("span", {}, text), this.retry);
  }

  past() {
    const [undo, redo] = this.session.history ?? [];
    for (const [made, name, kind] of [[this.undo, "undo", undo], [this.redo, "redo", redo]]) {
      made.disabled = !kind;
      const act = kind ? this.session.words[`act_${kind}`] ?? kind : "";
      made.title = this.session.say(name) + (act ? `: ${act}` : "");
      made.setAttribute("aria-label", made.title);
    }
  }

  far({ all, coded }) {
    const share = all ? coded / all : 0;
    const values = { share: Math.floor(share * 100), coded, all };
    this.bar.firstChild.style.width = `${share * 100}%`;
    this.share.textContent = this.session.say("progress", values);
    this.progress.title = this.session.say("progress_words", values);
  }

  warn(text) {
    this.note.replaceChildren(text, text ? button("×", () => this.warn(""), {
      class: "cjm-quiet", "aria-label": this.session.say("close"),
    }) : "");
    this.note.hidden = !text;
  }

  mode(text) {
    this.hint.textContent = text ?? "";
    this.hint.hidden = !text;
  }

  announce(text) { this.live.textContent = text; }
}
