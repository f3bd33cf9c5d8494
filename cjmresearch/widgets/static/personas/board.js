// Personas side by side, with everybody who is in none: people are moved by mouse or by key.

const MOST_ASKED = 100; // people of a survey alone that are listed
const DRAGGED = "application/x-cjm-person";

class Board {
  constructor(session, tools) {
    this.session = session;
    this.tools = tools;
    this.curve = new Curve(session, tools.open);
    this.card = new Card(session, tools.open);
    this.selected = new Map(); // persona -> ids of its selected members
    this.form = null; // which form is open: { persona, kind }
    this.follow = null; // the person whom the focus follows
    this.root = element("div", { class: "cjm-board" });
    this.root.addEventListener("scroll", () => this._shutMenu(), { passive: true });
  }

  // -- drawing -------------------------------------------------------------------------------------

  draw() {
    const { session, root } = this;
    const focus = this._focused();
    const { scrollLeft } = root;
    this._shutMenu();
    this._tidy();
    root.replaceChildren(this._nobody(), ...session.personas.map((persona, index) => this._persona(persona, index)));
    root.scrollLeft = scrollLeft;
    this._restore(focus);
  }

  drawView(id) {
    if (id === "") { this.draw(); return; }
    const persona = this.session.persona(id);
    const column = this._column(id);
    if (!persona || !column) return;
    const focus = this._focused();
    column.querySelector(".cjm-shown").replaceWith(this._shown(persona));
    this._restore(focus);
  }

  _column(id) { return [...this.root.children].find((one) => one.dataset.persona === id); }

  _tidy() {
    for (const [id, chosen] of this.selected) {
      const members = new Set((this.session.persona(id)?.members ?? []).map((one) => one.id));
      for (const person of chosen) if (!members.has(person)) chosen.delete(person);
    }
    if (this.form?.persona && !this.session.persona(this.form.persona)) this.form = null;
  }

  _nobody() {
    const { session } = this;
    const taken = new Set(session.personas.flatMap((one) => one.members.map((member) => member.id)));
    const free = [...session.people.values()].filter((one) => !taken.has(one.id));
    const heard = free.filter((one) => one.heard).map((one) => ({ id: one.id, p: 1 }));
    const asked = free.filter((one) => !one.heard);
    const column = this._shell("", session.say("nobody"), heard.length);
    column.append(this._people("", session.say("nobody"), heard, session.say("nobody_empty")));
    if (asked.length) column.append(this._asked(asked));
    return column;
  }

  _asked(asked) {
    const { session } = this;
    const listed = asked.slice(0, MOST_ASKED);
    const rest = asked.length - listed.length;
    const folded = element("details", { class: "cjm-asked-only" },
      element("summary", { title: session.say("only_asked_hint") }, session.say("only_asked", { n: asked.length })));
    folded.addEventListener("toggle", () => {
      if (!folded.open || folded.children.length > 1) return;
      folded.append(this._people("", session.say("nobody"), listed.map((one) => ({ id: one.id, p: 1 }))));
      if (rest) folded.append(element("p", { class: "cjm-note" }, session.say("more_people", { n: rest })));
    });
    return folded;
  }

  _shell(id, name, n) {
    const { session } = this;
    const column = element("section", { class: id ? "cjm-persona" : "cjm-persona cjm-nobody", "data-persona": id, "aria-label": name },
      id ? null : element("header", { class: "cjm-head" }, element("h4", {}, name), element("span", { class: "cjm-number" }, n)));
    if (session.editable) this._takesDrops(column, id);
    return column;
  }

