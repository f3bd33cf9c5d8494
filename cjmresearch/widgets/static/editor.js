// A table to correct what was read: rows come from Python, edits go back as small messages.
// Everything that is shown is put in as text, never as HTML: files of strangers are not trusted.

const MIXED = "\u0000mixed";

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const shown = (value) => (value === null || value === undefined ? "" : String(value));

// -- controls: each gives its element, a way to set its value and what it holds -------------------

function select(field, label, send) {
  const made = element("select", { "aria-label": label });
  let value = "";
  const all = () => (value === MIXED ? [[MIXED, field.mixed], ...field.options] : field.options);
  const known = () => (all().some(([v]) => v === value) ? all() : [...all(), [value, value]]);
  // A closed list needs its own line alone: hundreds of lists of dozens would take seconds.
  const fill = () => {
    if (made.length > 1) return;
    made.replaceChildren(...known().map(([v, name]) => element("option", { value: v }, name)));
    made.value = value;
  };
  for (const event of ["focus", "pointerdown", "mousedown", "keydown"]) {
    made.addEventListener(event, fill);
  }
  made.addEventListener("change", () => made.value !== MIXED && send(field.field, made.value));
  return {
    made,
    set(next) {
      value = shown(next);
      const name = known().find(([v]) => v === value)?.[1] ?? value;
      made.replaceChildren(element("option", { value }, name));
      made.classList.toggle("cjm-blank", value === "" || value === MIXED);
      if (made === document.activeElement) fill();
    },
  };
}

function input(field, label, send) {
  const numeric = field.kind === "number";
  const made = element("input", {
    type: "text",
    "aria-label": label,
    inputmode: numeric ? "decimal" : undefined,
    class: numeric ? "cjm-number" : "cjm-text",
    placeholder: field.placeholder,
    spellcheck: "false",
  });
  let value = "";
  made.addEventListener("change", () => {
    if (made.value !== value) send(field.field, made.value.trim());
  });
  return {
    made,
    set(next) {
      const before = value;
      value = next === MIXED ? "" : shown(next);
      made.placeholder = next === MIXED ? "…" : field.placeholder ?? "";
      const typing = made === document.activeElement && made.value !== before;
      if (!typing) made.value = value;
    },
  };
}

function check(field, label, send) {
  const made = element("input", { type: "checkbox", "aria-label": label });
  made.addEventListener("change", () => send(field.field, made.checked));
  return {
    made,
    set(next) {
      made.indeterminate = next === MIXED;
      made.checked = next === true;
    },
  };
}

const CONTROLS = { select, text: input, number: input, check };

// -- one line of the table ------------------------------------------------------------------------

class Line {
  constructor(columns, title, send) {
    this.columns = columns;
    this.title = title;
    this.send = send;
    this.controls = new Map();
    this.cells = new Map();
    this.head = element("th", { scope: "row", class: "cjm-question" });
    this.row = element("tr", {}, this.head);
    for (const column of columns) {
      const cell = element("td", { class: `cjm-${column.name}` });
      this.cells.set(column, { cell, off: null });
      this.row.append(cell);
    }
  }

  fill(values, off) {
    for (const column of this.columns) {
      const place = this.cells.get(column);
      const closed = column.fields.filter((f) => off.includes(f.field)).map((f) => f.field);
      if (place.off !== closed.join()) {
        place.off = closed.join();
        this.build(column, place.cell, closed);
      }
      for (const field of column.fields) {
        this.controls.get(field.field)?.set(values[field.field]);
      }
    }
  }

  build(column, cell, closed) {
    const box = element("div", { class: "cjm-box" });
    cell.replaceChildren(box);
    for (const field of column.fields) {
      this.controls.delete(field.field);
      if (closed.includes(field.field)) continue;
      const label = `${field.label}: ${this.title}`;
      const control = CONTROLS[field.kind](field, label, this.send);
      this.controls.set(field.field, control);
      control.made.dataset.field = field.field;
      if (field.joint) box.append(element("span", {}, field.joint));
      box.append(control.made);
    }
  }
}

