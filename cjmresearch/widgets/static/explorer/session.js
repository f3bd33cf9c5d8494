// What the page holds: the parts that the kernel told, requests under way, edits on their way.
// The kernel is the only one that computes; the page draws what it is told.

const SLOW = 300; // ms after which it is said that something is being computed
const SILENT = 5000; // ms without a word from the kernel until it is taken for gone
const ASK_AGAIN = 4000; // ms between questions whether anybody is there
const AT_FIRST = 30000; // ms for the first: the cells below may still be running

class Session extends Emitter {
  constructor(model) {
    super();
    this.model = model;
    this.words = model.get("words");
    this.settings = model.get("settings");
    this.parts = { ...model.get("page") };
    this.drafts = new Map(); // what is typed and not yet given
    this.asked = 0;
    this.outbox = new Outbox(this.settings.outbox, (act) => this.model.send(act));
    this.received = (message) => this._received(message);
    this.live = () => this.probe(); // the kernel has restarted, or is back
    model.on("msg:custom", this.received);
    model.on("comm_live_update", this.live);
    this.probe(AT_FIRST);
    this.outbox.go();
  }

  close() {
    for (const timer of [this.slow, this.silent, this.again]) clearTimeout(timer);
    this.outbox.close();
    this.model.off("msg:custom", this.received);
    this.model.off("comm_live_update", this.live);
  }

  say(key, values) { return filled(this.words[key] ?? key, values); }

  get edits() { return this.settings.edits; }

  // -- asking for a view ---------------------------------------------------------------------------

  ask(op, values = {}) {
    const n = (this.asked += 1);
    clearTimeout(this.slow);
    this.slow = setTimeout(() => this.emit("busy", true), SLOW);
    this._listen();
    this._send({ op, n, ...values });
  }

  choose(values) { this.ask("choose", { values }); }

  pick(key, side = 0) { this.ask("pick", { key, side }); }

  // Ask for everything until somebody answers: a kernel that is gone never does.
  probe(patience = ASK_AGAIN) {
    clearTimeout(this.again);
    this.again = setTimeout(() => { this.outbox.lost(); this.probe(); }, patience);
    this._send({ op: "hello", n: this.asked });
  }

  _send(message) {
    try {
      this.model.send(message);
    } catch {
      this.outbox.lost();
    }
  }

  _listen() {
    clearTimeout(this.silent);
    this.silent = setTimeout(() => { this.outbox.lost(); this.probe(); }, SILENT);
  }

  _received(message) {
    clearTimeout(this.silent);
    clearTimeout(this.again);
    if (this.outbox.cut) this.outbox.found();
    if (message.op === "working") return;
    if (message.id) { this._answered(message); return; }
    // An answer to an earlier request: the choices of a later one are on their way.
    const late = typeof message.n === "number" && message.n < this.asked;
    if (!late) { clearTimeout(this.slow); this.emit("busy", false); }
    if (message.op === "refused") { this.emit("refused", this.say("refused", message)); this.emit("part:controls"); return; }
    const { controls, ...rest } = message.parts ?? {};
    this._take(late ? rest : message.parts ?? {});
  }

  _take(parts) {
    Object.assign(this.parts, parts);
    for (const name of Object.keys(parts)) this.emit(`part:${name}`);
    if (Object.keys(parts).length) this.emit("parts", new Set(Object.keys(parts)));
  }

  // -- edits ---------------------------------------------------------------------------------------

  act(op, values = {}) {
    this.outbox.push({ op, ...values });
    this.emit("edits");
  }

  // What an edit on its way says of a field; undefined where there is none.
  typed(item, field) {
    const acts = this.outbox.waiting.filter((act) => act.op === "change" && act.item === item && act.field === field);
    return acts.at(-1)?.value;
  }

  isGoing(item) { return this.outbox.waiting.some((act) => act.op === "delete" && act.item === item); }

  get coming() { return this.outbox.waiting.filter((act) => act.op === "add"); }

  _answered(answer) {
    const act = this.outbox.answered(answer);
    this._take(answer.parts ?? {});
    if (!act) return;
    this.emit("edits");
    if (answer.op === "refused") this.emit("refused", this._refusal(act, answer));
    else this.emit("done", act);
  }

  // What was typed is given back: nobody has to remember it.
  _refusal(act, { reason }) {
    const text = act.text ?? act.value ?? "";
    return this.say(text ? "refused_edit" : "refused", { reason, text });
  }

  // -- small questions -----------------------------------------------------------------------------

  get set() { return this.parts.controls.set; }

  get isComparing() { return this.set.against !== null; }

  get sides() { return this.parts.head.sides; }

  item(id) { return this.parts.plan.items.find((item) => item.id === id); }
}

function sameKey(a, b) {
  return Boolean(a && b) && a.length === b.length && a.every((part, i) => part === b[i]);
}
