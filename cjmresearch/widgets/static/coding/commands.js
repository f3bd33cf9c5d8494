// What keys, clicks and buttons do. The parts that show things are given to it by the workbench.

class Commands {
  constructor(parts) {
    Object.assign(this, parts); // session, transcript, selection, filters, walk, status, memoBox
    this.current = null; // id of the coding or suggestion that is meant
    this.point = 0;
    this.mode = null; // { kind: "recode" | "resize" | "split", id, … }
    this.since = performance.now();
  }

  say(...given) { return this.session.say(...given); }

  get coding() { return this.session.codings.get(this.current); }

  // -- history --------------------------------------------------------------------------------------

  undo() { this.session.act("undo"); }

  redo() { this.session.act("redo"); }

  // -- what is meant ----------------------------------------------------------------------------------

  // Codings at the selected words, or at the place that was clicked.
  here() {
    const { span } = this.selection;
    const [from, to] = span ? [span.start, span.end] : [this.point, this.point + 1];
    const turns = this.session.source.turnsOf({ start: from, end: to });
    const found = new Map();
    for (const index of turns) {
      for (const coding of this.transcript.codingsOf(index)) {
        if (coding.start < to && coding.end > from) found.set(coding.id, coding);
      }
    }
    const human = (coding) => coding.status !== "suggested";
    return [...found.values()].sort((a, b) => human(b) - human(a)
      || (a.end - a.start) - (b.end - b.start) || a.start - b.start).slice(0, 40);
  }

  mean(id) {
    if (id !== this.current) this.since = performance.now();
    this.current = id;
    this.transcript.point(id);
    this.onMeant();
  }

  goTo(id, { select = true } = {}) {
    const coding = this.session.codings.get(id);
    if (!coding) return;
    this.transcript.show(coding.start, { middle: true });
    if (select) this.selection.set(coding.start, coding.end);
    this.mean(id);
    this.transcript.list.focus({ preventScroll: true });
    const name = this.session.nameOf(this.session.codes.get(coding.code));
    this.status.announce(`${name}. ${this.say(`status_${coding.status}`)}. ${shortened(this.session.quoteOf(coding), 200)}`);
  }

  // A click: what is under it, and at the next click on the same place what lies below that.
  clicked(point) {
    const again = point !== null && this.point === point;
    this.point = point ?? this.point;
    const here = this.here();
    const at = again ? here.findIndex((coding) => coding.id === this.current) : -1;
    this.mean(here[(at + 1) % Math.max(here.length, 1)]?.id ?? null);
  }

  step(by) {
    const here = this.here();
    if (!here.length) return;
    const at = here.findIndex((coding) => coding.id === this.current);
    const next = at < 0 ? (by > 0 ? 0 : here.length - 1) : (at + by + here.length) % here.length;
    this.mean(here[next].id);
    this.status.announce(this.session.nameOf(this.session.codes.get(here[next].code)));
  }

  // -- coding -------------------------------------------------------------------------------------------

  apply(code) {
    const { coding, mode } = this;
    if (mode?.kind === "recode") {
      this.leaveMode();
      this.session.act("recode", { coding: mode.id, code: code.id });
    } else if (coding && this.session.isOpen(coding)) {
      this.decide(true, code.id === coding.code ? undefined : code.id);
    } else if (this.selection.span) {
      const { start, end } = this.selection.span;
      this.session.act("code", { start, end, code: code.slug });
    } else this.status.announce(this.say("select_first"));
  }

  decide(accept, code) {
    const { coding } = this;
    if (!coding || !this.session.isOpen(coding)) return;
    const seconds = Math.round((performance.now() - this.since) / 100) / 10;
    this.session.act("decide", { coding: coding.id, accept, seconds, ...(code ? { code } : {}) });
    this.suggestion(1);
  }

  suggestion(step) {
    const point = this.selection.span?.start ?? this.point;
    const before = this.coding;
    const next = this.walk.nextSuggestion(step, this.current, point);
    if (next && next.id !== before?.id) this.goTo(next.id);
    else this.status.announce(this.say("no_suggestions"));
  }

  uncoded(step) {
    const { span } = this.selection;
    const from = span ? (step > 0 ? span.end - 1 : span.start) : this.selection.top();
    const next = this.walk.nextUncoded(step, from);
    if (!next) { this.status.announce(this.say("all_coded")); return; }
    this.transcript.show(next.start, { middle: true });
    this.selection.set(next.start, next.end);
    this.mean(null);
    this.status.announce(shortened(this.selection.value.quote, 300));
  }

  newCode(name, then = {}) {
    const slug = slugOf(name);
    const known = this.session.codeBySlug(slug);
    const kind = this.session.codes.get(this.lastCode)?.kind ?? "other";
    if (!known) {
      const colour = SWATCHES[this.session.codes.size % SWATCHES.length];
      this.session.act("add_code", { slug, name, kind: then.kind ?? kind, colour });
    }
    const { span } = this.selection;
    if (span) this.session.act("code", { start: span.start, end: span.end, code: slug });
  }

  inVivo() {
    const { value } = this.selection;
    if (value) this.newCode(shortened(value.quote, 60), { kind: "other" });
  }

  remove() {
    const { coding } = this;
    if (!coding || !this.session.isOwn(coding) || this.session.isPending(coding)) return;
    this.session.act("delete", { coding: coding.id });
    this.mean(null);
  }

  // -- memos --------------------------------------------------------------------------------------------

