// Where to go next: the next suggestion, in reading order or the most useful first; the next
// sentence of a participant that nobody has coded; and how much has been coded.

class Walk {
  constructor(session, filters) {
    Object.assign(this, { session, filters });
    this.order = session.settings.order;
    this.words = new Map(); // turn -> [words, coded words]; counted anew where something changed
  }

  suggestions() {
    const { session, filters } = this;
    const open = [...session.codings.values()].filter((coding) => session.isOpen(coding)
      && filters.shows(coding) && filters.hears(session.source.turns[session.source.turnAt(coding.start)]));
    const rank = (coding) => session.ranks[coding.id] ?? Infinity;
    return open.sort((a, b) => (this.order === "useful" ? rank(a) - rank(b) || 0 : 0)
      || a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
  }

  nextSuggestion(step, current, point) {
    const open = this.suggestions();
    if (!open.length) return null;
    const at = open.findIndex((coding) => coding.id === current);
    if (at >= 0) return open[(at + step + open.length) % open.length];
    if (this.order === "useful") return open[0];
    return step > 0 ? open.find((coding) => coding.start >= point) ?? open[0]
      : open.findLast((coding) => coding.start < point) ?? open[open.length - 1];
  }

  isCodable(turn) {
    const role = this.session.source.speakers[turn.speaker]?.[1];
    return role === "participant" && this.filters.hears(turn);
  }

  // What this coder has coded: work that others did says nothing of how far one has come.
  coded(index) {
    return this.session.inTurn(index).filter((coding) => this.session.isOwn(coding) && !coding.pending
      && this.session.codes.get(coding.code)?.scheme !== NOTES);
  }

  nextUncoded(step, point) {
    const { turns } = this.session.source;
    const free = (index) => {
      const turn = turns[index];
      if (!this.isCodable(turn)) return [];
      const coded = this.coded(index);
      return turn.pieces("sentence")
        .map(([from, to]) => ({ start: turn.point(from), end: turn.point(to) }))
        .filter((s) => !coded.some((coding) => coding.start < s.end && coding.end > s.start));
    };
    let index = this.session.source.turnAt(point);
    for (; index >= 0 && index < turns.length; index += step) {
      const found = step > 0 ? free(index).find((s) => s.start > point) : free(index).findLast((s) => s.end <= point);
      if (found) return found;
    }
    return null;
  }

  touch(turns) { for (const index of turns) this.words.delete(index); }

  // Words of participants, and how many of them a person has coded.
  progress() {
    let all = 0;
    let coded = 0;
    for (const turn of this.session.source.turns) {
      if (this.session.source.speakers[turn.speaker]?.[1] !== "participant") continue;
      if (!this.words.has(turn.index)) this.words.set(turn.index, this._count(turn));
      const [words, done] = this.words.get(turn.index);
      all += words;
      coded += done;
    }
    return { all, coded };
  }

  _count(turn) {
    const spans = this.coded(turn.index).map((coding) => [turn.unit(coding.start), turn.unit(coding.end)]);
    let words = 0;
    let coded = 0;
    for (const hit of turn.text.matchAll(/[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu)) {
      words += 1;
      if (spans.some(([from, to]) => from <= hit.index && to >= hit.index + hit[0].length)) coded += 1;
    }
    return [words, coded];
  }
}
