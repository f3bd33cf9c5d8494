// What the person did and the project has not yet kept. One act is under way at a time, so the
// order holds; each has an id, so that one that is sent again is done once. A copy lies in the
// session storage: a reloaded page, or a cell run again, goes on where this one stopped.

const PATIENCE = 4000; // ms until an act without an answer is taken for one that got lost
const AGAIN = 2500; // ms until what failed is tried again

class Outbox extends Emitter {
  constructor(name, send) {
    super();
    this.name = `cjm-outbox:${name}:`;
    this.send = send;
    this.n = 0;
    this.waiting = this._kept();
    this.under_way = null;
    this.state = "saved";
    this.reason = "";
  }

  _kept() {
    try {
      return Object.keys(sessionStorage)
        .filter((key) => key.startsWith(this.name))
        .map((key) => JSON.parse(sessionStorage.getItem(key)))
        .sort((a, b) => a.made - b.made || a.n - b.n);
    } catch {
      return [];
    }
  }

  push(act) {
    const made = { id: uuid(), ...act, n: (this.n += 1), made: Date.now() };
    this.waiting.push(made);
    try {
      sessionStorage.setItem(this.name + made.id, JSON.stringify(made));
    } catch { /* a full or forbidden storage: the page itself still holds the act */ }
    this.go();
    return made;
  }

  go() {
    if (this.under_way || !this.waiting.length) { this._tell(); return; }
    this.under_way = this.waiting[0];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._unanswered(), PATIENCE);
    this._tell();
    this._try();
  }

  _try() {
    try {
      this.send(this.under_way);
    } catch {
      this.lost();
    }
  }

  _unanswered() {
    this.lost();
    if (!this.under_way) return;
    this.timer = setTimeout(() => this._unanswered(), PATIENCE);
    this._try();
  }

  lost() {
    this.cut = true;
    this._tell();
  }

  found() {
    this.cut = false;
    this._tell();
  }

  // An answer: what was done leaves, what can be tried again stays.
  answered({ id, op, reason, retry }) {
    this.cut = false;
    const act = this.waiting.find((one) => one.id === id);
    if (!act) { this._tell(); return null; }
    if (this.under_way?.id === id) {
      this.under_way = null;
      clearTimeout(this.timer);
    }
    if (op === "refused" && retry) {
      this.reason = reason;
      this.failing = true;
      this.timer = setTimeout(() => this.go(), AGAIN);
      this._tell();
      return null;
    }
    this.failing = false;
    this.waiting = this.waiting.filter((one) => one !== act);
    try {
      sessionStorage.removeItem(this.name + id);
    } catch { /* as above */ }
    this.go();
    return act;
  }

  again() {
    if (this.under_way) this._try();
    else { clearTimeout(this.timer); this.go(); }
  }

  _tell() {
    const state = this.cut ? "offline"
      : this.failing ? "failed" : this.waiting.length ? "unsaved" : "saved";
    this.state = state;
    this.emit("state", state);
  }

  close() { clearTimeout(this.timer); }
}