  memo() {
    const { coding } = this;
    if (coding && this.session.isOwn(coding)) {
      const title = this.say("memo_coding", { code: this.session.nameOf(this.session.codes.get(coding.code)) });
      this.memoBox.open(title, coding.memo, (memo) => this.session.act("annotate", { coding: coding.id, memo }));
    } else if (this.selection.span) {
      const { start, end } = this.selection.span;
      this.memoBox.open(this.say("memo_passage"), "", (memo) => {
        if (memo) this.session.act("code", { start, end, code: "memo:note", memo });
      });
    }
  }

  sourceMemo() {
    const { session } = this;
    const code = session.codeBySlug("memo:source")?.id;
    const there = [...session.codings.values()].find((one) => one.code === code && session.isOwn(one));
    this.memoBox.open(this.say("memo_source"), there?.memo, (memo) => {
      const { start, end } = session.source.turns[0];
      if (there && memo) session.act("annotate", { coding: there.id, memo });
      else if (there) session.act("delete", { coding: there.id });
      else if (memo) session.act("code", { start, end, code: "memo:source", memo });
    });
  }

  // -- modes: what needs a second step --------------------------------------------------------------------

  enter(kind, values = {}) {
    const { coding } = this;
    if (!coding || !this.session.isOwn(coding)) { this.status.announce(this.say("choose_coding")); return; }
    this.mode = { kind, id: coding.id, ...values };
    this.status.mode(this.say(`mode_${kind}`));
    this.transcript.list.focus({ preventScroll: true });
  }

  recode() { this.enter("recode"); }

  resize() {
    const { coding } = this;
    if (!coding) return;
    const { span } = this.selection;
    const overlaps = span && span.start < coding.end && span.end > coding.start;
    this.enter("resize");
    if (this.mode && !overlaps) this.selection.set(coding.start, coding.end);
  }

  split() {
    const { coding } = this;
    if (!coding) return;
    const words = this.selection.pieces("word", coding);
    const inside = words.filter((word) => word.start > coding.start);
    if (!inside.length) return;
    const wanted = this.selection.span?.start ?? this.point;
    const at = inside.find((word) => word.start >= wanted && wanted > coding.start)
      ?? inside[Math.floor(inside.length / 2)];
    this.enter("split", { at: at.start });
    if (this.mode) this.selection.set(at.start, coding.end);
  }

  leaveMode() {
    this.mode = null;
    this.status.mode(null);
  }

  modeKey(event) {
    const { mode, selection } = this;
    const coding = this.session.codings.get(mode.id);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!coding) { this.leaveMode(); return false; }
    if (mode.kind === "recode") return false;
    if (step && mode.kind === "resize") {
      selection.nudge(event.shiftKey ? "start" : "end", step);
    } else if (step) {
      const words = selection.pieces("word", coding).filter((word) => word.start > coding.start);
      const at = words.findIndex((word) => word.start >= mode.at);
      mode.at = words[Math.min(Math.max(at + step, 0), words.length - 1)].start;
      selection.set(mode.at, coding.end);
    } else if (event.key === "Enter") {
      this.finish(coding);
    } else return false;
    return true;
  }

  finish(coding) {
    const { mode } = this;
    const { span } = this.selection;
    this.leaveMode();
    if (mode.kind === "split") this.session.act("split", { coding: coding.id, at: mode.at });
    else if (span && (span.start !== coding.start || span.end !== coding.end)) {
      this.session.act("resize", { coding: coding.id, start: span.start, end: span.end });
    }
  }

  // -- keys ---------------------------------------------------------------------------------------------

  escape() {
    if (this.mode) this.leaveMode();
    else { this.selection.clear(); this.mean(null); }
  }

  key(event) {
    if (this.mode && this.modeKey(event)) return true;
    if (MOVES[event.key]) {
      this.selection.move(...MOVES[event.key], event.shiftKey);
      return true;
    }
    return this.named(event) || this.shifted(event) || this.letter(event);
  }

  named(event) {
    const acts = {
      " ": () => this.selection.widen(), Home: () => this.selection.end(-1), End: () => this.selection.end(1),
      Enter: () => this.typeName(), Delete: () => this.remove(), Backspace: () => this.remove(),
      F2: () => this.editCode(), F3: () => this.find.go(event.shiftKey ? -1 : 1), "?": () => this.help(),
    };
    const act = acts[event.key];
    act?.();
    return Boolean(act);
  }

  shifted(event) {
    if (!event.shiftKey) return false;
    const acts = { KeyI: () => this.inVivo(), KeyM: () => this.memo(), KeyR: () => this.recode(),
      KeyE: () => this.resize(), KeyS: () => this.split(), BracketRight: () => this.uncoded(1),
      BracketLeft: () => this.uncoded(-1), Slash: () => this.help(), Equal: () => this.decide(true) };
    const act = acts[event.code];
    act?.();
    return Boolean(act);
  }

  letter(event) {
    if (event.shiftKey) return false;
    const codes = this.codebook.all();
    const byKey = (letter) => codes.find((code) => code.key?.toLowerCase() === letter);
    const [written] = lettersOf(event);
    const code = byKey(written);
    if (code) { this.lastCode = code.id; this.apply(code); return true; }
    const signs = { "=": () => this.decide(true), "+": () => this.decide(true), "-": () => this.decide(false),
      "[": () => this.suggestion(-1), "]": () => this.suggestion(1), "/": () => this.find.input.focus(),
      ",": () => this.step(-1), ".": () => this.step(1) };
    const sign = signs[event.key] ?? signs[SIGNS[event.code]]
      ?? { Comma: signs[","], Period: signs["."] }[event.code];
    if (sign) { sign(); return true; }
    const other = lettersOf(event).map(byKey).find(Boolean);
    if (other) { this.lastCode = other.id; this.apply(other); }
    return Boolean(other);
  }
}
