// Are there personas in the data? What to compare people by, and the answer, also if it is none.

const SIZES = [2, 3, 4, 5, 6];
const APART = 3; // differences that are named at once
const STEP = 1000; // ms between two words on how long it takes

class Look {
  constructor(session) {
    this.session = session;
    this.root = element("details", { class: "cjm-look" });
    this.off = [
      session.on("loaded", () => this._begin()),
      session.on("look", () => this._answer()),
      session.on("board", () => this._adoption()),
    ];
  }

  close() { clearInterval(this.timer); for (const off of this.off) off(); }

  _begin() {
    if (this.result) return;
    const { session } = this;
    const { offered } = session;
    this.boxes = { codes: [], traits: [], questions: [] };
    this.stages = element("input", { type: "checkbox", checked: true });
    this.number = element("select", { "aria-label": session.say("number") },
      element("option", { value: "" }, session.say("number_any")),
      ...SIZES.map((k) => element("option", { value: k }, k)));
    this.go = button(session.say("search"), () => this._search(), { class: "cjm-main cjm-search" });
    this.result = element("div", { class: "cjm-answer", role: "status" });
    this.root.replaceChildren(
      element("summary", {}, session.say("look")),
      element("p", { class: "cjm-note" }, session.say("look_intro")),
      element("div", { class: "cjm-choices" },
        this._choices("codes", offered.codes, true),
        element("fieldset", {}, element("legend", {}, session.say("by_stages")),
          element("label", {}, this.stages, " ", session.say("by_stages"))),
        this._choices("traits", offered.traits, false),
        this._choices("questions", offered.questions, false)),
      element("div", { class: "cjm-row" },
        element("label", {}, session.say("number"), " ", this.number), this.go),
      this.result);
  }

  _choices(name, options, on) {
    const { session } = this;
    const labels = options.map((option) => {
      const box = element("input", { type: "checkbox", value: option.value, checked: on });
      this.boxes[name].push(box);
      return element("label", { title: option.name }, box, " ", element("span", {}, shortened(option.name, 60)));
    });
    return element("fieldset", {}, element("legend", {}, session.say(`by_${name}`)),
      ...(labels.length ? labels : [element("span", { class: "cjm-note" }, session.say("none_here"))]));
  }

  _search() {
    const chosen = (name) => this.boxes[name].filter((box) => box.checked).map((box) => box.value);
    const wanted = { codes: chosen("codes"), stages: this.stages.checked, traits: chosen("traits"), questions: chosen("questions") };
    if (!wanted.stages && !Object.values(wanted).some((list) => list.length)) {
      this.result.replaceChildren(element("p", { class: "cjm-wrong" }, this.session.say("none_chosen")));
      return;
    }
    if (this.number.value) wanted.k = Number(this.number.value);
    this.begun = Date.now();
    this.session.look = { state: "gathering" };
    this._answer();
    this.session.ask("look", wanted);
  }

  _answer() {
    const { look } = this.session;
    if (!this.result) return;
    clearInterval(this.timer);
    const busy = ["gathering", "searching", "describing"].includes(look.state);
    this.go.disabled = busy;
    this.root.dataset.state = look.state;
    if (busy) { this.root.open = true; this._wait(); } else if (look.state === "done") this._done();
    else if (look.state === "failed") this.result.replaceChildren(element("p", { class: "cjm-wrong" }, this.session.say("refused", look)));
    else this.result.replaceChildren();
  }

  _wait() {
    const { session } = this;
    this.begun ??= Date.now();
    const bar = element("progress", { "aria-label": session.say("look") });
    const words = element("span", { "aria-live": "off" });
    const tell = () => {
      const seconds = Math.floor((Date.now() - this.begun) / 1000);
      words.textContent = session.say(session.look.state, { seconds });
    };
    tell();
    this.timer = setInterval(tell, STEP);
    this.result.replaceChildren(element("div", { class: "cjm-row" }, bar, words,
      button(session.say("stop"), () => session.ask("stop"), { class: "cjm-quiet" })));
  }

