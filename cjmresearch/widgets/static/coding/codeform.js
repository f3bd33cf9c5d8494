// Editing a code in place: name, key, colour, definition; move, merge, split, delete. Each button
// is one act in the project, which can be taken back.

const SWATCHES = ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#e69f00", "#56b4e9", "#882255", "#117733"];

function slugOf(name) {
  const words = name.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
  return `own:${[...words].slice(0, 60).join("") || uuid().slice(0, 8)}`;
}

class CodeForm {
  constructor(session, codebook) {
    this.session = session;
    this.codebook = codebook;
    this.box = element("form", {
      class: "cjm-form", hidden: true, onsubmit: (event) => { event.preventDefault(); this.save(); },
      onkeydown: (event) => { if (event.key === "Escape") this.close(); },
    });
  }

  say(...given) { return this.session.say(...given); }

  open(id) {
    this.code = id ? this.session.codes.get(id) : null;
    const code = this.code ?? { kind: "other", colour: SWATCHES[this.session.codes.size % 8] };
    this.name = this._input("code_name", this.code ? this.session.nameOf(code) : "");
    this.key = element("input", { class: "cjm-key", maxlength: "1", value: code.key, "aria-label": this.say("code_key") });
    this.key.addEventListener("input", () => this.key.setCustomValidity(""));
    this.colour = element("input", { type: "color", "aria-label": this.say("code_colour") });
    this.colour.value = code.colour ?? "#5b6770";
    this.kind = this._select("code_kind", KINDS.map((kind) => [kind, this.say(`kind_${kind}`)]), code.kind);
    this.parent = this._select("code_parent", this._parents(code), code.parent ?? "");
    this.areas = ["definition", "include", "exclude"].map((name) => {
      const area = element("textarea", { rows: name === "definition" ? "2" : "1" });
      area.value = code[name] ?? "";
      return [name, area];
    });
    const labelled = (key, ...made) => element("label", {}, element("span", {}, this.say(key)), ...made);
    this.box.replaceChildren(
      element("strong", {}, this.say(this.code ? "edit_code" : "add_code")),
      labelled("code_name", this.name),
      element("div", { class: "cjm-row" }, labelled("code_key", this.key), labelled("code_colour", this.colour),
        labelled("code_kind", this.kind)),
      labelled("code_parent", this.parent),
      ...this.areas.map(([name, area]) => labelled(`code_${name}`, area)),
      element("div", { class: "cjm-row" },
        element("button", { type: "submit", class: "cjm-main" }, this.say("save")),
        button(this.say("cancel"), () => this.close())),
      ...(this.code ? this._more() : []),
    );
    this.box.hidden = false;
    this.codebook.panel.classList.add("cjm-editing");
    this.name.focus();
    this.name.setSelectionRange(0, this.name.value.length, "backward");
  }

  close() {
    this.box.hidden = true;
    this.codebook.panel.classList.remove("cjm-editing");
    this.codebook.commands.toTranscript();
  }

  _input(label, value) {
    const made = element("input", { type: "text", "aria-label": this.say(label), spellcheck: "true" });
    made.value = value;
    return made;
  }

  _select(label, options, value) {
    const made = element("select", { "aria-label": this.say(label) },
      ...options.map(([key, name]) => element("option", { value: key }, name)));
    made.value = value;
    return made;
  }

  _parents(code) {
    const others = this.codebook.all().filter((one) => one.kind === code.kind && one.id !== code.id);
    return [["", "—"], ...others.map((one) => [one.id, this.session.nameOf(one)])];
  }

  // Merge, split, delete: below a line, for they are rarer and change more.
  _more() {
    const { code } = this;
    const into = this._select("merge_into", this._parents(code), "");
    const rest = element("input", { type: "text", placeholder: this.say("split_name"), "aria-label": this.say("split_name") });
    const picked = this._pickable(code);
    return [
      element("hr"),
      element("div", { class: "cjm-row" }, into, button(this.say("merge"), () => {
        if (into.value) this._done("merge_codes", { code: code.id, into: into.value });
      })),
      picked.length ? element("details", {}, element("summary", {}, this.say("split_code")), rest,
        ...picked.map(([label]) => label),
        button(this.say("split"), () => {
          const chosen = picked.filter(([, box]) => box.checked).map(([, , id]) => id);
          const name = rest.value.trim();
          if (name && chosen.length) {
            this._done("split_code", { code: code.id, slug: slugOf(name), name, codings: chosen });
          }
        })) : null,
      button(this.say("delete_code"), () => this._done("delete_code", { code: code.id }), { class: "cjm-danger" }),
    ].filter(Boolean);
  }

  _pickable(code) {
    return [...this.session.codings.values()]
      .filter((one) => one.code === code.id && !one.pending && this.session.isOwn(one) && one.status !== "rejected")
      .slice(0, 200)
      .map((one) => {
        const box = element("input", { type: "checkbox" });
        const quote = shortened(this.session.quoteOf(one), 60);
        return [element("label", { class: "cjm-pick" }, box, quote), box, one.id];
      });
  }

  _done(op, values) {
    this.session.act(op, values);
    this.close();
  }

  save() {
    const name = this.name.value.trim();
    if (!name) { this.name.focus(); return; }
    const key = this.key.value.trim().toLowerCase();
    const holder = key && this.codebook.all().find((one) => one.key?.toLowerCase() === key && one.id !== this.code?.id);
    this.key.setCustomValidity(holder ? this.say("key_taken", { code: this.session.nameOf(holder) }) : "");
    if (!this.key.reportValidity()) return;
    const texts = Object.fromEntries(this.areas.map(([key, area]) => [key, area.value]));
    const values = { ...texts, key: this.key.value.trim(), colour: this.colour.value, parent: this.parent.value };
    if (!this.code) {
      this._done("add_code", { ...values, slug: slugOf(name), name, kind: this.kind.value });
      return;
    }
    const { code } = this;
    const changed = Object.fromEntries(
      Object.entries(values).filter(([key, value]) => value !== (code[key] ?? "")),
    );
    if (name !== this.session.nameOf(code)) changed.name = name;
    if (this.kind.value !== code.kind) changed.kind = this.kind.value;
    if (Object.keys(changed).length) this._done("change_code", { code: code.id, ...changed });
    else this.close();
  }
}
