// What stands above and below the table: the question, progress, filters, what is saved, keys.

class Tools {
  constructor(session, rows, commands) {
    this.session = session;
    this.rows = rows;
    const say = (...given) => session.say(...given);
    this.title = element("strong", { class: "cjm-question" });
    this.undo = button("↶", () => commands.undo(), { class: "cjm-undo", title: say("undo"), "aria-label": say("undo") });
    this.redo = button("↷", () => commands.redo(), { class: "cjm-redo", title: say("redo"), "aria-label": say("redo") });
    this.save = element("span", { class: "cjm-save", role: "status" });
    this.retry = button(say("retry"), () => session.outbox.again(), { class: "cjm-retry" });
    this.bar = element("progress", { class: "cjm-progress", max: "1", value: "0", "aria-hidden": "true" });
    this.share = element("span", { class: "cjm-share" });
    this.warning = element("div", { class: "cjm-warning", role: "alert" });
    this.notice = element("div", { class: "cjm-notice" });
    this.live = element("div", { class: "cjm-live", "aria-live": "polite" });
    this.meant = element("span", { class: "cjm-meant" });
    this._filters(commands);
    this.head = element("div", { class: "cjm-head" }, this.title,
      element("span", { class: "cjm-acts" }, this.undo, this.redo, this.save, this.retry));
    this.standing = element("div", { class: "cjm-standing" }, this.bar, this.share, this.meant);
    this.foot = element("div", { class: "cjm-keys", "aria-label": say("keys") }, ...this._keys());
    this.grouping = element("span", { class: "cjm-grouping" });
    this.filters.append(this.grouping);
    this.off = [
      session.outbox.on("state", () => this.saved()),
      session.on("standing", () => this.stand()),
      session.on("codes", () => this._options()),
      session.on("groups", () => this.groups()),
      session.on("loaded", () => { this.title.textContent = session.question; this.groups(); }),
      session.on("notice", (text) => { this.notice.textContent = text; this.notice.hidden = !text; }),
      rows.on("selected", () => this.means()),
      rows.on("moved", () => this.means()),
      rows.on("built", () => this.means()),
    ];
    this.warn("");
    this.notice.hidden = true;
    this.saved();
  }

  close() { for (const off of this.off) off(); }

  _select(name, options, change) {
    return element("select", { class: `cjm-by-${name}`, "aria-label": this.session.say(name), title: this.session.say(name), onchange: change },
      ...options.map((value) => element("option", { value }, this.session.say(value || "any_length"))));
  }

  _filters(commands) {
    const { session, rows } = this;
    const set = (name, value) => { rows.filter[name] = value; rows.build(); };
    let timer;
    this.search = element("input", {
      type: "search", class: "cjm-find", placeholder: session.say("search"), "aria-label": session.say("search"), spellcheck: "false",
      onkeydown: (event) => { if (event.key === "Enter" || event.key === "Escape") { event.preventDefault(); commands.toTable(); } },
      oninput: () => { clearTimeout(timer); timer = setTimeout(() => set("text", this.search.value.trim().toLowerCase()), 120); },
    });
    this.show = element("select", { class: "cjm-by-show", "aria-label": session.say("show"), title: session.say("show"), onchange: () => set("show", this.show.value) });
    this.length = this._select("length", ["", "short", "middle", "long"], () => set("length", this.length.value));
    this.order = this._select("order", ["groups", "useful", "frequent", "reading"], () => { rows.order = this.order.value; rows.cursor = -1; rows.build(); });
    this.filters = element("div", { class: "cjm-filters" }, this.search, this.show, this.length, this.order);
    this._options();
  }

  _options() {
    const { session } = this;
    const { show } = this;
    const kept = this.rows.filter.show;
    const plain = ["all", "uncoded", "coded", "partly", "suggested"].map((value) => element("option", { value }, session.say(value)));
    const used = [...session.usage().keys()].map((id) => session.codes.get(id)).filter(Boolean);
    const codes = used.map((code) => element("option", { value: code.id }, session.say("of_code", { name: code.name })));
    show.replaceChildren(...plain, ...codes);
    show.value = kept;
  }

  groups() {
    const { session } = this;
    this.grouping.replaceChildren();
    if (session.groups === null) {
      this.grouping.textContent = session.groupless
        ? session.say("no_groups", { reason: session.groupless }) : session.say("grouping");
    } else if (session.groups.by_words) this.grouping.textContent = session.say("by_words");
  }

  // Groups came after the person began: they are offered, the table does not jump by itself.
  offer(accept) {
    const take = button(this.session.say("show_groups"), () => { this.grouping.replaceChildren(); accept(); });
    this.grouping.replaceChildren(this.session.say("groups_ready"), " ", take);
  }

  _keys() {
    const keys = [
      ["↑ ↓", "key_move"], ["␣", "key_select"], ["⇧ ↑ ↓", "key_range"], ["⇧ ␣", "key_group"],
      ["1 q z …", "key_code"], ["Enter", "key_find"], ["⇧ I", "key_vivo"], ["=", "key_accept"], ["−", "key_reject"],
      ["]", "key_ask"], ["}", "key_next"], ["/", "key_search"], ["⇧ M", "key_memo"], ["Ctrl Z", "key_undo"],
    ];
    return keys.map(([key, name]) => element("span", {}, element("kbd", {}, key), " ", this.session.say(name)));
  }

  saved() {
    const { outbox } = this.session;
    const values = { n: outbox.waiting.length, reason: outbox.reason };
    this.save.dataset.save = outbox.state;
    this.save.textContent = this.session.say(outbox.state, values);
    this.retry.hidden = !["failed", "offline"].includes(outbox.state);
  }

  stand() {
    const { session } = this;
    const { coded, of, people } = session.progress;
    const share = of ? coded / of : 0;
    const percent = coded && share < 0.01 ? "<1%" : `${Math.floor(share * 100)}%`;
    this.bar.value = share;
    this.share.textContent = session.say("progress", { share: percent, coded, of, people });
    const [undo, redo] = session.history;
    this.undo.disabled = !undo;
    this.redo.disabled = !redo;
  }

  means() {
    const { rows, session } = this;
    const sum = (list) => list.reduce((all, row) => all + session.counts[row], 0);
    const chosen = [...rows.selected];
    this.meant.classList.toggle("cjm-some", chosen.length > 0);
    if (chosen.length) this.meant.textContent = session.say("selected", { rows: chosen.length, n: sum(chosen) });
    else {
      this.total ??= new WeakMap();
      if (!this.total.has(rows.sections)) {
        const all = rows.sections.flatMap((section) => section.rows);
        this.total.set(rows.sections, { rows: all.length, n: sum(all) });
      }
      this.meant.textContent = session.say("shown", this.total.get(rows.sections));
    }
  }

  warn(text) {
    this.warning.textContent = text;
    this.warning.hidden = !text;
  }

  announce(text) { this.live.textContent = text; }
}
