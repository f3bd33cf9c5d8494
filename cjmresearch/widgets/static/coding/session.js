// The state behind all views of one widget: the source, codes, codings, and acts on their way.

const SESSIONS = new Map();

// Views of one widget share one session, so that an act is sent once and seen in all of them.
function sessionOf(model) {
  const name = model.get("settings").session;
  if (!SESSIONS.has(name)) SESSIONS.set(name, new Session(model));
  const session = SESSIONS.get(name);
  session.views += 1;
  return session;
}

class Session extends Emitter {
  constructor(model) {
    super();
    this.model = model;
    this.views = 0;
    this.settings = model.get("settings");
    this.words = model.get("words");
    this.load(model.get("page"));
    const name = [this.settings.project, this.source.id, this.settings.coder].join("|");
    this.outbox = new Outbox(name, (act) => this.model.send({ ...act, seq: this.seq }));
    for (const act of this.outbox.waiting) this._draft(act);
    this.received = (message) => this._received(message);
    this.reloaded = () => this.reload(this.model.get("page"));
    this.probing = () => this.probe();
    model.on("msg:custom", this.received);
    model.on("change:page", this.reloaded);
    model.on("comm_live_update", this.probing);
    for (const name of ["online", "focus"]) window.addEventListener(name, this.probing);
    // The kernel takes the first message of a widget in the thread of the cells, later ones beside
    // it: this one is sent at once, so that an act need not wait until a running cell ends.
    this.probe();
    this.outbox.go();
  }

  leave() {
    this.views -= 1;
    if (this.views > 0) return;
    this.outbox.close();
    this.model.off("msg:custom", this.received);
    this.model.off("change:page", this.reloaded);
    this.model.off("comm_live_update", this.probing);
    for (const name of ["online", "focus"]) window.removeEventListener(name, this.probing);
    clearTimeout(this.probe_timer);
    SESSIONS.delete(this.settings.session);
  }

  say(key, values) { return filled(this.words[key] ?? key, values); }

  // -- what is there -----------------------------------------------------------------------------

  load(page) {
    this.source = new Source(page.source);
    this.codes = new Map(page.codes.map((code) => [code.id, code]));
    this.codings = new Map();
    this.byTurn = this.source.turns.map(() => new Set());
    this.decided = new Map(); // suggestion -> this coder's decision on it
    this.busy = new Map(); // coding -> how many acts on it are on their way
    for (const coding of page.codings) this._put(coding);
    this.history = page.history;
    this.blind = page.blind;
    this.assisted = page.assisted;
    this.ranks = page.ranks ?? {}; // place of a suggestion in the order of usefulness
    this.seq = page.seq;
  }

  reload(page) {
    this.load(page);
    for (const act of this.outbox.waiting) this._draft(act);
    this.emit("reload");
  }

  _put(coding) {
    this.codings.set(coding.id, coding);
    const turns = this.source.turnsOf(coding);
    for (const turn of turns) this.byTurn[turn].add(coding.id);
    if (coding.of && coding.coder === this.settings.coder) {
      this.decided.set(coding.of, coding.id);
      return [...turns, ...this._turnsOf(coding.of)];
    }
    return turns;
  }

  _remove(id) {
    const coding = this.codings.get(id);
    if (!coding) return [];
    const turns = this.source.turnsOf(coding);
    for (const turn of turns) this.byTurn[turn].delete(id);
    this.codings.delete(id);
    if (coding.of && this.decided.get(coding.of) === id) {
      this.decided.delete(coding.of);
      return [...turns, ...this._turnsOf(coding.of)];
    }
    return turns;
  }

  _turnsOf(id) {
    const coding = this.codings.get(id);
    return coding ? this.source.turnsOf(coding) : [];
  }

  // A suggestion waits until this coder has decided it, or has coded so what it suggests.
  isOpen(coding) {
    if (coding.status !== "suggested" || this.decided.has(coding.id)) return false;
    for (const turn of this.source.turnsOf(coding)) {
      for (const id of this.byTurn[turn]) {
        const other = this.codings.get(id);
        if (other.code === coding.code && this.isOwn(other) && other.status !== "rejected"
          && other.start < coding.end && other.end > coding.start) return false;
      }
    }
    return true;
  }

