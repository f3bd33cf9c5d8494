// The codebook: a tree by kind, with colours, keys, definitions and counts.

const KINDS = [
  "stage", "touchpoint", "emotion", "pain", "need", "dream", "action", "thought", "opportunity",
  "metaphor", "other",
];

class Codebook {
  constructor(session, colours, apply) {
    this.session = session;
    this.colours = colours;
    this.apply = apply;
    this.search = element("input", {
      type: "search", class: "cjm-code-search", placeholder: session.say("find_code"),
      "aria-label": session.say("find_code"), spellcheck: "false", oninput: () => this.draw(),
    });
    this.tree = element("div", { class: "cjm-tree", role: "tree", "aria-label": session.say("codebook") });
    this.panel = element("section", { class: "cjm-codebook", "aria-label": session.say("codebook") },
      this.search, this.tree);
    this.draw();
  }

  draw() {
    const { session } = this;
    const wanted = this.search.value.trim().toLowerCase();
    const groups = KINDS.map((kind) => {
      const codes = [...session.codes.values()]
        .filter((code) => code.kind === kind && (!wanted || this._text(code).includes(wanted)));
      if (!codes.length) return null;
      return element("div", { class: "cjm-kind", role: "group", "aria-label": session.say(`kind_${kind}`) },
        element("div", { class: "cjm-kind-name" }, session.say(`kind_${kind}`)),
        ...codes.map((code) => this._entry(code)));
    });
    this.tree.replaceChildren(...groups.filter(Boolean));
    this.count();
  }

  _text(code) {
    return `${code.name_ru} ${code.name_en} ${code.slug} ${code.definition ?? ""}`.toLowerCase();
  }

  _entry(code) {
    const swatch = element("i", { class: "cjm-swatch" });
    swatch.style.setProperty("--cjm-colour", this.colours.of(code.id));
    return element("div", {
      class: "cjm-code", role: "treeitem", "data-code": code.slug, title: code.about || null,
      onmousedown: (event) => event.preventDefault(), // the selection stays where it is
      onclick: () => this.apply(code),
    },
    swatch, element("span", { class: "cjm-code-name" }, this.session.nameOf(code)),
    element("span", { class: "cjm-count" }),
    code.key ? element("kbd", {}, code.key) : null);
  }

  count() {
    const counts = new Map();
    for (const coding of this.session.codings.values()) {
      if (!this.session.isShown(coding) || coding.status === "suggested" || coding.pending) continue;
      counts.set(coding.code, (counts.get(coding.code) ?? 0) + 1);
    }
    const bySlug = new Map([...this.session.codes.values()].map((code) => [code.slug, code]));
    for (const entry of this.tree.querySelectorAll("[data-code]")) {
      const count = counts.get(bySlug.get(entry.dataset.code)?.id);
      entry.querySelector(".cjm-count").textContent = count ?? "";
    }
  }
}