  _persona(persona, index) {
    const { session } = this;
    const column = this._shell(persona.id, persona.name, persona.members.length);
    column.style.setProperty("--cjm-tone", `var(--cjm-series-${index % 6})`);
    const open = this.form?.persona === persona.id ? this._form(persona) : null;
    column.append(
      element("header", { class: "cjm-head" },
        element("span", { class: "cjm-index", "aria-hidden": "true" }, index + 1),
        element("h4", { title: persona.name }, persona.name),
        session.editable ? this._menu(persona) : null),
      element("p", { class: "cjm-under" },
        element("span", { class: "cjm-number" }, `${session.say("people")}: ${persona.members.length}`),
        element("span", { class: `cjm-tag cjm-${persona.origin}` }, session.say(`origin_${persona.origin}`))),
    );
    if (open) column.append(open);
    column.append(this._shown(persona));
    return column;
  }

  // All that a move can change: the people, the curve and the card.
  _shown(persona) {
    const { session } = this;
    const view = session.views.get(persona.id);
    const unheard = persona.members.filter((one) => !session.people.get(one.id)?.heard).length;
    const chosen = this.selected.get(persona.id)?.size ?? 0;
    return element("div", { class: `cjm-shown${!view?.curve || view.stale ? " cjm-stale" : ""}`, "aria-busy": !view?.curve || view.stale ? "true" : "false" },
      view?.few ? element("p", { class: "cjm-few-note" }, session.say("few", { n: view.of })) : null,
      unheard ? element("p", { class: "cjm-note", title: session.say("unheard_hint") }, session.say("unheard", { n: unheard })) : null,
      this.curve.draw(persona, view),
      this._people(persona.id, session.say("people_of", { name: persona.name }), persona.members, session.editable ? session.say("drop_here") : ""),
      chosen ? element("p", { class: "cjm-chosen" }, session.say("selected", { n: chosen })) : null,
      this.card.draw(persona, view));
  }

  _people(id, label, members, empty = "") {
    const { session } = this;
    const list = element("ul", { class: "cjm-people", role: "listbox", "aria-label": label, "aria-multiselectable": "true", "data-of": id });
    members.forEach((member, index) => list.append(this._chip(id, member, index === 0)));
    if (!members.length && empty) list.append(element("li", { class: "cjm-note", role: "none" }, empty));
    if (session.editable) list.addEventListener("keydown", (event) => this._key(event, id, list));
    return list;
  }

  _chip(id, member, first) {
    const { session } = this;
    const person = session.people.get(member.id) ?? { name: member.id };
    const chosen = this.selected.get(id)?.has(member.id) ?? false;
    const doubt = member.p < 0.995 ? session.say("unsure", { p: session.number(member.p) }) : "";
    const chip = element("li", {
      class: `cjm-person${chosen ? " cjm-chosen-one" : ""}${person.heard === false ? " cjm-unheard" : ""}`,
      role: "option", tabindex: first ? 0 : -1, "aria-selected": chosen ? "true" : "false",
      draggable: session.editable ? "true" : "false", "data-person": member.id, title: doubt || null,
    }, element("span", {}, person.name), doubt ? element("small", {}, session.number(member.p)) : null);
    if (!session.editable) return chip;
    chip.addEventListener("click", () => { chip.focus(); if (id) this._toggle(id, member.id, chip); });
    chip.addEventListener("dblclick", () => this._openMenu(chip, id, member.id));
    chip.addEventListener("dragstart", (event) => {
      this.dragged = { person: member.id, from: id };
      event.dataTransfer.setData(DRAGGED, member.id);
      event.dataTransfer.effectAllowed = "move";
      event.stopPropagation();
      this.root.classList.add("cjm-dragging");
    });
    chip.addEventListener("dragend", () => { this.dragged = null; this._dropped(); });
    return chip;
  }

  // -- moving --------------------------------------------------------------------------------------

  _takesDrops(column, id) {
    const over = (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "move";
      column.classList.toggle("cjm-over", this.dragged.from !== id);
    };
    column.addEventListener("dragenter", over);
    column.addEventListener("dragover", over);
    column.addEventListener("dragleave", (event) => { if (!column.contains(event.relatedTarget)) column.classList.remove("cjm-over"); });
    column.addEventListener("drop", (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      event.stopPropagation();
      const { person, from } = this.dragged;
      this.dragged = null;
      this._dropped();
      this.move(person, from, id);
    });
  }

