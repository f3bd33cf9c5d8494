// What stands at the selected place: each coding and suggestion with what can be done to it.

class Here {
  constructor(session, colours, commands) {
    this.session = session;
    this.colours = colours;
    this.commands = commands;
    this.list = element("div", { class: "cjm-here-list", role: "list" });
    this.panel = element("section", { class: "cjm-here", "aria-label": session.say("here") },
      element("h4", {}, session.say("here")), this.list);
  }

  draw(codings, current, span) {
    const items = codings.map((coding) => this._item(coding, coding.id === current));
    if (!items.length) {
      const quote = span ? shortened(this.session.source.slice(span.start, span.end), 140) : "";
      items.push(element("div", { class: "cjm-hint" }, quote ? `«${quote}»` : this.session.say("here_empty")));
      if (span) items.push(this._buttons([["memo", "M", () => this.commands.memo()], ["in_vivo", "I", () => this.commands.inVivo()]]));
    }
    this.list.replaceChildren(...items);
    this.list.querySelector(".cjm-current")?.scrollIntoView({ block: "nearest" });
  }

  _item(coding, isCurrent) {
    const { session } = this;
    const code = session.codes.get(coding.code);
    const swatch = element("i", { class: "cjm-swatch" });
    swatch.style.setProperty("--cjm-colour", this.colours.of(coding.code));
    const head = element("div", { class: "cjm-item-head" }, swatch,
      element("strong", {}, session.nameOf(code)),
      element("span", { class: "cjm-by" }, this._by(coding)));
    const made = element("div", {
      class: "cjm-item", role: "listitem", "data-coding": coding.id,
      onclick: (event) => { if (!event.target.closest("button")) this.commands.goTo(coding.id); },
    }, head);
    made.classList.toggle("cjm-current", isCurrent);
    made.classList.toggle("cjm-suggested", coding.status === "suggested");
    made.classList.toggle("cjm-pending", session.isPending(coding));
    if (isCurrent) {
      made.append(element("blockquote", {}, shortened(session.quoteOf(coding), 180)));
      if (code?.about) made.append(element("div", { class: "cjm-hint" }, shortened(code.about, 160)));
    }
    const isMachine = coding.status === "suggested";
    const told = isMachine ? isCurrent && coding.memo : coding.memo;
    if (told) {
      const words = isMachine ? session.say("reason", { reason: shortened(told, 170) }) : shortened(told, 400);
      made.append(element("div", { class: "cjm-memo" }, words));
    }
    if (isCurrent && !session.isPending(coding)) made.append(this._actions(coding));
    return made;
  }

  _by(coding) {
    const { session } = this;
    if (coding.status === "suggested" && coding.confidence !== null && coding.confidence !== undefined) {
      return `${coding.coder} · ${Math.round(coding.confidence * 100)} %`;
    }
    return coding.pending ? session.say("pending") : coding.coder;
  }

  _actions(coding) {
    const { commands } = this;
    if (coding.status === "suggested") {
      return this._buttons([
        ["accept", "=", () => commands.decide(true)], ["reject", "−", () => commands.decide(false)],
        ["as_other", "Enter", () => commands.typeName()],
      ]);
    }
    if (!this.session.isOwn(coding)) return element("div", { class: "cjm-hint" }, this.session.say("not_yours"));
    return this._buttons([
      ["recode", "R", () => commands.recode()], ["resize", "E", () => commands.resize()],
      ["split", "S", () => commands.split()], ["memo", "M", () => commands.memo()],
      ["delete", "Del", () => commands.remove()],
    ]);
  }

  _buttons(all) {
    return element("div", { class: "cjm-actions" }, ...all.map(([name, key, act]) => element("button", {
      type: "button", "data-act": name, onclick: act, onmousedown: (event) => event.preventDefault(),
    }, this.session.say(name), element("kbd", {}, key.length === 1 && /[A-Z]/.test(key) ? `⇧${key}` : key))));
  }
}

// A small window for a memo: over a coding, a passage or the whole source.
class MemoBox {
  constructor(session) {
    this.session = session;
    this.title = element("strong");
    this.area = element("textarea", { rows: "6" });
    this.box = element("dialog", { class: "cjm-dialog cjm-memo-box" }, element("form", {
      method: "dialog", onsubmit: () => this._save(),
    }, this.title, this.area, element("div", { class: "cjm-row" },
      element("button", { class: "cjm-main", value: "save" }, session.say("save")),
      button(session.say("cancel"), () => this.box.close()))));
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.stopPropagation();
        this.box.close();
        this._save();
      }
    });
  }

  open(title, text, save) {
    this.save = save;
    this.title.textContent = title;
    this.area.setAttribute("aria-label", title);
    this.area.value = text ?? "";
    this.box.showModal();
    this.area.focus();
  }

  _save() { this.save?.(this.area.value.trim()); this.save = null; }
}
