// Items of the map and what is to be done: edited in place, each edit sent as it is given.
// What is typed and not yet given outlives a new drawing.

class Items {
  constructor(session) {
    this.session = session;
    this.lists = uuid();
    this.options = element("div", { hidden: true });
    this.off = [session.on("part:plan", () => this._known())];
    this._known();
  }

  close() { for (const off of this.off) off(); }

  // Words for owner and status that are in use already.
  _known() {
    const { items } = this.session.parts.plan;
    const used = (field) => [...new Set(items.map((item) => item[field]).filter(Boolean))];
    const list = (field, values) => element("datalist", { id: `${field}-${this.lists}` }, ...[...new Set(values)].map((value) => element("option", { value })));
    this.options.replaceChildren(list("owner", used("owner")), list("status", [...used("status"), ...this.session.say("statuses").split("|")]));
  }

  // One item as a line of fields; where `place` is false its stage and layer are known.
  row(item, { place = true } = {}) {
    const { session } = this;
    if (!session.edits) return this._read(item, place);
    const going = session.isGoing(item.id);
    const where = place ? [element("span", { class: "cjm-where" }, this._choice(item, "stage", session.parts.plan.stages, item.stage_name), this._choice(item, "layer", session.parts.plan.layers, item.layer))] : [];
    return element("div", { class: `cjm-item${going ? " cjm-pending" : ""}${place ? "" : " cjm-here"}`, "data-item": item.id },
      ...where, this._field(item, "text"), this._field(item, "owner"), this._field(item, "status"),
      element("span", { class: "cjm-behind" }, this._behind(item)),
      button("×", () => session.act("delete", { item: item.id }), { class: "cjm-quiet cjm-delete", "data-at": `${item.id} delete`, title: session.say("delete", { text: shortened(item.text, 60) }), "aria-label": session.say("delete", { text: shortened(item.text, 60) }) }),
      this._links(item));
  }

  _read(item, place) {
    const where = place ? [element("span", { class: "cjm-where" }, item.stage_name, element("small", {}, this._layer(item.layer)))] : [];
    return element("div", { class: `cjm-item cjm-read${place ? "" : " cjm-here"}`, "data-item": item.id }, ...where,
      element("span", { class: "cjm-says" }, item.text), element("span", {}, item.owner || "—"), element("span", {}, item.status || "—"),
      element("span", { class: "cjm-behind" }, this._behind(item)), element("span"), this._links(item));
  }

  _layer(value) { return this.session.parts.plan.layers.find((layer) => layer.value === value)?.label ?? value; }

  _field(item, name) {
    const { session } = this;
    const at = `${item.id} ${name}`;
    const waiting = session.typed(item.id, name);
    const kept = waiting ?? item[name];
    const field = this._input(name, at, session.drafts.get(at) ?? kept, {
      give: () => {
        session.drafts.delete(at);
        const value = field.value.trim();
        const last = session.typed(item.id, name) ?? item[name];
        if (value !== last && (value || name !== "text")) session.act("change", { item: item.id, field: name, value });
        else if (!value && name === "text") { field.value = kept; grow(field); }
      },
      back: () => { session.drafts.delete(at); field.value = kept; },
    });
    field.classList.toggle("cjm-pending", waiting !== undefined);
    return field;
  }

