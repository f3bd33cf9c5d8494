// The codebook: a tree by kind, with colours, keys, definitions and counts. Its search box also
// takes a code by name: type, choose with the arrows, Enter; what is not there can be added.

const KINDS = [
  "stage", "touchpoint", "emotion", "pain", "need", "dream", "action", "thought", "opportunity",
  "metaphor", "other",
];
const NOTES = "memo"; // scheme of the codes that carry memos; they are not for choosing

class Codebook {
  constructor(session, colours, commands) {
    this.session = session;
    this.colours = colours;
    this.commands = commands;
    this.folded = new Set();
    this.active = null; // slug of the entry that arrows and Enter mean
    const { say } = { say: (...given) => session.say(...given) };
    this.search = element("input", {
      type: "search", class: "cjm-code-search", placeholder: say("find_code"), role: "combobox",
      "aria-label": say("find_code"), "aria-expanded": "true", spellcheck: "false",
      autocomplete: "off", oninput: () => this.filter(), onkeydown: (event) => this.key(event),
    });
    this.tree = element("div", {
      class: "cjm-tree", role: "tree", tabindex: "0", "aria-label": say("codebook"),
      onkeydown: (event) => this.key(event),
    });
    this.add = button("+", () => this.form.open(null), {
      class: "cjm-quiet cjm-add", title: say("add_code"), "aria-label": say("add_code"),
    });
    this.form = new CodeForm(session, this);
    this.panel = element("section", { class: "cjm-codebook", "aria-label": say("codebook") },
      element("div", { class: "cjm-row" }, this.search, this.add), this.tree, this.form.box);
    this.draw();
  }

  all() { return [...this.session.codes.values()].filter((code) => code.scheme !== NOTES); }

  ofKind(kind) {
    const codes = this.all().filter((code) => code.kind === kind);
    const known = new Set(codes.map((code) => code.id));
    const below = (parent) => codes
      .filter((code) => (known.has(code.parent) ? code.parent : null) === parent)
      .sort((a, b) => (a.scheme === b.scheme ? (a.position ?? 999) - (b.position ?? 999) : 0));
    const found = [];
    const walk = (parent, level) => {
      for (const code of below(parent)) { found.push([code, level]); walk(code.id, level + 1); }
    };
    walk(null, 0);
    return found;
  }

  draw() {
    const { session } = this;
    this.entries = new Map();
    const groups = KINDS.map((kind) => {
      const codes = this.ofKind(kind);
      if (!codes.length) return null;
      const head = element("div", {
        class: "cjm-kind-name", role: "presentation", onclick: () => this.fold(kind),
      }, session.say(`kind_${kind}`));
      const group = element("div", {
        class: "cjm-kind", role: "group", "aria-label": session.say(`kind_${kind}`), "data-kind": kind,
      }, head, ...codes.map(([code, level]) => this._entry(code, level)));
      return group;
    });
    this.nothing = element("div", { class: "cjm-new-code", role: "treeitem", onclick: () => this.create() });
    this.tree.replaceChildren(...groups.filter(Boolean), this.nothing);
    this.filter();
    this.count();
  }

  _entry(code, level) {
    const swatch = element("i", { class: "cjm-swatch" });
    swatch.style.setProperty("--cjm-colour", this.colours.of(code.id));
    const edit = element("span", {
      class: "cjm-edit", title: this.session.say("edit_code"), "aria-hidden": "true",
      onclick: (event) => { event.stopPropagation(); this.form.open(code.id); },
    }, "⋯");
    const made = element("div", {
      class: "cjm-code", role: "treeitem", "data-code": code.slug, title: this._about(code),
      "aria-level": level + 1, id: `${this.session.settings.session}-${code.id}`,
      onmousedown: (event) => event.preventDefault(), // the selection stays where it is
      onclick: () => this.commands.apply(code),
    },
    swatch, element("span", { class: "cjm-code-name" }, this.session.nameOf(code)),
    element("span", { class: "cjm-count" }), edit, code.key ? element("kbd", {}, code.key) : null);
    made.style.setProperty("--cjm-level", level);
    this.entries.set(code.slug, {
      made, code, text: `${code.name_ru} ${code.name_en} ${code.slug} ${code.definition ?? ""}`.toLowerCase(),
    });
    return made;
  }

