// Above the map: the goal, whether edits are saved, the controls, and what the map rests on.

const FILTERS = ["role", "segment", "channel", "wave", "coder"];
const PEOPLE = ["role", "segment"];

class Head {
  constructor(session, commands) {
    this.session = session;
    const say = (...given) => session.say(...given);
    this.goal = element("strong", { class: "cjm-goal" });
    const act = (name, sign) => button(sign, () => commands[name](), { class: `cjm-quiet cjm-${name}` });
    this.undo = act("undo", "↶");
    this.redo = act("redo", "↷");
    this.save = element("span", { class: "cjm-save", role: "status" });
    this.busy = element("span", { class: "cjm-busy", role: "status" });
    this.reload = button("⟳", () => session.ask("refresh"), { class: "cjm-quiet cjm-reload", title: say("refresh"), "aria-label": say("refresh") });
    const tools = element("span", { class: "cjm-tools" }, this.busy);
    if (session.edits) tools.append(this.undo, this.redo, this.save);
    if (session.settings.reads) tools.append(this.reload);
    this.banner = element("div", { class: "cjm-alarm", role: "alert" });
    this.note = element("div", { class: "cjm-refused", role: "alert" });
    this.controls = element("div", { class: "cjm-controls" });
    this.layers = element("div", { class: "cjm-layers", role: "group", "aria-label": say("layer") });
    this.rests = element("div", { class: "cjm-rests" });
    this.live = element("div", { class: "cjm-live", "aria-live": "polite" });
    this.root = element("div", { class: "cjm-head" },
      element("div", { class: "cjm-top" }, this.goal, tools), this.banner, this.note, this.controls, this.rests, this.layers, this.live);
    this.off = [
      session.on("part:controls", () => this.draw()),
      session.on("part:head", () => this.told()),
      session.on("part:history", () => this.past()),
      session.on("busy", (on) => { this.busy.textContent = on ? say("working") : ""; }),
      session.on("refused", (text) => this.warn(text)),
      session.on("done", () => { this.warn(""); this.announce(say("done_edit")); }),
      session.outbox.on("state", () => this.saved()),
    ];
    this.draw();
    this.told();
    this.past();
    this.saved();
    this.warn("");
  }

  close() { for (const off of this.off) off(); }

  // -- controls ------------------------------------------------------------------------------------

  draw() {
    const at = this.root.getRootNode().activeElement?.dataset?.control;
    const { session } = this;
    const { controls } = session.parts;
    const shown = FILTERS.filter((name) => controls[name].length > 1 || controls.set[name]);
    const machine = element("input", {
      type: "checkbox", "data-control": "include", checked: controls.set.include === "suggested",
      onchange: (event) => session.choose({ include: event.target.checked ? "suggested" : "human" }),
    });
    const clear = button(session.say("clear"), () => session.choose(Object.fromEntries([["persona", ""], ...FILTERS.map((name) => [name, ""])])), { class: "cjm-quiet cjm-clear", "data-control": "clear" });
    clear.hidden = !session.parts.head.narrowed;
    this.controls.replaceChildren(
      this._select("persona", controls.persona, controls.set.persona ?? ""),
      this._select("model", controls.model, controls.set.model),
      ...shown.map((name) => this._select(name, [{ value: "", label: session.say("any") }, ...controls[name]], controls.set[name] ?? "")),
      this._against(controls),
      element("label", { class: "cjm-check", title: session.say("machine_hint") }, machine, session.say("machine")),
      clear);
    this._layers(controls);
    if (at) this.controls.querySelector(`[data-control="${at}"]`)?.focus({ preventScroll: true });
  }

  _select(name, options, value) {
    const { session } = this;
    const select = element("select", {
      "data-control": name, class: value && name !== "model" ? "cjm-set" : "", onchange: () => session.choose({ [name]: select.value }),
    }, ...options.map((one) => element("option", { value: one.value }, labelOf(one))));
    select.value = value;
    const hint = PEOPLE.includes(name) || name === "persona" ? session.say("hint_persona") : session.words[`hint_${name}`];
    return element("label", { class: `cjm-control cjm-by-${name}`, title: hint }, element("span", {}, session.say(name)), select);
  }

