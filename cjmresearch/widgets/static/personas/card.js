// The card of a persona: each line says of how many people it is true, and opens their words.

const LINES = 4;

class Card {
  constructor(session, open) {
    this.session = session;
    this.open = open;
    this.unfolded = new Set();
  }

  draw(persona, view) {
    if (!view?.sections) return null;
    const parts = view.sections.map((section) => this._section(persona, section, view.of)).filter(Boolean);
    if (!parts.length) return element("p", { class: "cjm-note" }, this.session.say("nothing_said"));
    return element("div", { class: "cjm-card" }, ...parts);
  }

  _section(persona, section, of) {
    const { session } = this;
    const key = `${persona.id}|${section.section}`;
    const all = section.lines;
    if (!all.length && !section.hidden) return null;
    const lines = this.unfolded.has(key) ? all : all.slice(0, LINES);
    const list = element("ul", {}, ...lines.map((line) => element("li", {}, this._line(persona, line, of))));
    if (lines.length < all.length) {
      const more = button(session.say("more_lines", { n: all.length - lines.length }), () => {
        this.unfolded.add(key);
        list.replaceChildren(...all.map((line) => element("li", {}, this._line(persona, line, of))));
        list.children[LINES].querySelector("button")?.focus();
      }, { class: "cjm-more" });
      list.append(element("li", {}, more));
    }
    if (section.hidden) {
      const words = all.length ? session.say("hidden", { n: section.hidden }) : session.say("hidden_all");
      list.append(element("li", { class: "cjm-hidden" }, words));
    }
    return element("section", { "data-section": section.section },
      element("h5", {}, session.say(`section_${section.section}`)), list);
  }

  _line(persona, line, of) {
    const { session } = this;
    const inside = [
      element("span", { class: "cjm-name" }, line.name),
      element("span", { class: "cjm-count" }, session.say("of", { n: line.n, of })),
    ];
    const share = `--cjm-share: ${of ? Math.round((100 * line.n) / of) : 0}%`;
    if (line.code === null) return element("span", { class: "cjm-line-of-card", style: share }, ...inside);
    return element("button", {
      type: "button", class: "cjm-line-of-card", style: share, "data-code": line.code,
      "aria-label": session.say("line", { name: line.name, n: line.n, of }),
      onclick: () => this.open(persona.id, `code:${line.code}`, `${persona.name} · ${line.name}`),
    }, ...inside);
  }
}