  _done() {
    const { session } = this;
    const { look } = session;
    this.root.open = true;
    this.begun = null;
    const notes = [];
    if (look.dropped) notes.push(session.say("features_left", { n: look.dropped }));
    if (look.left_out) notes.push(session.say("people_left", { n: look.left_out }));
    this.adopting = element("div", { class: "cjm-row" });
    this.result.replaceChildren(
      element("p", { class: "cjm-reason" },
        look.k ? null : element("b", {}, `${session.say("answer_none")}. `), look.reason),
      element("p", { class: "cjm-note" }, notes.join(". ")),
      ...(look.k ? [this._found(look), this.adopting] : []),
      look.trials.length ? this._fold("trials", this._trials(look.trials)) : "",
      look.k ? this._fold("memberships", this._memberships(look)) : "",
    );
    this._adoption();
  }

  _fold(title, table) {
    return element("details", { class: "cjm-fold" }, element("summary", {}, this.session.say(title)), element("div", { class: "cjm-table" }, table));
  }

  _table(heads, rows, attributes = {}) {
    return element("table", attributes,
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...rows));
  }

  _row(cells, attributes = {}) {
    return element("tr", attributes, ...cells.map((cell) => (cell instanceof Node && cell.matches("th") ? cell : element("td", {}, cell))));
  }

  _found(look) {
    const { session } = this;
    this.names = look.personas.map((one, index) => element("input", {
      type: "text", maxlength: 200, value: one.name, title: one.name, "aria-label": `${session.say("found_name")} ${index + 1}`,
    }));
    const rows = look.personas.map((one, index) => this._row([
      this.names[index], one.n,
      element("span", { title: session.say("found_jaccard_hint") }, session.number(one.jaccard)),
      element("span", { class: one.stable ? "cjm-tag cjm-stable" : "cjm-tag cjm-unstable" }, session.say(one.stable ? "found_stable" : "found_unstable")),
      this._apart(one),
    ], { "data-found": one.id }));
    return this._table(["found_name", "found_n", "found_jaccard", "found_stable", "found_apart"].map((key) => session.say(key)), rows, { class: "cjm-found" });
  }

  // What members have more or less of than the others, as far as it was shown and not only seen.
  _apart({ apart }) {
    const { session } = this;
    if (!apart.length) return element("span", { class: "cjm-note" }, session.say("found_alike"));
    const words = apart.map((one) => `${one.more ? "↑" : "↓"} ${one.name}`);
    const rest = words.length - APART;
    const tail = rest > 0 ? ` · ${session.say("found_more", { n: rest })}` : "";
    return element("span", { class: "cjm-apart", title: `${session.say("found_apart_hint")}. ${words.join("; ")}` },
      `${words.slice(0, APART).join(" · ")}${tail}`);
  }

  // Into a project without personas there is one way; else beside them or in their place.
  _adoption() {
    const { session } = this;
    if (!this.adopting || !session.editable) return;
    const adopt = (instead) => session.act("adopt", { names: this.names.map((name) => name.value), instead });
    this.adopting.replaceChildren(...(session.personas.length
      ? [button(session.say("adopt"), () => adopt(false), { class: "cjm-main cjm-adopt" }), button(session.say("adopt_instead"), () => adopt(true), { class: "cjm-instead" })]
      : [button(session.say("adopt_first"), () => adopt(false), { class: "cjm-main cjm-adopt" })]));
  }

  _trials(trials) {
    const { session } = this;
    const number = (value, digits) => (value === null ? "–" : session.number(value, digits));
    const rows = trials.map((one) => this._row([
      `${one.k}${one.chosen ? ` · ${session.say("chosen")}` : ""}`, one.smallest, number(one.silhouette, 2), number(one.null_mean, 2),
      number(one.p, 3), one.stable === null ? "–" : session.say("of", { n: one.stable, of: one.k }),
    ], { class: one.chosen ? "cjm-taken" : null }));
    const heads = ["k", "smallest", "silhouette", "null", "p", "stable"].map((key) => session.say(`trial_${key}`));
    return this._table(heads, rows);
  }

  _memberships(look) {
    const { session } = this;
    const heads = [session.say("person"), ...look.personas.map((one, index) => session.say("group", { n: index + 1 }))];
    const rows = look.people.map((one) => this._row([
      element("th", { scope: "row" }, one.name),
      ...one.p.map((p) => element("span", { class: "cjm-p", style: `--cjm-share: ${Math.round(100 * p)}%` }, session.number(p))),
    ]));
    return this._table(heads, rows, { class: "cjm-probable" });
  }
}