  _about(code) {
    const { session } = this;
    const lines = [session.nameOf(code), code.about];
    if (code.include) lines.push(`+ ${code.include}`);
    if (code.exclude) lines.push(`− ${code.exclude}`);
    return lines.filter(Boolean).join("\n");
  }

  fold(kind) {
    if (!this.folded.delete(kind)) this.folded.add(kind);
    this.filter();
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const { made, code, text } of this.entries.values()) {
      made.hidden = wanted ? !text.includes(wanted) : this.folded.has(code.kind);
    }
    for (const group of this.tree.querySelectorAll(".cjm-kind")) {
      group.classList.toggle("cjm-folded", !wanted && this.folded.has(group.dataset.kind));
      group.hidden = Boolean(wanted) && !group.querySelector(".cjm-code:not([hidden])");
    }
    const best = wanted ? this._best(wanted) : null;
    this.nothing.hidden = !wanted || best?.exact === true;
    this.nothing.textContent = wanted ? this.session.say("create_code", { name: this.search.value.trim() }) : "";
    this.activate(wanted ? (best?.slug ?? "") : null);
  }

  // The entry that a typed name most likely means: a name that begins so before one that holds it.
  _best(wanted) {
    const shown = this._shown();
    const names = (slug) => [this.entries.get(slug).code.name_ru, this.entries.get(slug).code.name_en]
      .map((name) => name.toLowerCase());
    const exact = shown.find((slug) => names(slug).includes(wanted));
    if (exact) return { slug: exact, exact: true };
    const begins = shown.find((slug) => names(slug).some((name) => name.startsWith(wanted)));
    return shown.length ? { slug: begins ?? shown[0] } : null;
  }

  _shown() {
    return [...this.entries].filter(([, { made }]) => !made.hidden).map(([slug]) => slug);
  }

  // `slug` "" is the entry that adds a code.
  activate(slug) {
    this.active = slug;
    for (const [name, { made }] of this.entries) made.classList.toggle("cjm-active", name === slug);
    this.nothing.classList.toggle("cjm-active", slug === "");
    const made = this.entries.get(slug)?.made;
    for (const place of [this.search, this.tree]) {
      if (made) place.setAttribute("aria-activedescendant", made.id);
      else place.removeAttribute("aria-activedescendant");
    }
    if (made && this.tree.matches(":focus, :focus-within, section:focus-within *")) {
      made.scrollIntoView({ block: "nearest" });
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = [...this._shown(), ...(this.nothing.hidden ? [] : [""])];
    const at = shown.indexOf(this.active);
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this.activate(shown[Math.min(Math.max(at + steps[event.key], 0), shown.length - 1)] ?? null);
    } else if (event.key === "Enter" || (event.key === " " && event.target === this.tree)) {
      this.choose();
    } else if (event.key === "F2" && this.entries.has(this.active)) {
      this.form.open(this.entries.get(this.active).code.id);
    } else if (event.key === "Escape") {
      this.search.value = "";
      this.filter();
      this.commands.toTranscript();
    } else return;
    event.preventDefault();
  }

  choose() {
    const code = this.entries.get(this.active)?.code;
    if (code) this.commands.apply(code);
    else if (this.active === "" && !this.nothing.hidden) this.create();
    else return;
    this.search.value = "";
    this.filter();
    this.commands.toTranscript();
  }

  create() {
    const name = this.search.value.trim();
    this.search.value = "";
    this.commands.newCode(name);
    this.filter();
  }

  count() {
    const counts = new Map();
    for (const coding of this.session.codings.values()) {
      if (!this.session.isShown(coding) || coding.status === "suggested" || coding.pending) continue;
      counts.set(coding.code, (counts.get(coding.code) ?? 0) + 1);
    }
    for (const { made, code } of this.entries.values()) {
      const place = made.querySelector(".cjm-count");
      const count = String(counts.get(code.id) ?? "");
      if (place.textContent !== count) place.textContent = count;
    }
  }
}