  _input(name, at, value, { give, back }) {
    const { session } = this;
    const isText = name === "text";
    const field = element(isText ? "textarea" : "input", {
      class: `cjm-field cjm-${name}`, "data-at": at, "aria-label": session.say(name), placeholder: session.say(isText ? "new_text" : name),
      rows: isText ? 1 : undefined, type: isText ? undefined : "text", list: isText ? undefined : `${name}-${this.lists}`, spellcheck: "true",
      oninput: () => { session.drafts.set(at, field.value); grow(field); },
      onchange: () => { if (field.isConnected && !field.closest("[data-drawing]")) give(); },
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); give(); }
        if (event.key === "Escape") { event.preventDefault(); back(); field.blur(); }
      },
    });
    field.value = value;
    if (isText) requestAnimationFrame(() => grow(field));
    return field;
  }

  _choice(item, name, options, label) {
    const { session } = this;
    const value = session.typed(item.id, name) ?? item[name];
    const known = options.some((one) => one.value === value) ? options : [{ value, label }, ...options];
    const select = element("select", {
      class: `cjm-field cjm-of-${name}`, "data-at": `${item.id} ${name}`, "aria-label": session.say(name === "layer" ? "layer_of" : name),
      onchange: () => session.act("change", { item: item.id, field: name, value: select.value }),
    }, ...known.map((one) => element("option", { value: one.value }, one.label)));
    select.value = value;
    return select;
  }

  _behind(item) {
    const { session } = this;
    if (item.map_type !== "current") return item.map_type;
    if (!item.on_map) return session.say("not_on_map");
    if (item.n === null) return element("i", {}, session.say("hypothesis"));
    return button(session.say("rests", item), () => session.pick([item.layer, item.stage, item.id]), { class: "cjm-link", "data-at": `${item.id} behind`, title: session.say("open_quotes") });
  }

  // A barrier that an opportunity removes; the opportunity that a task serves.
  _links(item) {
    const { session } = this;
    const [relation, title, options] = {
      opportunities: ["removed_by", "removes", session.parts.plan.barriers],
      tasks: ["done_by", "carries_out", session.parts.plan.items.filter((one) => one.layer === "opportunities").map((one) => ({ value: one.id, label: one.text }))],
    }[item.layer] ?? [];
    if (!relation) return "";
    const there = item.links.filter((link) => link.relation === relation);
    if (!session.edits && !there.length) return "";
    const chips = there.map((link) => element("span", { class: "cjm-tag" }, link.name, session.edits
      ? button("×", () => session.act("unlink", { link: link.id }), { class: "cjm-quiet", "data-at": `${item.id} ${link.id}`, "aria-label": session.say("unlink", link), title: session.say("unlink", link) }) : ""));
    const free = options.filter((one) => !there.some((link) => link.from === one.value));
    return element("span", { class: "cjm-links" }, element("small", {}, `${session.say(title)}:`), ...chips, session.edits && free.length ? this._link(item, relation, free) : there.length ? "" : "—");
  }

  _link(item, relation, options) {
    const { session } = this;
    const select = element("select", {
      class: "cjm-field cjm-link-to", "data-at": `${item.id} link`, "aria-label": session.say("link"),
      onchange: () => { if (select.value) session.act("link", { from: select.value, relation, to: item.id }); },
    }, element("option", { value: "" }, session.say("link")), ...options.map((one) => element("option", { value: one.value }, labelOf({ label: shortened(one.label, 70), n: one.n }))));
    return select;
  }

  // A line for a new item; `known` says its stage and layer where it is made at a place of the map.
  form(known = {}) {
    const { session } = this;
    const { stages, layers } = session.parts.plan;
    const place = Object.values(known).join(" ");
    const at = (name) => `new ${place} ${name}`;
    const give = () => {
      const value = (name) => (session.drafts.get(at(name)) ?? "").trim();
      if (!value("text")) { fields[0].focus(); return; }
      session.act("add", { stage: known.stage ?? stage.value, layer: known.layer ?? layer.value, text: value("text"), owner: value("owner"), status: value("status") });
      for (const name of ["text", "owner", "status"]) session.drafts.delete(at(name));
      for (const field of fields) field.value = "";
    };
    const back = () => { for (const name of ["text", "owner", "status"]) session.drafts.delete(at(name)); fields.forEach((field) => { field.value = ""; }); };
    const fields = ["text", "owner", "status"].map((name) => {
      const field = this._input(name, at(name), session.drafts.get(at(name)) ?? "", { give: () => {}, back });
      field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) give(); });
      return field;
    });
    const choose = (name, options, first) => {
      const select = element("select", { class: `cjm-field cjm-of-${name}`, "data-at": at(name), "aria-label": session.say(name === "layer" ? "layer_of" : name), onchange: () => session.drafts.set(at(name), select.value) },
        ...options.map((one) => element("option", { value: one.value }, one.label)));
      select.value = session.drafts.get(at(name)) ?? first;
      return select;
    };
    const stage = choose("stage", stages, stages[0]?.value);
    const layer = choose("layer", layers, "opportunities");
    const here = Boolean(known.stage);
    return element("div", { class: `cjm-item cjm-new${here ? " cjm-here" : ""}`, role: "group", "aria-label": session.say("new_item") },
      here ? "" : element("span", { class: "cjm-where" }, stage, layer), ...fields, button(session.say("add"), give, { class: "cjm-main", "data-at": at("add") }),
      ...session.coming.filter((act) => !here || (act.stage === known.stage && act.layer === known.layer)).map((act) => element("div", { class: "cjm-coming cjm-pending" }, `… ${act.text}`)));
  }
}

class Plan {
  constructor(session, items) {
    this.session = session;
    this.items = items;
    this.root = element("div", { class: "cjm-plan" });
    this.off = [session.on("part:plan", () => this.draw()), session.on("edits", () => this.draw())];
    this.draw();
  }

  close() { for (const off of this.off) off(); }

  draw() {
    const { session } = this;
    const { items } = session.parts.plan;
    const head = ["stage", "text", "owner", "status", "behind"].map((name) => element("span", {}, session.say(name)));
    keepingFocus(this.root, () => this.root.replaceChildren(
      session.edits ? "" : element("p", { class: "cjm-hint" }, session.say("plan_read_only")),
      items.length ? element("div", { class: "cjm-item cjm-titles", "aria-hidden": "true" }, ...head, element("span")) : element("p", { class: "cjm-hint" }, session.say("plan_empty")),
      ...items.map((item) => this.items.row(item)), session.edits ? this.items.form() : ""));
  }
}

function grow(field) {
  if (field.tagName !== "TEXTAREA" || !field.isConnected) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
