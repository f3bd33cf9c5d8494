// What differs between two maps, in words; what can be told from chance stands first.

class Changes {
  constructor(session, commands) {
    this.session = session;
    this.commands = commands;
    this.root = element("div", { class: "cjm-changes" });
    this.off = [session.on("part:changes", () => this.draw())];
    this.draw();
  }

  close() { for (const off of this.off) off(); }

  draw() {
    const { session } = this;
    const rows = session.parts.changes?.rows ?? [];
    const sure = rows.filter((row) => row.sure);
    const unsure = rows.filter((row) => !row.sure);
    const list = (some) => element("ul", {}, ...some.map((row) => this._row(row)));
    this.root.replaceChildren(
      rows.length ? element("h5", { class: "cjm-sure" }, session.say("changes_sure", { n: sure.length })) : element("p", { class: "cjm-hint" }, session.say("no_changes")),
      list(sure),
      unsure.length ? element("details", { open: !sure.length }, element("summary", {}, session.say("changes_unsure", { n: unsure.length })), list(unsure)) : "");
  }

  _row({ words, keys }) {
    const opens = keys.map((key, side) => (key ? button(side ? "◆" : "●", () => { this.commands.show("quotes"); this.session.pick(key, side); }, {
      class: `cjm-quiet cjm-mark-${side}`, title: `${this.session.say("open_quotes")}: ${this.session.sides[side]?.name}`, "aria-label": `${this.session.say("open_quotes")}: ${this.session.sides[side]?.name}`,
    }) : element("span", { class: "cjm-none" })));
    return element("li", {}, element("span", { class: "cjm-opens" }, ...opens), element("span", {}, words));
  }
}
