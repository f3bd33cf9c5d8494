// The state of one table: answers, codes, what is coded, and acts on their way.

const HELLO_AGAIN = 15000; // ms; a hundred thousand answers take a while

class Session extends Emitter {
  constructor(model) {
    super();
    this.model = model;
    this.words = model.get("words");
    this.settings = model.get("settings");
    this.texts = [];
    this.counts = [];
    this.marks = new Map();
    this.codes = new Map();
    this.useful = [];
    this.keys = new Map();
    this.progress = { coded: 0, of: 0, people: 0 };
    this.history = [null, null];
    this.groups = null;
    this.busy = new Map(); // row -> acts on their way
    this.outbox = new Outbox(this.settings.outbox, (act) => this.model.send(act));
    this.received = (message, buffers) => this._received(message, buffers);
    model.on("msg:custom", this.received);
    this._hello();
  }

  close() {
    clearTimeout(this.timer);
    this.outbox.close();
    this.model.off("msg:custom", this.received);
  }

  say(key, values) { return filled(this.words[key] ?? key, values); }

  // Ask for everything, until it comes: a kernel that is gone never answers.
  _hello() {
    try {
      this.model.send({ op: "hello" });
    } catch { /* told below */ }
    this.timer = setTimeout(() => { this.outbox.lost(); this._hello(); }, HELLO_AGAIN);
  }

  _received(message, buffers) {
    if (message.op === "all") this._load(JSON.parse(new TextDecoder().decode(buffers[0])));
    else if (!this.texts.length) return; // what comes before everything has come is in it
    else if (message.op === "groups") this._grouped(message.groups);
    else if (message.op === "notice") this.emit("notice", message.text);
    else if (message.op === "changes") this._news(message);
    else if (message.op === "ack" || message.op === "refused") this._answered(message);
  }

  _load(all) {
    clearTimeout(this.timer);
    const first = !this.texts.length;
    this.question = all.question;
    this.version = all.version;
    this.texts = all.texts;
    this.counts = all.counts;
    this.first = all.first;
    this.lower = null;
    this.lengths = null;
    this.marks = new Map(Object.entries(all.marks).map(([row, marks]) => [Number(row), marks]));
    this.useful = all.useful;
    this.progress = all.progress;
    this.history = all.history;
    this.codes = new Map(all.codes.map((code) => [code.id, code]));
    this._keys();
    this.groups = null;
    if (all.groups) this._take(all.groups);
    this.busy.clear();
    for (const act of this.outbox.waiting) this._begin(act);
    this.emit("codes");
    this.emit("standing");
    this.outbox.found();
    this.outbox.go();
    this.emit("loaded", first);
    this.emit("notice", all.notice);
  }

  _codes(codes) {
    this.codes = new Map(codes.map((code) => [code.id, code]));
    this.emit("codes");
  }

  _standing({ progress, history }) {
    this.progress = progress;
    this.history = history;
    this.emit("standing");
  }

  _take(groups) {
    this.groups = groups.failed ? null : groups;
    this.groupless = groups.failed ?? "";
  }

  _grouped(groups) {
    this._take(groups);
    this.emit("groups");
  }

  _news(news) {
    if (news.reload) { this._hello(); return; }
    if (news.codes) this._codes(news.codes);
    if (news.useful) this.useful = news.useful;
    const rows = [];
    for (const [name, marks] of Object.entries(news.marks ?? {})) {
      const row = Number(name);
      if (marks.length) this.marks.set(row, marks);
      else this.marks.delete(row);
      rows.push(row);
    }
    this._standing(news);
    if (rows.length) this.emit("rows", rows);
  }

  // -- keys of codes: the code's own, else digits for the codes most used in this question ---------

  _keys() {
    this.keys = new Map();
    for (const code of this.codes.values()) if (code.key) this._key(code.key.toLowerCase(), code.id);
    const used = [...this.usage()].sort((a, b) => b[1] - a[1]);
    for (const [code] of used) this.keyFor(code);
  }

