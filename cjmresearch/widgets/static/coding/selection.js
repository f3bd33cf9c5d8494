// What is selected: a span of the source, by mouse (the browser's selection) or by keyboard.
// The browser's selection follows the span, so that a turn painted anew does not lose it.

class Selection extends Emitter {
  constructor(session, transcript) {
    super();
    this.session = session;
    this.transcript = transcript;
    this.span = null;
    this.anchor = 0;
    this.listen();
  }

  get source() { return this.session.source; }

  listen() {
    const { list } = this.transcript;
    this.changed = () => this._follow();
    this.released = (event) => this._released(event);
    document.addEventListener("selectionchange", this.changed);
    document.addEventListener("pointerup", this.released);
    list.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.pressed = true;
      this.transcript.hold();
    });
    // A kept selection would make the next press inside it start a drag of text.
    list.addEventListener("mousedown", (event) => {
      if (event.button === 0 && event.detail === 1 && !event.shiftKey) {
        document.getSelection().removeAllRanges();
      }
    });
    list.addEventListener("dragstart", (event) => event.preventDefault());
  }

  close() {
    document.removeEventListener("selectionchange", this.changed);
    document.removeEventListener("pointerup", this.released);
  }

  // -- the browser's selection -> a span ----------------------------------------------------------

  _range() {
    const root = this.transcript.list.getRootNode();
    const selection = document.getSelection();
    if (root instanceof ShadowRoot && selection.getComposedRanges) {
      return selection.getComposedRanges({ shadowRoots: [root] })[0] ?? null;
    }
    return selection.rangeCount ? selection.getRangeAt(0) : null;
  }

  _follow() {
    const range = this._range();
    if (!range) return;
    const { list } = this.transcript;
    if (!list.contains(range.startContainer) && !list.contains(range.endContainer)) return;
    const start = this._point(range.startContainer, range.startOffset, false);
    const end = this._point(range.endContainer, range.endOffset, true);
    if (start === null || end === null) return;
    this._set(start < end ? { start, end } : null, start);
  }

  // The offset in the source of a place in the page; `isEnd`: of the end of a selection.
  _point(node, offset, isEnd) {
    const place = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const turns = this.source.turns;
    const made = place.closest?.(".cjm-turn");
    if (!made) {
      const next = node.childNodes[offset];
      const inside = (next?.matches?.(".cjm-turn") ? next : next?.querySelector?.(".cjm-turn"));
      if (inside) return this._before(inside.cjmIndex, isEnd);
      return this.transcript.list.contains(node) ? this._after(node, isEnd) : null;
    }
    const turn = turns[made.cjmIndex];
    const { text } = this.transcript.places[turn.index];
    if (!text.contains(node)) {
      const before = document.createRange();
      before.selectNodeContents(text);
      return before.comparePoint(node, offset) < 0
        ? this._before(turn.index, isEnd) : turn.end;
    }
    const until = document.createRange();
    until.setStart(text, 0);
    until.setEnd(node, offset);
    const unit = until.toString().length;
    return isEnd && unit === 0 ? this._before(turn.index, true) : turn.point(unit);
  }

  // A triple click ends at the beginning of the next turn: that is the end of this one.
  _before(index, isEnd) {
    return isEnd && index > 0 ? this.source.turns[index - 1].end : this.source.turns[index].start;
  }

  _after(node) {
    const last = [...node.querySelectorAll(".cjm-turn")].pop();
    return last ? this.source.turns[last.cjmIndex].end : null;
  }

  _released(event) {
    if (!this.pressed) return;
    this.pressed = false;
    this._follow();
    if (this.span) this._trim();
    this.fixed = null;
    this.transcript.release();
    this.emit("released", event);
  }

  _trim() {
    const quote = this.source.slice(this.span.start, this.span.end);
    const left = quote.length - quote.trimStart().length; // spaces are one unit each
    const right = quote.length - quote.trimEnd().length;
    if (left + right === 0 || left === quote.length) return;
    this.set(this.span.start + left, this.span.end - right);
  }

  // -- a span -> the browser's selection ----------------------------------------------------------

  set(start, end, { anchor = start } = {}) {
    this._set({ start, end }, anchor);
    this.show();
  }

  clear() {
    document.getSelection().removeAllRanges();
    this._set(null, this.anchor);
  }

  _set(span, anchor) {
    const same = span?.start === this.span?.start && span?.end === this.span?.end;
    this.span = span;
    if (!this.keyboard) this.anchor = anchor;
    if (!same) this.emit("change", span);
  }

  show() {
    if (!this.span) return;
    const [from, at] = this._place(this.span.start, false);
    const [to, until] = this._place(this.span.end, true);
    if (from && to) document.getSelection().setBaseAndExtent(from, at, to, until);
  }

  // After turns are painted anew the browser's selection is gone from them.
  restore(turns) {
    if (!this.span || this.pressed) return;
    const first = this.source.turnAt(this.span.start);
    const last = this.source.turnAt(this.span.end - 1);
    if (turns.some((index) => index === first || index === last)) this.show();
  }

  _place(point, isEnd) {
    let index = this.source.turnAt(point);
    if (isEnd && index > 0 && point <= this.source.turns[index].start) index -= 1;
    const turn = this.source.turns[index];
    let left = turn.unit(point);
    const walker = document.createTreeWalker(this.transcript.places[index].text, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    let last = node;
    while (node && (left > node.length || (!isEnd && left === node.length))) {
      left -= node.length;
      last = node;
      node = walker.nextNode();
    }
    return node ? [node, left] : [last, last?.length ?? 0];
  }

  get value() {
    if (!this.span) return null;
    const { start, end } = this.span;
    return { start, end, quote: this.source.slice(start, end) };
  }

  // -- by keyboard --------------------------------------------------------------------------------

  // Go to the next or previous word, sentence or turn; with `extend` the other end stays.
  move(kind, step, extend) {
    const { turns } = this.source;
    if (!turns.length) return;
    const head = this.span
      ? (this._forward ? this.span.end - 1 : this.span.start) : this._visible();
    const target = this._next(kind, step, head);
    if (!target) return;
    this.keyboard = true;
    if (extend && this.span) {
      const fixed = this.fixed ?? { ...this.span };
      this.fixed = fixed;
      this._forward = target.end > fixed.start;
      this.set(Math.min(fixed.start, target.start), Math.max(fixed.end, target.end));
    } else {
      this.fixed = null;
      this._forward = false;
      this.set(target.start, target.end);
    }
    this.keyboard = false;
    this.transcript.show(step < 0 ? target.start : target.end - 1);
    this.show();
  }

  // Offset at which the keyboard begins: the first turn in sight. Laying out is asked of chunks
  // first, for there are few of them.
  top() {
    const { chunks, list } = this.transcript;
    const edge = list.getBoundingClientRect().top + 8;
    const below = (made) => made.getBoundingClientRect().bottom > edge;
    const seen = [...(chunks.find(below)?.children ?? [])].find(below);
    return this.source.turns[seen?.cjmIndex ?? 0].start;
  }

  _visible() {
    this._fresh = true;
    return this.top();
  }

  // Spans of the words or sentences of the turns that a span touches.
  pieces(kind, span) {
    return this.source.turnsOf(span).flatMap((index) => {
      const turn = this.source.turns[index];
      return turn.pieces(kind).map(([from, to]) => ({ start: turn.point(from), end: turn.point(to) }));
    }).filter((piece) => piece.start < span.end && piece.end > span.start);
  }

  // Move one end of the selection by a word.
  nudge(side, step) {
    const { span } = this;
    if (!span) return;
    const { turns } = this.source;
    const index = this.source.turnAt(side === "end" ? span.end - 1 : span.start);
    const near = { start: turns[Math.max(index - 1, 0)].start, end: turns[Math.min(index + 1, turns.length - 1)].end };
    const words = this.pieces("word", near);
    const next = side === "end"
      ? (step > 0 ? words.find((w) => w.end > span.end)?.end : words.findLast((w) => w.end < span.end)?.end)
      : (step > 0 ? words.find((w) => w.start > span.start)?.start : words.findLast((w) => w.start < span.start)?.start);
    if (next === undefined) return;
    const start = side === "start" ? next : span.start;
    const end = side === "end" ? next : span.end;
    if (start < end) this.set(start, end);
  }

  // The first or the last turn.
  end(step) {
    const turn = this.source.turns.at(step < 0 ? 0 : -1);
    this.fixed = null;
    this.transcript.show(turn.start);
    this.set(turn.start, turn.end);
  }

  _next(kind, step, head) {
    const fresh = this._fresh;
    this._fresh = false;
    let index = this.source.turnAt(head);
    for (let tries = 0; tries < 2 + this.source.turns.length; tries += 1) {
      const turn = this.source.turns[index];
      if (!turn) return null;
      const pieces = kind === "turn" ? [[0, turn.text.length]] : turn.pieces(kind);
      const spans = pieces.map(([from, to]) => ({ start: turn.point(from), end: turn.point(to) }));
      const found = fresh ? spans[0]
        : step > 0 ? spans.find((s) => s.start > head) : spans.findLast((s) => s.end <= head);
      if (found && found.end > found.start) return found;
      index += step;
      if (step > 0 && this.source.turns[index]) head = this.source.turns[index].start - 1;
      if (step < 0 && this.source.turns[index]) head = this.source.turns[index].end;
    }
    return null;
  }

  // Widen to the sentence, then to the turn, then back to the first word.
  widen() {
    if (!this.span) { this.move("word", 1, false); return; }
    const turn = this.source.turns[this.source.turnAt(this.span.start)];
    const within = (kind) => (kind === "turn" ? [[0, turn.text.length]] : turn.pieces(kind))
      .map(([from, to]) => ({ start: turn.point(from), end: turn.point(to) }))
      .filter((s) => s.start <= this.span.start && s.end >= Math.min(this.span.end, turn.end))
      .find((s) => s.end - s.start > this.span.end - this.span.start);
    const wider = within("sentence") ?? within("turn");
    const first = turn.pieces("word")[0] ?? [0, turn.text.length];
    const next = wider ?? { start: turn.point(first[0]), end: turn.point(first[1]) };
    this.fixed = null;
    this.set(next.start, next.end);
  }
}
