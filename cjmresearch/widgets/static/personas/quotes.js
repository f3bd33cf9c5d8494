// The words behind a point or a line: a page of quotes at a time, in the order of people.

class Quotes {
  constructor(session) {
    this.session = session;
    this.heading = element("h4", { tabindex: "-1" });
    this.count = element("span", { class: "cjm-count" });
    this.list = element("div", { class: "cjm-quote-list" });
    this.more = button("", () => this._ask(this.shown), { class: "cjm-more" });
    this.panel = element("aside", { class: "cjm-quotes", "aria-label": session.say("quotes") },
      element("header", {}, this.heading, this.count,
        button("×", () => this.shut(), { class: "cjm-quiet", "aria-label": session.say("close"), title: session.say("close") })),
      this.list, this.more);
    this.panel.hidden = true;
    this.off = session.on("quotes", (message) => this._came(message));
  }

  close() { this.off(); }

  open(persona, key, title) {
    this.from = document.activeElement;
    this.persona = persona;
    this.key = key;
    this.heading.textContent = title;
    this.count.textContent = "";
    this.list.replaceChildren();
    this.more.hidden = true;
    this.panel.hidden = false;
    this._beside(this.from);
    this._ask(0);
  }

  // On a wide page the words stand beside the board, at the height of what they were opened from.
  _beside(from) {
    const area = this.panel.parentElement;
    area.classList.add("cjm-reading");
    const down = from && area.contains(from) ? from.getBoundingClientRect().top - area.getBoundingClientRect().top : 0;
    const room = area.firstElementChild.offsetHeight - 420;
    area.style.setProperty("--cjm-beside", `${Math.max(3, Math.min(down - 40, room))}px`);
  }

  _hide() {
    this.panel.hidden = true;
    this.panel.parentElement.classList.remove("cjm-reading");
  }

  shut() {
    if (this.panel.hidden) return false;
    this._hide();
    if (this.from?.isConnected) this.from.focus();
    return true;
  }

  // Where people have moved, the words that are open are those of the persona as it is now.
  again() {
    if (this.panel.hidden) return;
    if (this.session.persona(this.persona)) this._ask(0);
    else this._hide();
  }

  _ask(first) { this.session.ask("open", { persona: this.persona, key: this.key, first }); }

  _came(message) {
    const { session } = this;
    if (message.persona !== this.persona || message.key !== this.key) return;
    const cards = message.quotes.map((quote) => this._card(quote));
    if (message.first === 0) this.list.replaceChildren(...cards);
    else this.list.append(...cards);
    this.shown = message.first + message.quotes.length;
    this.count.textContent = session.say("quotes_count", { people: message.people, n: message.of });
    if (!message.of) this.list.append(element("p", { class: "cjm-note" }, session.say("no_quotes")));
    this.more.hidden = this.shown >= message.of;
    this.more.textContent = `${session.say("more")} (${session.say("shown", { n: this.shown, of: message.of })})`;
    if (message.first === 0) this.heading.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  _card(quote) {
    const { session } = this;
    const asked = quote.prompt
      ? element("p", { class: "cjm-asked" }, element("b", {}, `${session.say("question")}: `), quote.prompt) : null;
    const words = quote.withheld
      ? element("p", { class: "cjm-shut" }, session.say("withheld"))
      : element("blockquote", {}, this._context(quote.before, true), element("mark", {}, quote.quote), this._context(quote.after, false));
    return element("article", {},
      element("header", {}, element("b", {}, quote.participant),
        element("span", {}, [quote.source, quote.place].filter(Boolean).join(" · "))),
      asked, words,
      element("footer", {}, element("span", { class: "cjm-tag" }, quote.code),
        quote.machine ? element("span", { class: "cjm-tag cjm-unchecked" }, session.say("unchecked")) : null,
        element("span", {}, quote.coder)));
  }

  // The surroundings of a quote were cut by number of characters: from or to a whole word.
  _context(words, before) {
    if (!words) return null;
    const cut = before ? words.replace(/^\S*\s/, "") : words.replace(/\s\S*$/, "");
    return element("span", { class: "cjm-context" }, words.length < 160 ? words : before ? `…${cut}` : `${cut}…`);
  }
}
