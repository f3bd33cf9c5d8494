// Puts the parts of the page together.

class Workbench {
  constructor(model, el) {
    this.session = sessionOf(model);
    const { session } = this;
    const { settings } = session;
    this.root = element("div", { class: "cjm-coding", "data-theme": settings.theme, lang: settings.language });
    this.colours = new Colours(session, this.root);
    this.filters = new Filters(session, () => this.filtered());
    this.transcript = new Transcript(session, this.colours, this.filters);
    this.selection = new Selection(session, this.transcript);
    this.walk = new Walk(session, this.filters);
    this.memoBox = new MemoBox(session);
    const { transcript, selection, filters, walk, memoBox } = this;
    this.commands = new Commands({ session, transcript, selection, filters, walk, memoBox });
    this.status = new Status(session, this.commands);
    this.codebook = new Codebook(session, this.colours, this.commands);
    this.find = new Find(session, selection, transcript);
    this.here = new Here(session, this.colours, this.commands);
    this.quotes = new Quotes(session, this.colours, filters, (id) => this.commands.goTo(id));
    this.help = helpSheet(session);
    this.wire();
    this.build();
    el.append(this.root);
    this.listen();
    this.tip = new Tip(session, this.colours, this.root);
    this.root.append(this.tip.box);
    this.root.cjm = this.forTests();
    new Keys(this.root, this.commands);
    requestAnimationFrame(() => this.fit());
    this.count();
  }

  wire() {
    const { commands, codebook, find, status } = this;
    Object.assign(commands, {
      codebook, find, status,
      onMeant: () => this.drawHere(),
      help: () => this.help.showModal(),
      typeName: () => { codebook.search.focus(); codebook.search.select(); },
      editCode: () => { if (commands.coding) codebook.form.open(commands.coding.code); },
      toTranscript: () => this.transcript.list.focus({ preventScroll: true }),
    });
  }

  build() {
    const { session, status, commands } = this;
    const say = (...given) => session.say(...given);
    const quiet = (name, sign, act) => button(sign, act, { class: "cjm-quiet", title: say(name), "aria-label": say(name) });
    this.order = element("select", {
      "aria-label": say("order"), title: say("order"), onchange: () => this.ordered(),
    }, ...["reading", "useful"].map((o) => element("option", { value: o }, say(`order_${o}`))));
    this.order.value = this.walk.order;
    if (this.walk.order === "useful") this.ordered();
    this.open = element("span", { class: "cjm-number" });
    this.blind = quiet("blind", "◐", () => session.act("blind", { on: !session.blind }));
    this.assist = element("input", { type: "checkbox", onchange: () => session.act("assist", { on: this.assist.checked }) });
    this.learning = element("span", { class: "cjm-by" });
    this.switches();
    const bar = element("header", { class: "cjm-bar" },
      element("strong", { class: "cjm-title", title: session.source.title }, session.source.title),
      quiet("memo_source", "✎", () => commands.sourceMemo()),
      status.progress, element("span", { class: "cjm-space" }), status.save,
      status.undo, status.redo, this.blind, quiet("refresh", "⟳", () => session.probe()), quiet("help", "?", () => commands.help()));
    const tools = element("div", { class: "cjm-tools" }, this.find.box, this.filters.bar,
      element("span", { class: "cjm-space" }),
      element("span", { class: "cjm-suggesting" }, element("span", {}, say("suggestions"), this.open), this.order,
        quiet("previous_suggestion", "[", () => commands.suggestion(-1)),
        quiet("next_suggestion", "]", () => commands.suggestion(1)),
        element("label", { class: "cjm-assist", title: say("assist_hint") }, this.assist, say("assist")), this.learning));
    const middle = element("div", { class: "cjm-middle" }, this.transcript.list, status.hint);
    const side = element("aside", { class: "cjm-side" }, this.here.panel, this.quotes.panel);
    this.columns = element("div", { class: "cjm-columns" }, this.codebook.panel, middle, side);
    this.root.append(bar, status.banner, status.note, tools, this.columns, status.live,
      this.memoBox.box, this.help);
  }

  ordered() {
    this.walk.order = this.order.value;
    if (this.walk.order === "useful") this.session.model.send({ op: "rank", n: 0 });
  }

  // Blind mode, and whether suggestions learn from what is coded.
  switches() {
    const { session } = this;
    this.blind.setAttribute("aria-pressed", String(Boolean(session.blind)));
    this.blind.title = session.say(session.blind ? "blind_on" : "blind_off");
    this.assist.checked = Boolean(session.assisted?.on);
    this.learning.textContent = session.assisted?.notice ?? "";
  }