  _dropped() {
    this.root.classList.remove("cjm-dragging");
    for (const column of this.root.children) column.classList.remove("cjm-over");
  }

  move(person, from, to) {
    if (from === to) return;
    this.follow = { person, to };
    this._chipOf(from, person)?.classList.add("cjm-pending");
    const values = { person };
    if (to) values.to = to;
    if (from) values.from = from;
    this.session.act("move", values);
  }

  _toggle(id, person, chip) {
    const chosen = this.selected.get(id) ?? new Set();
    this.selected.set(id, chosen);
    if (!chosen.delete(person)) chosen.add(person);
    const on = chosen.has(person);
    chip.classList.toggle("cjm-chosen-one", on);
    chip.setAttribute("aria-selected", on ? "true" : "false");
    const list = chip.parentElement;
    list.nextElementSibling?.matches(".cjm-chosen") && list.nextElementSibling.remove();
    if (chosen.size) list.after(element("p", { class: "cjm-chosen" }, this.session.say("selected", { n: chosen.size })));
  }

  _key(event, id, list) {
    const chip = event.target.closest(".cjm-person");
    if (!chip || event.ctrlKey || event.metaKey || event.altKey) return;
    const chips = [...list.querySelectorAll(".cjm-person")];
    const at = chips.indexOf(chip);
    const steps = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: chips.length - 1 };
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (event.key in steps) chips[Math.min(chips.length - 1, Math.max(0, steps[event.key]))].focus();
    else if (event.key === "Enter") this._openMenu(chip, id, chip.dataset.person);
    else if (event.key === " " && id) this._toggle(id, chip.dataset.person, chip);
    else if (event.key === "F2" && id) this._openForm(id, "rename");
    else if ((digit === "0" || event.key === "Delete") && id) this.move(chip.dataset.person, id, "");
    else if (digit && this.session.personas[digit - 1]) this.move(chip.dataset.person, id, this.session.personas[digit - 1].id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _openMenu(chip, from, person) {
    this._shutMenu();
    const { session } = this;
    const name = session.people.get(person)?.name ?? person;
    const choose = (to) => { this._shutMenu(); chip.focus(); this.move(person, from, to); };
    const others = session.personas.filter((one) => one.id !== from);
    const items = others.map((one) => button(one.name, () => choose(one.id), { role: "menuitem", "data-to": one.id }));
    if (from) items.push(button(session.say("take_out"), () => choose(""), { role: "menuitem", "data-to": "" }));
    if (!items.length) return;
    const title = session.say("move_to", { name });
    this.menu = element("div", { class: "cjm-move", role: "menu", "aria-label": title }, element("b", {}, title), ...items);
    this.menu.addEventListener("keydown", (event) => {
      const at = items.indexOf(document.activeElement);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
      } else if (event.key === "Escape" || event.key === "Tab") { this._shutMenu(); chip.focus(); } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.menu.addEventListener("focusout", (event) => { if (!this.menu?.contains(event.relatedTarget)) this._shutMenu(); });
    const root = this.root.parentElement;
    root.append(this.menu);
    const place = chip.getBoundingClientRect();
    const whole = root.getBoundingClientRect();
    this.menu.style.top = `${place.bottom - whole.top + 2}px`;
    this.menu.style.left = `${Math.max(4, Math.min(place.left - whole.left, whole.width - this.menu.offsetWidth - 8))}px`;
    items[0].focus();
  }

  _shutMenu() {
    const { menu } = this;
    this.menu = null;
    menu?.remove();
  }

  // -- acts on a persona ---------------------------------------------------------------------------

  _menu(persona) {
    const { session } = this;
    const label = session.say("actions", { name: persona.name });
    const item = (kind, attributes = {}) => button(session.say(kind), () => { menu.open = false; this._openForm(persona.id, kind); }, { "data-act": kind, ...attributes });
    const menu = element("details", { class: "cjm-menu" },
      element("summary", { "aria-label": label, title: label }, "⋯"),
      element("div", {}, item("rename"),
        session.personas.length > 1 ? item("merge") : null,
        item("split"),
        button(session.say("delete"), () => session.act("delete", { persona: persona.id }), { "data-act": "delete", class: "cjm-danger" })));
    menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) menu.open = false; });
    return menu;
  }

  _openForm(persona, kind) {
    const chosen = this.selected.get(persona)?.size ?? 0;
    const members = this.session.persona(persona)?.members.length ?? 0;
    if (kind === "split" && !(chosen > 0 && chosen < members)) { this.tools.warn(this.session.say("split_hint")); return; }
    this.form = { persona, kind };
    this.draw();
    const field = this._column(persona).querySelector("form input");
    field?.focus();
    field?.select();
  }

  _shutForm() {
    const { form } = this;
    this.form = null;
    this.draw();
    if (form) this._column(form.persona)?.querySelector("summary")?.focus();
  }

  _form(persona) {
    const { session } = this;
    const { kind } = this.form;
    const others = session.personas.filter((one) => one.id !== persona.id);
    const chosen = [...(this.selected.get(persona.id) ?? [])];
    const labels = { rename: "name", merge: "merge_name", split: "split_name" };
    const start = { rename: persona.name, merge: persona.name, split: "" }[kind];
    const label = session.say(labels[kind], { n: chosen.length });
    const name = element("input", { type: "text", maxlength: 200, value: start, required: true, "aria-label": label, placeholder: label });
    const other = kind === "merge" ? element("select", { "aria-label": session.say("merge") },
      ...others.map((one) => element("option", { value: one.id }, one.name))) : null;
    const send = (event) => {
      event.preventDefault();
      if (!name.value.trim()) return;
      const given = { name: name.value };
      if (kind === "rename") session.act("rename", { persona: persona.id, ...given });
      else if (kind === "merge") session.act("merge", { personas: [persona.id, other.value], ...given });
      else session.act("split", { persona: persona.id, members: chosen, ...given });
      this._shutForm();
    };
    const done = { rename: "save", merge: "merge_do", split: "split_do" }[kind];
    return element("form", { class: "cjm-form", onsubmit: send },
      other, name,
      element("span", {}, element("button", { type: "submit", class: "cjm-main" }, session.say(done)),
        button(session.say("cancel"), () => this._shutForm())));
  }

  escape() {
    if (this.menu) this._shutMenu();
    else if (this.form) this._shutForm();
    else return false;
    return true;
  }

  // -- focus ---------------------------------------------------------------------------------------

  _chipOf(id, person) {
    return [...(this._column(id)?.querySelectorAll(".cjm-person") ?? [])].find((one) => one.dataset.person === person);
  }

  _focused() {
    const on = document.activeElement;
    if (!this.root.contains(on)) return null;
    const { person, code, stage } = on.dataset;
    return { persona: on.closest("[data-persona]")?.dataset.persona, person, code, stage };
  }

  // A board that is drawn anew keeps the focus, which follows a person who has moved.
  _restore(focus) {
    const { follow } = this;
    if (follow && this._chipOf(follow.to, follow.person)) {
      this.follow = null;
      if (focus || document.activeElement === document.body) this._chipOf(follow.to, follow.person).focus({ preventScroll: true });
      return;
    }
    if (!focus) return;
    if (focus.person) this._chipOf(focus.persona, focus.person)?.focus({ preventScroll: true });
    const column = this._column(focus.persona);
    const same = (name) => [...(column?.querySelectorAll(`[data-${name}]`) ?? [])].find((one) => one.dataset[name] === focus[name]);
    if (focus.code) same("code")?.focus({ preventScroll: true });
    if (focus.stage) same("stage")?.focus({ preventScroll: true });
  }
}
