// The state of one explorer: people, personas, their curves and cards, and acts on their way.

const HELLO_AGAIN = 15000; // ms; a big project takes a while to read

class Session extends Emitter {
  constructor(model) {
    super();
    this.model = model;
    this.words = model.get("words");
    this.settings = model.get("settings");
    this.people = new Map();
    this.personas = [];
    this.views = new Map();
    this.stages = [];
    this.history = [null, null];
    this.look = { state: "idle" };
    this.loaded = false;
    this.outbox = new Outbox(this.settings.outbox, (act) => this.model.send(act));
    this.received = (message) => this._received(message);
    model.on("msg:custom", this.received);
    this._hello();
  }

  close() {
    clearTimeout(this.timer);
    this.outbox.close();
    this.model.off("msg:custom", this.received);
  }

  say(key, values) { return filled(this.words[key] ?? key, values); }

  number(value, digits = 2) {
    const text = Math.abs(value).toFixed(digits);
    const sign = value < 0 && Number(text) !== 0 ? "−" : "";
    return sign + (this.settings.language === "ru" ? text.replace(".", ",") : text);
  }

  signed(value) { return (value > 0 && value.toFixed(2) !== "0.00" ? "+" : "") + this.number(value); }

  get editable() { return this.settings.editable; }

  persona(id) { return this.personas.find((one) => one.id === id); }

  // Ask for everything, until it comes: a kernel that is gone never answers.
  _hello() {
    this.ask("hello");
    this.timer = setTimeout(() => { this.outbox.lost(); this._hello(); }, HELLO_AGAIN);
  }

  refresh() { this.ask("hello"); }

  ask(op, values = {}) {
    try {
      this.model.send({ op, ...values });
    } catch { this.outbox.lost(); }
  }

  act(op, values = {}) {
    const act = this.outbox.push({ op, ...values });
    this.emit("standing");
    return act;
  }

  _received(message) {
    if (message.op === "all") this._load(message);
    else if (message.op === "view") this._viewed(message);
    else if (message.op === "ack") this._acked(message);
    else if (message.op === "refused") this._refused(message);
    else if (message.op === "look") { this.look = message; this.emit("look"); }
    else this.emit(message.op, message);
  }

  _load(all) {
    clearTimeout(this.timer);
    this.goal = all.goal;
    this.stages = all.stages;
    this.offered = all.offered;
    this.warning = all.warning;
    this.machine = all.machine;
    this.people = new Map(all.people.map((one) => [one.id, one]));
    if (all.look) this.look = all.look;
    this.views.clear();
    this.loaded = true;
    this._board(all);
    this.outbox.found();
    this.outbox.go();
    this.emit("loaded");
    this.emit("look");
  }

  _board({ personas, views, history }) {
    this.personas = personas;
    this.history = history;
    const known = new Map();
    if (this.views.has("")) known.set("", this.views.get(""));
    for (const [id, view] of Object.entries(views)) known.set(id, view ?? { ...this.views.get(id), stale: true });
    this.views = known;
  }

  _viewed({ persona, view }) {
    this.views.set(persona, view);
    this.emit("view", persona);
  }

  _acked(answer) {
    const act = this.outbox.answered(answer);
    this._board(answer);
    this.emit("board");
    if (act) this.emit("done", act);
  }

  _refused(answer) {
    const act = this.outbox.answered(answer);
    if (act || !answer.id) this.emit("refused", answer);
  }
}