  _against(controls) {
    const { session } = this;
    const written = (pair) => (pair ? pair.join("\n") : "");
    const group = (kind) => {
      const options = controls.against.filter((one) => one.value[0] === kind);
      if (!options.length) return null;
      return element("optgroup", { label: session.say(`of_${kind}`) },
        ...options.map((one) => element("option", { value: written(one.value) }, labelOf(one))));
    };
    const select = element("select", {
      "data-control": "against", class: controls.set.against ? "cjm-set" : "",
      onchange: () => session.choose({ against: select.value ? select.value.split("\n") : null }),
    }, element("option", { value: "" }, session.say("no_other")), group("persona"), group("wave"));
    select.value = written(controls.set.against);
    return element("label", { class: "cjm-control cjm-by-against" }, element("span", {}, session.say("against")), select);
  }

  _layers(controls) {
    const at = this.layers.contains(this.root.getRootNode().activeElement);
    this.layers.replaceChildren(...controls.layer.map(({ value, label }) => button(label, () => this.session.choose({ layer: value }), {
      class: "cjm-layer", "data-layer": value, "aria-pressed": String(value === controls.set.layer),
    })));
    if (at) this.layers.querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
  }

  // -- what the map rests on -----------------------------------------------------------------------

  told() {
    const { session } = this;
    const { goal, sides, narrowed } = session.parts.head;
    this.goal.textContent = goal;
    const lines = sides.map((side, index) => element("div", { class: "cjm-side" },
      sides.length > 1 ? mark(index) : "",
      element("b", {}, side.name), element("span", { class: "cjm-n" }, side.counts),
      side.small ? element("span", { class: "cjm-small" }, side.small) : ""));
    const machine = sides.filter((side) => side.machine).map((side) => element("div", { class: "cjm-machine-note" },
      sides.length > 1 ? `${side.name}: ${side.machine}` : side.machine));
    this.rests.replaceChildren(element("div", { class: "cjm-sides" }, ...lines), ...machine);
    const clear = this.controls.querySelector(".cjm-clear");
    if (clear) clear.hidden = !narrowed;
  }

  past() {
    const { session } = this;
    for (const [made, name, kind] of [[this.undo, "undo", session.parts.history[0]], [this.redo, "redo", session.parts.history[1]]]) {
      made.disabled = !kind;
      made.title = session.say(name) + (kind ? `: ${session.say(`act_${kind}`)}` : "");
      made.setAttribute("aria-label", made.title);
    }
  }

  saved() {
    const { outbox } = this.session;
    const values = { n: outbox.waiting.length, reason: outbox.reason };
    this.save.dataset.save = outbox.state;
    this.save.textContent = this.session.say(outbox.state, values);
    const loud = ["failed", "offline"].includes(outbox.state);
    this.banner.hidden = !loud;
    const text = loud ? this.session.say(`${outbox.state}_loud`, values) : "";
    if (text === this.alarm && this.waited === values.n) return;
    this.alarm = text;
    this.waited = values.n;
    const waits = outbox.state === "offline" && values.n ? ` ${this.session.say("offline_edits", values)}` : "";
    const retry = button(this.session.say("retry"), () => { this.session.probe(); outbox.again(); }, { class: "cjm-retry" });
    this.banner.replaceChildren(element("span", {}, text + waits), retry);
  }

  warn(text) {
    this.note.hidden = !text;
    this.note.replaceChildren(element("span", {}, text),
      button("×", () => this.warn(""), { class: "cjm-quiet", "aria-label": this.session.say("close") }));
  }

  announce(text) { this.live.textContent = text; }
}

function labelOf({ label, n }) { return n === null || n === undefined ? label : `${label} (${n})`; }

// The sign of a side: a colour and a shape, for eyes that see no colours.
function mark(side) {
  return element("i", { class: `cjm-mark-${side}`, "aria-hidden": "true" }, side ? "◆" : "●");
}
