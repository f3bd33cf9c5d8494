// The transcript: turns in chunks of 50, which the browser need not lay out while they are out of
// sight; marks are painted when a chunk comes near. Measured: virtual lists lose the anchor of a
// long drag, and laying out each turn by itself makes scrolling slow.

const CHUNK = 50;
const SLICE = 5; // ms of a frame that painting marks may take while the transcript is scrolled

class Transcript {
  constructor(session, colours, filters) {
    this.session = session;
    this.filters = filters;
    this.painter = new Painter(session, colours);
    this.colours = colours;
    this.list = element("div", {
      class: "cjm-transcript", role: "listbox", tabindex: "0", "aria-label": session.say("transcript"),
      "aria-multiselectable": "true",
    });
    this.onPainted = () => {};
    this.held = null; // turns to paint when the mouse is let go
    this.build();
  }

  build() {
    this.observer?.disconnect();
    this.painted = new Set();
    this.waiting = [];
    this.places = [];
    const chunks = [];
    const { turns } = this.session.source;
    const several = new Set(turns.map((turn) => turn.speaker)).size > 1;
    for (let from = 0; from < turns.length; from += CHUNK) {
      const chunk = element("div", { class: "cjm-chunk", role: "group", "data-chunk": chunks.length });
      for (const turn of turns.slice(from, from + CHUNK)) chunk.append(this._turn(turn, several));
      chunks.push(chunk);
    }
    this.chunks = chunks;
    this.list.replaceChildren(...chunks);
    this.observer = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (isIntersecting) this.paintSoon(Number(target.dataset.chunk));
      }
    }, { root: this.list, rootMargin: "1200px 0px" });
    for (const chunk of chunks) this.observer.observe(chunk);
  }

  _turn(turn, several) {
    const { session } = this;
    const [speaker, role] = session.source.speakers[turn.speaker] ?? ["", "other"];
    const text = element("div", { class: "cjm-text", "data-start": turn.start }, turn.text);
    const who = element("div", { class: "cjm-who" });
    if (several) who.append(element("span", { class: "cjm-speaker" }, speaker));
    if (turn.begin !== null) who.append(element("span", { class: "cjm-time" }, clock(turn.begin)));
    const words = element("div", { class: "cjm-words" });
    if (who.hasChildNodes()) words.append(who);
    if (turn.prompt) words.append(element("div", { class: "cjm-prompt" }, turn.prompt));
    words.append(text);
    const chips = element("div", { class: "cjm-chips", "aria-hidden": "true" });
    const made = element("div", {
      class: `cjm-turn cjm-role-${role}`, role: "option", "data-turn": turn.position,
      "aria-selected": "false", id: `${session.settings.session}-${turn.index}`,
    }, element("span", { class: "cjm-position", "aria-hidden": "true" }, String(turn.position + 1)), words, chips);
    made.cjmIndex = turn.index;
    this.places.push({ made, text, chips });
    return made;
  }

  // Turns of a chunk that are to be painted; none where that is done or waits already.
  _due(number) {
    if (this.painted.has(number)) return [];
    this.painted.add(number);
    const last = Math.min((number + 1) * CHUNK, this.places.length);
    const due = [];
    for (let index = number * CHUNK; index < last; index += 1) {
      if (this.session.byTurn[index].size) due.push(index);
    }
    return due;
  }

  // Beyond the edge there is time: a few turns a frame, so that scrolling stays smooth.
  paintSoon(number) {
    const due = this._due(number);
    if (!this.first) { this.first = true; this._paint(due); return; }
    if (!due.length) return;
    const waits = this.waiting.length;
    this.waiting.push(...due);
    if (!waits) requestAnimationFrame(() => this._pump());
  }

  _pump() {
    const until = performance.now() + SLICE;
    while (this.waiting.length && performance.now() < until) this._paint(this.waiting.splice(0, 2));
    if (this.waiting.length) requestAnimationFrame(() => this._pump());
  }

  // At once, for a place that is gone to.
  paintChunk(number) {
    const last = (number + 1) * CHUNK;
    const late = this.waiting.filter((index) => index >= number * CHUNK && index < last);
    this.waiting = this.waiting.filter((index) => !late.includes(index));
    this._paint([...this._due(number), ...late]);
  }

  // Paint turns anew, those in chunks that have been painted; the others when they come near.
  update(turns) {
    if (this.held) { for (const turn of turns) this.held.add(turn); return; }
    this._paint([...turns].filter((index) => this.painted.has(Math.floor(index / CHUNK))));
  }

  updateAll() {
    for (const { made } of this.places) {
      made.classList.toggle("cjm-unheard", !this.filters.hears(this.session.source.turns[made.cjmIndex]));
    }
    this.update(this.session.source.turns.keys());
  }

  codingsOf(index) {
    return [...this.session.byTurn[index]].map((id) => this.session.codings.get(id))
      .filter((coding) => this.filters.shows(coding));
  }

  _paint(turns) {
    for (const index of turns) {
      const { text, chips } = this.places[index];
      const codings = this.codingsOf(index);
      this.painter.paint(this.session.source.turns[index], text, codings);
      this._chips(chips, codings);
    }
    if (turns.length) this.onPainted(turns);
  }

  // One chip a code, however often the turn has it; codes of people before suggestions.
  _chips(place, codings) {
    const groups = new Map();
    const human = (coding) => coding.status !== "suggested";
    const ordered = [...codings].sort((a, b) => human(b) - human(a) || a.start - b.start || a.end - b.end);
    for (const coding of ordered) {
      const name = `${coding.code} ${human(coding)} ${this.session.isPending(coding)}`;
      if (!human(coding) && groups.has(`${coding.code} true false`)) continue;
      if (groups.has(name)) groups.get(name).push(coding); else groups.set(name, [coding]);
    }
    place.replaceChildren(...[...groups.values()].map((group) => this._chip(group)));
  }

  _chip(group) {
    const { session } = this;
    const [coding] = group;
    const name = session.nameOf(session.codes.get(coding.code));
    const made = element("span", {
      class: "cjm-chip", "data-coding": coding.id, "data-codings": group.map((one) => one.id).join(" "),
    }, element("i", { class: "cjm-swatch" }), element("span", {}, name),
    group.length > 1 ? element("b", {}, `×${group.length}`) : null);
    made.style.setProperty("--cjm-colour", this.colours.of(coding.code));
    made.classList.toggle("cjm-suggested", coding.status === "suggested");
    made.classList.toggle("cjm-pending", session.isPending(coding));
    return made;
  }

  // The coding that is meant by keys now: its words stand out.
  point(id) {
    const before = this.painter.current;
    if (before === id) return;
    this.painter.current = id;
    for (const index of this.pointed ?? []) {
      for (const mark of this.places[index]?.text.children ?? []) mark.classList.remove("cjm-now");
    }
    this.pointed = [];
    const coding = id && this.session.codings.get(id);
    if (!coding) return;
    this.pointed = this.session.source.turnsOf(coding);
    for (const index of this.pointed) {
      for (const mark of this.places[index].text.querySelectorAll(`[data-codings~="${CSS.escape(id)}"]`)) {
        mark.classList.add("cjm-now");
      }
    }
  }

  // Tell a screen reader which turn is meant.
  name(point) {
    const { made } = this.places[this.session.source.turnAt(point)] ?? {};
    if (!made || made === this.named) return;
    this.named?.setAttribute("aria-selected", "false");
    this.named = made;
    made.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", made.id);
  }

  hold() { this.held ??= new Set(); }

  release() {
    const turns = this.held;
    this.held = null;
    if (turns?.size) this.update(turns);
  }

  // Bring an offset into sight; its chunk is painted first, so that it does not grow afterwards.
  show(point, { middle = false } = {}) {
    const index = this.session.source.turnAt(point);
    const chunk = Math.floor(index / CHUNK);
    for (const near of [chunk - 1, chunk, chunk + 1]) {
      if (this.chunks[near]) this.paintChunk(near);
    }
    this.places[index].made.scrollIntoView({ block: middle ? "center" : "nearest" });
    return this.places[index];
  }

  close() { this.observer.disconnect(); }
}
