// The words behind the open cell, numbered: who said them, where, who coded them and when.

class Quotes {
  constructor(session, commands, items) {
    this.session = session;
    this.commands = commands;
    this.items = items;
    this.root = element("div", { class: "cjm-words" });
    this.off = [
      session.on("part:panel", () => { this.draw(); this._tell(); }),
      session.on("part:plan", () => this.draw()),
      session.on("edits", () => this.draw()),
    ];
    this.draw();
  }

  close() { for (const off of this.off) off(); }

  draw() { keepingFocus(this.root, () => this.root.replaceChildren(...this._drawn())); }

  _tell() {
    const { panel } = this.session.parts;
    if (panel) this.commands.announce(`${panel.place}, ${panel.what}: ${panel.counts}`);
  }

  _drawn() {
    const { session } = this;
    const { panel } = session.parts;
    if (!panel) return [element("p", { class: "cjm-hint" }, session.say("pick"))];
    const cards = panel.quotes.map((quote) => this._card(quote, panel));
    const none = panel.of ? "" : element("p", { class: "cjm-hint" }, session.say(this._isIdea(panel) ? "no_quotes_yet" : "nothing"));
    return [this._heading(panel), this._codes(panel), this._items(panel), element("div", { class: "cjm-cards" }, ...cards), none, this._more(panel)];
  }

  _heading(panel) {
    const { session } = this;
    return element("div", { class: "cjm-heading" },
      session.isComparing ? mark(panel.side) : "",
      element("h4", {}, panel.place, element("span", { class: "cjm-what" }, ` · ${panel.what}`)),
      session.isComparing ? element("span", { class: "cjm-n" }, session.sides[panel.side].name) : "",
      element("span", { class: "cjm-n cjm-counts" }, panel.counts),
      button("×", () => this.commands.shut(), { class: "cjm-quiet cjm-shut", "data-at": "shut", title: session.say("close"), "aria-label": session.say("close") }));
  }

  _codes(panel) {
    if (panel.codes.length < 2) return "";
    const whole = panel.key.slice(0, 2);
    const chip = (key, label) => button(label, () => this.session.pick(key, panel.side), {
      class: "cjm-chip", "data-at": `code ${key.join(" ")}`, "aria-pressed": String(sameKey(key, panel.key)),
    });
    return element("div", { class: "cjm-codes" }, chip(whole, this.session.say("all_codes")),
      ...panel.codes.map(({ key, n, name }) => chip(key, `${n ?? "?"}\u00a0· ${name}`)));
  }

  // Items at this place of the map, to be edited where they stand.
  _items(panel) {
    if (!panel.can_add || panel.side) return "";
    const [layer, stage, own] = panel.key;
    const here = this.session.parts.plan.items.filter((item) => item.layer === layer && item.stage === stage && item.map_type === "current");
    const shown = here.some((item) => item.id === own) ? here.filter((item) => item.id === own) : own ? [] : here;
    const mayAdd = this.session.edits && !own && !CODED_LAYERS.includes(layer);
    if (!shown.length && !mayAdd) return "";
    return element("div", { class: "cjm-items" }, element("h5", {}, this.session.say("items_here")),
      ...shown.map((item) => this.items.row(item, { place: false })), mayAdd ? this.items.form({ layer, stage }) : "");
  }

  _isIdea({ key: [layer, , own] }) {
    return !["curve", "outside", ...CODED_LAYERS].includes(layer) || Boolean(this.session.item(own));
  }

  _card(quote, panel) {
    const { session } = this;
    const number = element("span", { class: "cjm-number" }, `${quote.n}`);
    const head = element("header", {}, number, element("b", {}, quote.participant), element("span", {}, quote.place));
    const words = quote.withheld
      ? [element("p", { class: "cjm-withheld" }, session.say("withheld"))]
      : [quote.asked ? element("p", { class: "cjm-asked" }, element("b", {}, `${session.say("question")}: `), quote.asked) : "",
        element("blockquote", {}, quote.before, element("mark", {}, quote.quote), quote.after)];
    const chips = [element("span", { class: "cjm-tag" }, quote.code + (quote.valence ? ` ${quote.valence}` : ""))];
    if (quote.machine) chips.push(element("span", { class: "cjm-tag cjm-machine" }, session.say("unchecked") + (quote.confidence ? ` ${quote.confidence}` : "")));
    const by = [quote.coder, quote.proposed ? session.say("proposed", { by: quote.proposed }) : "", quote.coded].filter(Boolean).join(" · ");
    return element("article", { class: "cjm-card", "data-coding": quote.coding }, head, ...words,
      element("footer", {}, ...chips, element("span", { class: "cjm-by" }, by), this._evidence(quote, panel)));
  }

  // Let an item rest on this quote: a hypothesis becomes evidence.
  _evidence(quote, panel) {
    const { session } = this;
    const items = session.parts.plan.items.filter((item) => item.map_type === "current" && item.stage === panel.key[1] && item.id !== panel.key[2]);
    if (!session.edits || !items.length) return "";
    const select = element("select", {
      class: "cjm-evidence", "data-at": `evidence ${quote.coding}`, "aria-label": session.say("evidence_for"),
      onchange: () => { session.act("link", { from: select.value, relation: "rests_on", to: quote.coding }); select.value = ""; },
    }, element("option", { value: "" }, session.say("evidence_for")), ...items.map((item) => element("option", { value: item.id }, shortened(item.text, 60))));
    return select;
  }

  _more(panel) {
    const shown = panel.quotes.length;
    if (shown >= panel.of) return "";
    return button(`${this.session.say("more")} (${this.session.say("shown", { n: shown, of: panel.of })})`, () => this.session.ask("more"), { class: "cjm-more", "data-at": "more" });
  }
}

// Layers that codings fill: what people put there by hand goes through the plan.
const CODED_LAYERS = ["touchpoints", "actions", "thoughts", "feelings", "metaphors", "needs", "barriers"];

// Draw anew what may hold the focus, and give it back with its place in the text.
function keepingFocus(pane, draw) {
  const active = pane.getRootNode().activeElement;
  const at = pane.contains(active) ? active.dataset.at : null;
  const place = at && active.matches("input, textarea") ? [active.selectionStart, active.selectionEnd] : null;
  pane.dataset.drawing = "1";
  draw();
  delete pane.dataset.drawing;
  const found = at ? pane.querySelector(`[data-at="${CSS.escape(at)}"]`) : null;
  found?.focus({ preventScroll: true });
  if (found && place) found.setSelectionRange(...place);
}
