// The side list of quotes, and the filters that it shares with the transcript.

const PAGE = 60;

class Filters {
  constructor(session, changed) {
    this.session = session;
    this.values = { speaker: "", code: "", coder: "", status: "" };
    this.selects = {};
    this.bar = element("div", { class: "cjm-filters", role: "group", "aria-label": session.say("filters") });
    for (const name of Object.keys(this.values)) {
      this.selects[name] = element("select", {
        "aria-label": session.say(`filter_${name}`), "data-filter": name,
        onchange: () => { this.values[name] = this.selects[name].value; this._mark(); changed(); },
      });
    }
    this.clear = button(session.say("clear"), () => {
      for (const name of Object.keys(this.values)) { this.values[name] = ""; this.selects[name].value = ""; }
      this._mark();
      changed();
    }, { class: "cjm-quiet", hidden: true });
    this.bar.append(...Object.values(this.selects), this.clear);
    this.fill();
  }

  _mark() {
    for (const [name, value] of Object.entries(this.values)) this.selects[name].classList.toggle("cjm-set", value !== "");
    this.clear.hidden = !this.active;
  }

  get active() { return Object.values(this.values).some(Boolean); }

  fill() {
    const { session } = this;
    const codings = [...session.codings.values()];
    const used = new Set(codings.map((coding) => coding.code));
    const options = {
      speaker: session.source.speakers.map(([label], i) => [String(i), label]),
      code: [...session.codes.values()].filter((code) => used.has(code.id)).map((c) => [c.id, session.nameOf(c)]),
      coder: [...new Set(codings.map((coding) => coding.coder))].sort().map((coder) => [coder, coder]),
      status: ["human", "suggested", "accepted", "rejected"].map((s) => [s, session.say(`status_${s}`)]),
    };
    for (const [name, listed] of Object.entries(options)) {
      const text = JSON.stringify(listed);
      if (this[`_${name}`] === text) continue;
      this[`_${name}`] = text;
      this.selects[name].replaceChildren(element("option", { value: "" }, session.say(`filter_${name}`)),
        ...listed.map(([value, label]) => element("option", { value }, label)));
      this.selects[name].value = this.values[name];
    }
  }

  // Whether a coding is to be seen; rejected suggestions only where they are asked for.
  shows(coding) {
    const { code, coder, status } = this.values;
    if (status === "rejected" ? coding.status !== "rejected" : !this.session.isShown(coding)) return false;
    if (this.session.codes.get(coding.code)?.slug === "memo:source") return false;
    return (!code || coding.code === code) && (!coder || coding.coder === coder)
      && (!status || coding.status === status);
  }

  hears(turn) { return this.values.speaker === "" || String(turn.speaker) === this.values.speaker; }
}

class Quotes {
  constructor(session, colours, filters, goTo) {
    Object.assign(this, { session, colours, filters, goTo });
    this.limit = PAGE;
    this.head = element("h4");
    this.list = element("div", { class: "cjm-quotes", role: "list", "aria-label": session.say("quotes") });
    this.panel = element("section", { class: "cjm-quotes-panel" }, this.head, this.list);
    this.draw();
  }

  // Soon, but not in the way of the key that is being pressed.
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 180);
  }

  draw() {
    const { session, filters } = this;
    const turns = session.source.turns;
    const all = [...session.codings.values()]
      .filter((coding) => filters.shows(coding) && (filters.values.status || coding.status !== "suggested"))
      .filter((coding) => !filters.values.speaker || filters.hears(turns[session.source.turnAt(coding.start)]))
      .sort((a, b) => a.start - b.start || a.end - b.end);
    this.head.replaceChildren(session.say("quotes"), element("span", { class: "cjm-number" }, String(all.length)));
    this.list.replaceChildren(...all.slice(0, this.limit).map((coding) => this._item(coding)));
    if (all.length > this.limit) {
      this.list.append(button(session.say("more"), () => { this.limit += PAGE * 3; this.draw(); }, { class: "cjm-quiet" }));
    }
    filters.fill();
  }

  _item(coding) {
    const { session } = this;
    const swatch = element("i", { class: "cjm-swatch" });
    swatch.style.setProperty("--cjm-colour", this.colours.of(coding.code));
    const made = element("button", {
      type: "button", class: "cjm-quote", "data-coding": coding.id, onclick: () => this.goTo(coding.id),
    },
    element("span", { class: "cjm-quote-head" }, swatch, element("b", {}, session.nameOf(session.codes.get(coding.code))),
      element("span", { class: "cjm-by" }, coding.coder)),
    element("span", { class: "cjm-quote-words" }, shortened(session.quoteOf(coding), 120)));
    if (coding.memo && coding.status !== "suggested") made.append(element("span", { class: "cjm-memo" }, shortened(coding.memo, 100)));
    made.classList.toggle("cjm-pending", session.isPending(coding));
    return made;
  }
}
