// Puts the parts of the explorer together: tools, looking, the board, quotes.

class Explorer {
  constructor(model, el) {
    this.session = new Session(model);
    const { session } = this;
    this.open = (...given) => this.quotes.open(...given);
    this.quotes = new Quotes(session);
    this.board = new Board(session, this);
    this.looking = new Look(session);
    this.root = element("div", { class: "cjm-personas", lang: session.settings.language, role: "region", "aria-label": session.say("explorer") });
    this._tools();
    this.legend = element("div", { class: "cjm-legend" });
    this.wait = element("p", { class: "cjm-note" }, session.say("loading"));
    this.keys = element("p", { class: "cjm-note cjm-keys" }, session.editable ? session.say("keys_hint") : "");
    this.root.append(this.head, this.writing, this.warning, this.banner, this.looking.root, this.wait,
      element("div", { class: "cjm-area" }, this.board.root, this.quotes.panel), this.legend, this.keys, this.live);
    el.append(this.root);
    new Keys(this.root, this);
    this.off = [
      session.on("loaded", () => this._loaded()),
      session.on("board", () => { this.board.draw(); this._standing(); this.quotes.again(); }),
      session.on("view", (id) => this.board.drawView(id)),
      session.on("standing", () => this._standing()),
      session.on("refused", (answer) => this._refused(answer)),
      session.on("done", (act) => this._done(act)),
      session.on("report", (answer) => this._report(answer)),
      session.outbox.on("state", () => this._saved()),
    ];
    this._saved();
    this.root.cjm = { state: () => this._state() };
  }

  close() {
    for (const off of this.off) off();
    this.looking.close();
    this.quotes.close();
    this.session.close();
  }

  // -- tools ---------------------------------------------------------------------------------------

  _tools() {
    const { session } = this;
    const say = (key) => session.say(key);
    this.title = element("strong", { class: "cjm-goal" });
    this.undoing = button("↶", () => this.undo(), { class: "cjm-undo", title: say("undo"), "aria-label": say("undo") });
    this.redoing = button("↷", () => this.redo(), { class: "cjm-redo", title: say("redo"), "aria-label": say("redo") });
    this.save = element("span", { class: "cjm-save", role: "status" });
    this.retry = button(say("retry"), () => session.outbox.again(), { class: "cjm-retry" });
    this.name = element("input", { type: "text", class: "cjm-new-name", maxlength: 200, placeholder: say("new_name"), "aria-label": say("new_name") });
    this.making = element("form", { class: "cjm-new", onsubmit: (event) => this._add(event) },
      this.name, element("button", { type: "submit" }, say("make")));
    this.machine = element("input", { type: "checkbox", onchange: () => session.ask("include", { machine: this.machine.checked }) });
    const machine = element("label", { title: say("machine_hint") }, this.machine, " ", say("machine"));
    const reload = button("⟳", () => session.refresh(), { title: say("refresh"), "aria-label": say("refresh") });
    const report = button(say("report"), () => { this.writing.hidden = !this.writing.hidden; if (!this.writing.hidden) this.folder.focus(); }, { class: "cjm-report" });
    const edits = session.editable ? [this.making, this.undoing, this.redoing, this.save, this.retry]
      : [element("span", { class: "cjm-note" }, say("read_only"))];
    this.head = element("div", { class: "cjm-bar" }, this.title,
      element("div", { class: "cjm-row" }, ...edits, element("span", { class: "cjm-space" }), machine, reload, report));
    this.warning = element("div", { class: "cjm-warning", role: "alert" });
    this.banner = element("div", { class: "cjm-banner", role: "note" });
    this.live = element("div", { class: "cjm-live", "aria-live": "polite" });
    this.warn("");
    this.banner.hidden = true;
    this._reporting();
  }

  _reporting() {
    const { session } = this;
    this.folder = element("input", { type: "text", class: "cjm-folder", value: "report", "aria-label": session.say("report_folder") });
    this.format = element("select", { "aria-label": session.say("report_format") },
      ...session.settings.formats.map((name) => element("option", { value: name }, name.toUpperCase())));
    this.written = element("span", { class: "cjm-written", role: "status" });
    this.go = element("button", { type: "submit", class: "cjm-main" }, session.say("report_write"));
    const send = (event) => {
      event.preventDefault();
      if (!this.folder.value.trim()) { this.written.textContent = session.say("no_folder"); return; }
      this.go.disabled = true;
      this.written.textContent = session.say("report_writing");
      session.ask("report", { folder: this.folder.value, format: this.format.value });
    };
    this.writing = element("form", { class: "cjm-row cjm-writing", onsubmit: send },
      element("label", {}, session.say("report_folder"), " ", this.folder), this.format, this.go, this.written);
    this.writing.hidden = true;
  }

  _report({ path }) {
    this.go.disabled = false;
    this.written.textContent = this.session.say("report_written", { path });
  }

  _add(event) {
    event.preventDefault();
    if (!this.name.value.trim()) return;
    this.session.act("add", { name: this.name.value });
    this.name.value = "";
  }

  // -- what is shown -------------------------------------------------------------------------------

  _loaded() {
    const { session } = this;
    this.wait.hidden = true;
    this.title.textContent = session.goal;
    this.machine.checked = session.machine;
    this.banner.hidden = !session.warning;
    this.banner.textContent = session.warning ? session.say("banner", session.warning) : "";
    this.legend.replaceChildren(
      element("b", {}, `${session.say("legend")}:`),
      element("ol", {}, ...session.stages.map((stage) => element("li", {}, stage.name))),
      element("p", { class: "cjm-note" }, session.say("legend_marks")));
    this.board.draw();
    this.quotes.again();
    this._standing();
  }

  _standing() {
    const [undo, redo] = this.session.history;
    this.undoing.disabled = !undo;
    this.redoing.disabled = !redo;
  }

  _saved() {
    const { outbox } = this.session;
    this.save.dataset.save = outbox.state;
    this.save.textContent = this.session.say(outbox.state, { reason: outbox.reason });
    this.retry.hidden = !["failed", "offline"].includes(outbox.state);
  }

  warn(text) {
    this.warning.textContent = text;
    this.warning.hidden = !text;
  }

  _refused(answer) {
    if (answer.asked === "report") {
      this.go.disabled = false;
      this.written.textContent = this.session.say("report_failed", answer);
      return;
    }
    this.board.follow = null;
    this.board.draw();
    this.warn(this.session.say("refused", answer));
  }

  _done(act) {
    const { session } = this;
    this.warn("");
    const name = session.people.get(act.person)?.name ?? "";
    const to = session.persona(act.to)?.name ?? "";
    const key = act.op === "move" ? (to ? "did_move" : "did_out") : { undo: "did_undo", redo: "did_redo" }[act.op] ?? "did";
    this.live.textContent = session.say(key, { name, to });
  }

  // -- keys ----------------------------------------------------------------------------------------

  undo() { if (this.session.editable) this.session.act("undo"); }

  redo() { if (this.session.editable) this.session.act("redo"); }

  escape() { if (!this.board.escape()) this.quotes.shut(); }

  key() { return false; }

  _state() {
    const { session } = this;
    return {
      personas: session.personas.map((one) => ({
        id: one.id, name: one.name, origin: one.origin, members: one.members.map((member) => member.id),
        curve: session.views.get(one.id)?.stale ? null : session.views.get(one.id)?.curve ?? null,
      })),
      save: session.outbox.state,
      pending: session.outbox.waiting.length,
      look: session.look.state,
    };
  }
}

function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.close();
}

export default { render };
