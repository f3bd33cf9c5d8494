// Puts the parts of the explorer together.

const PANES = ["quotes", "plan", "changes"];

class Explorer {
  constructor(model, el) {
    this.session = new Session(model);
    const { session } = this;
    this.head = new Head(session, this);
    this.items = new Items(session);
    this.shown = "quotes";
    this.map = new JourneyMap(session, this);
    this.panes = { quotes: new Quotes(session, this, this.items), plan: new Plan(session, this.items), changes: new Changes(session, this) };
    this.tabs = element("div", { class: "cjm-tabs", role: "tablist", onkeydown: (event) => this._tabKey(event) });
    const id = uuid();
    this.frames = Object.fromEntries(PANES.map((name) => [name, element("div", { class: "cjm-pane", role: "tabpanel", id: `${name}-${id}`, "aria-labelledby": `tab-${name}-${id}` }, this.panes[name].root)]));
    this.buttons = Object.fromEntries(PANES.map((name) => [name, button("", () => this.show(name), { class: "cjm-tab", role: "tab", id: `tab-${name}-${id}`, "data-tab": name, "aria-controls": `${name}-${id}` })]));
    this.tabs.append(...Object.values(this.buttons));
    this.root = element("div", { class: "cjm-explorer", lang: session.settings.language },
      this.head.root, this.map.root, this.tabs, ...Object.values(this.frames), this.items.options);
    el.append(this.root);
    new Keys(this.root, this);
    this.off = [
      session.on("part:changes", () => this._compared()),
      session.on("part:plan", () => this._tabs()),
      session.on("part:panel", () => this._opened()),
    ];
    this._tabs();
    this.root.cjm = { state: () => ({ save: session.outbox.state, pending: session.outbox.waiting.length, parts: session.parts }) };
  }

  close() {
    for (const off of this.off) off();
    for (const part of [this.head, this.items, this.map, ...Object.values(this.panes), this.session]) part.close();
  }

  // -- panes ---------------------------------------------------------------------------------------

  show(name) {
    this.shown = name;
    this._tabs();
    for (const field of this.frames[name].querySelectorAll("textarea")) grow(field);
  }

  _compared() {
    if (this.session.parts.changes && !this.comparing) this.shown = "changes";
    this.comparing = Boolean(this.session.parts.changes);
    this._tabs();
  }

  _tabs() {
    const { session } = this;
    const { changes, plan } = session.parts;
    this.comparing = Boolean(changes);
    if (this.shown === "changes" && !changes) this.shown = "quotes";
    const counts = { plan: plan.items.length || "", changes: changes?.rows.length ?? "" };
    for (const name of PANES) {
      const tab = this.buttons[name];
      tab.hidden = name === "changes" && !changes;
      tab.replaceChildren(session.say(name), counts[name] === undefined || counts[name] === "" ? "" : element("span", { class: "cjm-n" }, String(counts[name])));
      tab.setAttribute("aria-selected", String(name === this.shown));
      tab.tabIndex = name === this.shown ? 0 : -1;
      this.frames[name].hidden = name !== this.shown;
    }
  }

  _tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const open = PANES.filter((name) => !this.buttons[name].hidden);
    this.show(open[(open.indexOf(this.shown) + step + open.length) % open.length]);
    this.buttons[this.shown].focus();
    event.preventDefault();
  }

  _opened() {
    const { panel } = this.session.parts;
    if (!panel || !this.adding || !sameKey(panel.key, this.adding)) return;
    this.adding = null;
    this.frames.quotes.querySelector(".cjm-new .cjm-text")?.focus();
  }

  // -- commands ------------------------------------------------------------------------------------

  // Open an empty place of the map to put an item there.
  addAt(key) {
    this.adding = key;
    this.show("quotes");
    if (sameKey(this.session.parts.panel?.key, key)) this._opened();
    else this.session.pick(key);
  }

  shut() {
    this.map.focus();
    this.session.ask("shut");
  }

  announce(text) { this.head.announce(text); }

  undo() { if (this.session.edits && !this.head.undo.disabled) this.session.act("undo"); }

  redo() { if (this.session.edits && !this.head.redo.disabled) this.session.act("redo"); }

  escape() { if (this.session.parts.panel) this.shut(); }

  key(event) { return this.map.move(event.key); }
}

function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.close();
}

export default { render };