  // As high as the window allows, and no higher than a short text needs.
  fit() {
    const { list } = this.transcript;
    const needed = list.scrollHeight + 24;
    if (needed < 560) this.columns.style.setProperty("--cjm-height", `${Math.max(needed, 380)}px`);
  }

  listen() {
    const { session, transcript, selection, commands } = this;
    transcript.onPainted = (turns) => selection.restore(turns);
    selection.on("change", () => this.selected());
    selection.on("released", (event) => {
      const chip = event.target.closest?.(".cjm-chip");
      if (chip) commands.goTo(chip.dataset.coding);
      else if (!selection.span && event.target.closest?.(".cjm-text")) commands.clicked(selection.anchor);
    });
    window.addEventListener("beforeunload", this.leaving = (event) => {
      if (session.outbox.waiting.length) event.preventDefault();
    });
    this.off = [
      session.on("turns", (turns) => this.touched(turns)),
      session.on("codes", () => this.codesChanged()),
      session.on("history", () => this.status.past()),
      session.on("reload", () => this.reload()),
      session.on("assisted", () => { this.switches(); this.count(); }),
      session.on("done", (act, answer) => this.answered(act, answer)),
      session.outbox.on("state", () => this.status.tell()),
    ];
  }

  selected() {
    const { span } = this.selection;
    const { commands } = this;
    if (span) this.transcript.name(span.start);
    if (!commands.mode) {
      const { coding } = commands;
      const isSame = coding && span && coding.start === span.start && coding.end === span.end;
      if (!isSame && span) {
        const same = commands.here().find((one) => one.start === span.start && one.end === span.end
          && this.session.isOwn(one));
        commands.mean(same?.id ?? null);
      }
    }
    this.drawHere();
    clearTimeout(this.saying);
    if (span) this.saying = setTimeout(() => this.status.announce(shortened(this.selection.value?.quote ?? "", 300)), 250);
  }

  drawHere() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      const { commands } = this;
      const list = commands.here();
      if (commands.coding && !list.includes(commands.coding)) list.unshift(commands.coding);
      this.here.draw(list, commands.current, this.selection.span);
    });
  }

  touched(turns) {
    if (!turns.size) return;
    this.transcript.update(turns);
    this.walk.touch(turns);
    this.quotes.later();
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.count(), 120);
    if (this.commands.current && !this.commands.coding) this.commands.mean(null);
    this.drawHere();
  }

  count() {
    this.codebook.count();
    this.status.far(this.walk.progress());
    this.open.textContent = String(this.walk.suggestions().length);
  }

  filtered() {
    this.transcript.updateAll();
    this.quotes.limit = PAGE;
    this.quotes.draw();
    this.count();
    this.drawHere();
  }

  codesChanged() {
    this.colours.update();
    this.codebook.draw();
    this.filtered();
  }

  reload() {
    this.transcript.build();
    this.walk.words.clear();
    this.codesChanged();
    this.status.past();
    this.switches();
  }

  answered(act, answer) {
    if (answer.op === "refused") {
      this.status.warn(this.session.say("refused", answer));
      return;
    }
    this.status.warn("");
    const made = act.op === "code" && this.session.codings.get(act.id);
    if (made) this.commands.mean(made.id);
    const done = this.session.words[`act_${act.op}`];
    if (done) this.status.announce(`${this.session.say("saved")}: ${done}`);
  }

  forTests() {
    return {
      select: (start, end) => {
        this.transcript.show(start);
        this.transcript.list.focus({ preventScroll: true });
        this.selection.set(start, end);
      },
      selection: () => this.selection.value,
      state: () => ({
        codings: [...this.session.codings.values()]
          .filter((coding) => !coding.pending)
          .map(({ id, start, end, code, coder, status }) => (
            { id, start, end, code: this.session.codes.get(code)?.slug, coder, status })),
        pending: this.session.outbox.waiting.length,
        save: this.session.outbox.state,
      }),
    };
  }

  close() {
    for (const off of this.off) off();
    window.removeEventListener("beforeunload", this.leaving);
    for (const timer of [this.counting, this.saying, this.quotes.timer]) clearTimeout(timer);
    this.selection.close();
    this.transcript.close();
    this.session.leave();
  }
}

function render({ model, el }) {
  const workbench = new Workbench(model, el);
  return () => workbench.close();
}

export default { render };
