// The codes: those of this question first, with their keys; then all by kind. Type a name and press
// Enter; a name that is not there makes a code.

const KINDS = [
  "pain", "need", "dream", "emotion", "touchpoint", "stage", "action", "thought", "opportunity",
  "metaphor", "other",
];

const LIKELY = 8; // codes that stand on top: those used here, filled up with those suggested most

class Codes {
  constructor(session, commands) {
    this.session = session;
    this.commands = commands;
    this.open = new Set();
    this.active = null; // id of the entry that Enter means; "" is the one that makes a code
    this.id = uuid().slice(0, 8);
    this.find = element("input", {
      type: "text", class: "cjm-find-code", placeholder: session.say("find_code"), role: "combobox",
      "aria-label": session.say("find_code"), "aria-expanded": "true", "aria-controls": `${this.id}-list`,
      autocomplete: "off", spellcheck: "false", oninput: () => { this.making = false; this.filter(); }, onkeydown: (event) => this._key(event),
    });
    this.kind = element("select", { class: "cjm-kind-of", "aria-label": session.say("kind"), title: session.say("kind") },
      ...KINDS.map((kind) => element("option", { value: kind }, session.say(`kind_${kind}`))));
    this.list = element("div", { class: "cjm-code-list", role: "listbox", id: `${this.id}-list`, "aria-label": session.say("codes") });
    this.panel = element("section", { class: "cjm-codes", "aria-label": session.say("codes") }, this.find, this.list);
    this.off = [session.on("codes", () => this.draw()), session.on("rows", () => this.count())];
  }

  close() { for (const off of this.off) off(); }

  draw() {
    const { session } = this;
    const usage = session.usage();
    this.entries = [];
    const asked = session.asked();
    const used = [...session.codes.values()].filter((code) => usage.has(code.id));
    const weight = (code) => usage.get(code.id);
    used.sort((a, b) => weight(b) - weight(a));
    const likely = [...asked].filter(([id]) => session.codes.has(id) && !usage.has(id)).sort((a, b) => b[1] - a[1]);
    used.push(...likely.slice(0, Math.max(LIKELY - used.length, 0)).map(([id]) => session.codes.get(id)));
    const parts = used.length ? [this._part("", session.say("used"), used)] : [];
    for (const kind of KINDS) {
      const codes = [...session.codes.values()].filter((code) => code.kind === kind);
      if (codes.length) parts.push(this._part(kind, session.say(`kind_${kind}`), codes));
    }
    this.make = element("div", { class: "cjm-make", role: "option", id: `${this.id}-make` });
    this.make_name = button("", () => this._choose(""), { class: "cjm-make-name", tabindex: "-1" });
    this.make.append(this.make_name, this.kind);
    this.list.replaceChildren(this.make, ...parts);
    this.kind.value = this._usual(used);
    this.filter();
    this.count();
  }

  _usual(used) { return used.find((code) => code.scheme === "own")?.kind ?? "other"; }

  _part(kind, title, codes) {
    const head = button(title, () => { if (!this.open.delete(kind)) this.open.add(kind); this.filter(); },
      { class: "cjm-kind-name", tabindex: "-1" });
    const entries = codes.map((code, at) => this._entry(code, kind, at));
    const box = element("div", { class: "cjm-kind", role: "group", "aria-label": title }, head, ...entries.map(({ made }) => made));
    this.entries.push({ kind, head, box, entries });
    return box;
  }

  _entry(code, kind) {
    const { session } = this;
    const key = session.keyOf(code.id);
    const count = element("span", { class: "cjm-count" });
    const made = element("div", {
      class: "cjm-code", role: "option", id: `${this.id}-${kind}-${code.id}`, "data-code": code.slug, title: [code.name, code.definition].filter(Boolean).join("\n"),
      onmousedown: (event) => event.preventDefault(), // the words selected in an answer stay so
      onclick: () => this.commands.apply(code.id),
    }, element("i", { class: "cjm-swatch" }), element("span", { class: "cjm-code-name" }, code.name), count, key ? element("kbd", {}, key) : null);
    if (/^#[0-9a-f]{6}$/i.test(code.colour ?? "")) made.style.setProperty("--cjm-code", code.colour);
    return { made, code, count, text: `${code.name} ${code.slug}`.toLowerCase() };
  }

  count() {
    const usage = this.session.usage();
    for (const { entries } of this.entries ?? []) {
      for (const { code, count } of entries) count.textContent = usage.get(code.id) ?? "";
    }
  }

  filter() {
    const wanted = this.find.value.trim().toLowerCase();
    const found = [];
    for (const { kind, head, box, entries } of this.entries ?? []) {
      const isOpen = wanted || kind === "" || this.open.has(kind);
      for (const entry of entries) {
        const again = wanted && kind !== "" && found.some((one) => one.code === entry.code);
        entry.made.hidden = !isOpen || again || Boolean(wanted && !entry.text.includes(wanted));
        if (!entry.made.hidden) found.push(entry);
      }
      head.setAttribute("aria-expanded", String(Boolean(isOpen)));
      head.hidden = kind === "" && Boolean(wanted);
      box.hidden = Boolean(wanted) && !entries.some(({ made }) => !made.hidden);
    }
    const exact = found.find(({ code }) => code.name.toLowerCase() === wanted);
    const begins = found.find(({ code }) => code.name.toLowerCase().startsWith(wanted));
    this.make.hidden = !wanted || Boolean(exact);
    this.make_name.textContent = wanted ? `+ ${this.session.say("create", { name: this.find.value.trim() })}` : "";
    this.shown = [...found.map(({ made, code }) => ({ made, id: code.id })), ...(this.make.hidden ? [] : [{ made: this.make, id: "" }])];
    const inside = found.find(({ code }) => code.name.toLowerCase().split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)));
    const best = exact ?? (this.making ? null : begins ?? inside);
    this._activate(!wanted ? -1 : best ? this.shown.findIndex(({ made }) => made === best.made) : this.shown.length - 1);
  }

  _activate(at) {
    this.shown[this.at]?.made.classList.remove("cjm-active");
    for (const { made } of this.shown) made.classList.remove("cjm-active");
    this.at = at;
    const made = this.shown[at]?.made;
    made?.classList.add("cjm-active");
    made?.scrollIntoView({ block: "nearest" });
    if (made) this.find.setAttribute("aria-activedescendant", made.id);
    else this.find.removeAttribute("aria-activedescendant");
  }

  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this._activate(Math.min(Math.max(this.at + steps[event.key], 0), this.shown.length - 1));
    } else if (event.key === "Enter") {
      if (this.shown[this.at]) this._choose(this.shown[this.at].id);
    } else if (event.key === "Escape") {
      this._leave();
    } else return;
    event.preventDefault();
  }

  _choose(id) {
    const name = this.find.value.trim();
    if (id) this.commands.apply(id);
    else this.commands.create(name, this.kind.value);
    this._leave();
  }

  _leave() {
    this.find.value = "";
    this.filter();
    this.commands.toTable();
  }

  ask(name = "", { making = false } = {}) {
    this.making = making;
    this.find.value = name;
    this.filter();
    this.find.focus();
    this.find.select();
  }
}