class Row extends Line {
  constructor(columns, row, words, send, reset) {
    super(columns, row.title, send);
    this.problem = element("div", { class: "cjm-problem" });
    this.undo = element("button", { type: "button", class: "cjm-undo", title: words.reset }, "↺");
    this.undo.setAttribute("aria-label", `${words.reset}: ${row.title}`);
    this.undo.addEventListener("click", reset);
    this.why = element("div", { class: "cjm-why" });
    this.samples = element("div", { class: "cjm-samples" });
    this.name = element("span", {}, row.title);
    this.head.append(element("div", { class: "cjm-title" }, this.name, this.undo));
    this.head.append(this.why, this.samples, this.problem);
    this.update(row);
  }

  update(row) {
    this.data = row;
    this.text = [row.title, row.key, row.note, ...row.samples].join("\n").toLowerCase();
    this.why.textContent = row.note;
    const parts = row.samples.map((sample) => element("span", {}, sample));
    this.samples.replaceChildren(...parts);
    this.problem.textContent = row.problem;
    this.undo.hidden = !row.changed;
    this.row.classList.toggle("cjm-wrong", Boolean(row.problem));
    this.row.classList.toggle("cjm-changed", row.changed);
    this.row.classList.toggle("cjm-out", row.tags.includes("left_out"));
    this.fill(row.values, row.off);
  }
}

class Group extends Line {
  constructor(columns, title, words, send, toggle) {
    super(columns, title, send);
    this.row.className = "cjm-group";
    this.words = words;
    this.button = element("button", { type: "button", class: "cjm-fold" });
    this.label = element("span", {}, title);
    this.count = element("small");
    this.button.append(this.label, this.count);
    this.button.addEventListener("click", toggle);
    this.head.append(this.button);
  }

  update(members) {
    const first = members[0].data;
    const values = {};
    for (const name of Object.keys(first.values)) {
      const same = members.every((m) => m.data.values[name] === first.values[name]);
      values[name] = same ? first.values[name] : MIXED;
    }
    const off = first.off.filter((name) => members.every((m) => m.data.off.includes(name)));
    const wrong = members.filter((m) => m.data.problem).length;
    this.count.textContent =
      this.words.members.replace("{n}", members.length) +
      (wrong ? ` · ${this.words.to_check.replace("{n}", wrong)}` : "");
    this.row.classList.toggle("cjm-wrong", wrong > 0);
    this.fill(values, off);
  }
}

// -- the table ------------------------------------------------------------------------------------

class Table {
  constructor(model, el) {
    this.model = model;
    this.words = model.get("words");
    this.columns = model.get("columns");
    for (const field of this.columns.flatMap((c) => c.fields)) field.mixed = this.words.mixed;
    this.rows = new Map();
    this.groups = new Map();
    this.open = new Set();
    this.tag = "";
    this.search = element("input", {
      type: "search", class: "cjm-search", placeholder: this.words.search,
      "aria-label": this.words.search,
    });
    this.search.hidden = !this.words.search;
    this.search.addEventListener("input", () => this.filter());
    this.tags = element("div", { class: "cjm-tags", role: "group", "aria-label": this.words.show });
    this.body = element("tbody");
    this.nothing = element("div", { class: "cjm-nothing" }, this.words.nothing);
    this.status = element("div", { class: "cjm-status", role: "status" });
    const heads = this.columns.map((c) =>
      element("th", { scope: "col", title: c.hint, class: `cjm-${c.name}` }, c.label));
    const first = element("th", { scope: "col" }, this.words.first);
    const head = element("thead", {}, element("tr", {}, first, ...heads));
    const table = element("table", { "aria-label": this.words.table }, head, this.body);
    const scroll = element("div", { class: "cjm-scroll" }, table, this.nothing);
    this.root = element("div", {
      class: `cjm-editor cjm-${this.words.name}`, lang: this.words.language,
    });
    const bar = element("div", { class: "cjm-bar" }, this.search, this.tags);
    this.root.append(bar, scroll, this.files(), this.status);
    this.root.addEventListener("keydown", (event) => this.key(event));
    el.append(this.root);
  }

  files() {
    if (!this.words.save) return "";
    const path = element("input", {
      type: "text", class: "cjm-path", "aria-label": this.words.file, spellcheck: "false",
    });
    path.value = this.model.get("path");
    const button = (name, op) => {
      const made = element("button", { type: "button" }, name);
      made.addEventListener("click", () => this.model.send({ op, path: path.value.trim() }));
      return made;
    };
    const label = element("span", {}, this.words.file);
    return element("div", { class: "cjm-files" }, label, path,
      button(this.words.save, "save"), button(this.words.load, "load"));
  }