  isShown(coding) {
    return coding.status === "suggested" ? this.isOpen(coding) : coding.status !== "rejected";
  }

  isOwn(coding) { return coding.coder === this.settings.coder && coding.status !== "suggested"; }

  // Codings of people in a turn, and suggestions that wait.
  inTurn(turn) {
    return [...this.byTurn[turn]].map((id) => this.codings.get(id)).filter((c) => this.isShown(c));
  }

  codeBySlug(slug) { return [...this.codes.values()].find((code) => code.slug === slug); }

  nameOf(code) {
    return code ? code[this.settings.language === "en" ? "name_en" : "name_ru"] : "?";
  }

  quoteOf(coding) { return this.source.slice(coding.start, coding.end); }

  // -- acts --------------------------------------------------------------------------------------

  act(op, values = {}) {
    const act = this.outbox.push({ op, ...values });
    this.emit("turns", new Set(this._draft(act)));
    return act;
  }

  // What an act on its way shows meanwhile: never as saved.
  _draft(act) {
    // An act whose answer got lost with the kernel may be done already: then its coding is there.
    const isThere = this.codings.has(act.id) && !this.codings.get(act.id).pending;
    if (act.op === "code" && !isThere) {
      const { id, start, end, memo } = act;
      const code = this.codeBySlug(act.code)?.id ?? act.code;
      const coder = this.settings.coder;
      return this._put({ id, start, end, code, memo, coder, status: "human", pending: true });
    }
    const meant = isThere ? act.id : act.coding;
    if (!meant) return [];
    this.busy.set(meant, (this.busy.get(meant) ?? 0) + 1);
    return this._turnsOf(meant);
  }

  _undraft(act) {
    if (this.codings.get(act.id)?.pending) return this._remove(act.id);
    const meant = act.op === "code" ? act.id : act.coding;
    if (!meant) return [];
    const left = (this.busy.get(meant) ?? 1) - 1;
    if (left > 0) this.busy.set(meant, left); else this.busy.delete(meant);
    return this._turnsOf(meant);
  }

  isPending(coding) { return coding.pending === true || this.busy.has(coding.id); }

  // -- messages ----------------------------------------------------------------------------------

  // Ask whether anybody is there; asked again until there is, since nothing can be saved meanwhile.
  // Without a cause nothing is asked: a kernel that nobody uses may then be put to sleep.
  probe() {
    clearTimeout(this.probe_timer);
    this.probe_timer = setTimeout(() => { this.outbox.lost(); this.probe(); }, PATIENCE);
    try {
      this.model.send({ op: "hello", n: 0, seq: this.seq });
    } catch {
      this.outbox.lost();
    }
  }

  _received(message) {
    clearTimeout(this.probe_timer);
    if (message.op === "hello") this.outbox.found();
    const act = message.op === "ack" || message.op === "refused"
      ? this.outbox.answered(message) : null;
    const touched = new Set(act ? this._undraft(act) : []);
    if (message.page) this.reload(message.page);
    if (message.ranks) this.ranks = message.ranks;
    if (message.assisted) this.assisted = message.assisted;
    if (message.assisted || message.ranks) this.emit("assisted");
    const codes = this._apply(message.changes ?? [], touched);
    if (message.history) this.history = message.history;
    // An answer to another page of this widget may leave out what this one has not seen.
    if (message.since > this.seq) this.probe();
    else if (message.seq) this.seq = message.seq;
    this.emit("turns", touched);
    if (codes) this.emit("codes");
    if (message.history) this.emit("history");
    if (act) this.emit("done", act, message);
  }

  _apply(changes, touched) {
    const touch = (turns) => turns.forEach((turn) => touched.add(turn));
    let codes = false;
    for (const { table, op, row } of changes) {
      if (table === "codes") {
        codes = true;
        if (op === "delete") this.codes.delete(row.id);
        else this.codes.set(row.id, { ...this.codes.get(row.id), ...row });
        continue;
      }
      const before = this.codings.get(row.id);
      touch(this._remove(row.id));
      if (op === "delete" || (op === "update" && !before)) continue;
      const { pending, ...kept } = before ?? {};
      touch(this._put({ ...kept, ...row }));
    }
    return codes;
  }
}