  _key(key, id) {
    if (!this.keys.has(key)) this.keys.set(key, id);
  }

  keyOf(id) {
    for (const [key, code] of this.keys) if (code === id) return key;
    return "";
  }

  // A code that is used gets the next free digit, and keeps it.
  keyFor(id) {
    if (!this.codes.has(id) || this.keyOf(id)) return;
    const free = [..."1234567890"].find((digit) => !this.keys.has(digit));
    if (free) this.keys.set(free, id);
  }

  // Answers that this coder gave each code.
  usage() {
    const found = new Map();
    for (const marks of this.marks.values()) {
      for (const { code, n = 0, part = 0 } of marks) {
        if (n || part) found.set(code, (found.get(code) ?? 0) + n + part);
      }
    }
    return found;
  }

  // Rows with a suggestion of each code.
  asked() {
    const found = new Map();
    for (const marks of this.marks.values()) {
      for (const { code, s } of marks) if (s) found.set(code, (found.get(code) ?? 0) + 1);
    }
    return found;
  }

  // -- what a row says -------------------------------------------------------------------------------

  // Marks of a row as they are to be painted: what is on its way is told from what is saved.
  painted(row) {
    const acts = this.busy.get(row) ?? [];
    if (!acts.length) return this.marks.get(row) ?? [];
    const marks = (this.marks.get(row) ?? []).map((mark) => ({ ...mark }));
    for (const act of acts) this._paint(marks, act, row);
    return marks;
  }

  _paint(marks, act, row) {
    const code = act.code ?? act.slug;
    if (act.op === "code") {
      const known = marks.find((mark) => mark.code === code);
      if (known) { known.pending = true; known.n = this.counts[row]; delete known.s; return; }
      marks.push({ code, name: act.name, n: this.counts[row], pending: true });
    } else if (act.op === "uncode") {
      for (const mark of marks) if (mark.code === code) mark.pending = true;
    } else if (act.op === "accept" || act.op === "reject") {
      const asked = marks.filter((mark) => mark.s && (!act.code || mark.code === act.code));
      const best = act.code ? asked : [bestOf(asked)].filter(Boolean);
      for (const mark of best) mark.pending = true;
    }
  }

  isCoded(row) { return (this.marks.get(row) ?? []).some((mark) => mark.n || mark.part); }

  isAsked(row) { return (this.marks.get(row) ?? []).some((mark) => mark.s); }

  has(row, code) {
    const mark = (this.marks.get(row) ?? []).find((one) => one.code === code);
    return Boolean(mark && (mark.n ?? 0) >= this.counts[row]);
  }

  // -- acts ------------------------------------------------------------------------------------------

  act(op, values = {}) {
    const act = this.outbox.push({ op, version: this.version, ...values });
    this._begin(act);
    this.emit("rows", act.rows ?? []);
    this.emit("standing");
  }

  _begin(act) {
    for (const row of act.rows ?? []) this.busy.set(row, [...(this.busy.get(row) ?? []), act]);
  }

  _end(act) {
    for (const row of act.rows ?? []) {
      const left = (this.busy.get(row) ?? []).filter((one) => one.id !== act.id);
      if (left.length) this.busy.set(row, left);
      else this.busy.delete(row);
    }
  }

  _answered(answer) {
    const act = this.outbox.answered(answer);
    if (answer.op === "ack") this._news(answer);
    if (!act) return;
    this._end(act);
    if (act.op === "code" && answer.op === "ack") {
      const mark = act.code ?? [...this.codes.values()].find((one) => one.name === act.name)?.id;
      if (mark) this.keyFor(mark);
      this.emit("codes");
    }
    this.emit("rows", act.rows ?? []);
    this.emit("done", act, answer);
  }
}

function bestOf(marks) {
  return marks.reduce((best, mark) => (!best || (mark.p ?? 0.5) > (best.p ?? 0.5) ? mark : best), null);
}