  // Keys belong to the table while it has the focus: Lab would cut and insert cells. Shortcuts with
  // Ctrl and Alt, Escape and Tab go on to Lab.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" || event.key === "Tab") return;
    event.stopPropagation();
    const field = event.target.dataset?.field;
    if (event.key === "Enter" && field && event.target.tagName === "INPUT") {
      event.preventDefault();
      const lines = [...this.body.querySelectorAll(`tr:not([hidden]) input[data-field="${field}"]`)];
      const next = lines[lines.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
      event.target.blur();
      (next ?? event.target).focus();
    }
  }

  send(ids, field, value) {
    this.model.send({ op: "set", ids, field, value });
  }

  draw() {
    const given = this.model.get("rows");
    const same = given.length === this.rows.size && given.every((row) => this.rows.has(row.id));
    if (!same) this.rebuild(given);
    else {
      for (const row of given) {
        const line = this.rows.get(row.id);
        if (JSON.stringify(line.data) !== JSON.stringify(row)) line.update(row);
      }
    }
    for (const [name, group] of this.groups) group.update(this.members(name));
    this.count(given);
    this.filter();
  }

  rebuild(given) {
    this.rows.clear();
    this.groups.clear();
    const lines = [];
    for (const row of given) {
      if (row.group && !this.groups.has(row.group)) {
        const name = row.group;
        const all = () => this.members(name).map((member) => member.data.id);
        const set = (field, value) => this.send(all(), field, value);
        const group = new Group(this.columns, row.group_title, this.words, set, () => this.fold(name));
        this.groups.set(name, group);
        lines.push(group.row);
      }
      const set = (field, value) => this.send([row.id], field, value);
      const reset = () => this.model.send({ op: "reset", ids: [row.id] });
      const line = new Row(this.columns, row, this.words, set, reset);
      line.row.classList.toggle("cjm-member", Boolean(row.group));
      this.rows.set(row.id, line);
      lines.push(line.row);
    }
    this.body.replaceChildren(...lines);
  }

  members(name) {
    return [...this.rows.values()].filter((line) => line.data.group === name);
  }

  fold(name) {
    if (!this.open.delete(name)) this.open.add(name);
    this.filter();
  }

  count(given) {
    const counts = new Map([["", given.length]]);
    for (const tag of given.flatMap((row) => row.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    if (!counts.has(this.tag)) this.tag = "";
    const focused = this.tags.contains(document.activeElement)
      ? document.activeElement.dataset.tag : null;
    const chips = this.words.tags.filter(([tag]) => counts.has(tag)).map(([tag, name]) => {
      const chip = element("button", {
        type: "button", "aria-pressed": String(tag === this.tag), "data-tag": tag,
      }, `${name} ${counts.get(tag)}`);
      chip.addEventListener("click", () => {
        this.tag = tag;
        this.count(this.model.get("rows"));
        this.filter();
      });
      return chip;
    });
    this.tags.replaceChildren(...(chips.length > 1 ? chips : []));
    if (focused !== null) this.tags.querySelector(`[data-tag="${focused}"]`)?.focus();
  }

  filter() {
    const words = this.search.value.trim().toLowerCase();
    const some = words !== "" || this.tag !== "";
    let any = false;
    const shownGroups = new Set();
    for (const line of this.rows.values()) {
      const { group, tags } = line.data;
      const fits = (!words || line.text.includes(words)) && (!this.tag || tags.includes(this.tag));
      any ||= fits;
      if (fits && group) shownGroups.add(group);
      line.row.hidden = !fits || (Boolean(group) && !some && !this.open.has(group));
    }
    for (const [name, group] of this.groups) {
      // A group's controls change all of it, so they rest while only a part is shown.
      group.row.hidden = some || !shownGroups.has(name);
      group.button.setAttribute("aria-expanded", String(this.open.has(name)));
    }
    this.nothing.hidden = any;
  }

  say() {
    const { text, tone } = this.model.get("status");
    this.status.textContent = text;
    this.status.className = `cjm-status cjm-${tone}`;
  }
}

function render({ model, el }) {
  const table = new Table(model, el);
  const draw = () => table.draw();
  const say = () => table.say();
  draw();
  say();
  model.on("change:rows", draw);
  model.on("change:status", say);
  return () => {
    model.off("change:rows", draw);
    model.off("change:status", say);
  };
}

export default { render };
