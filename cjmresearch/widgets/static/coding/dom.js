// Small tools for the page. Everything that is shown is put in as text, never as HTML:
// transcripts of strangers are not trusted.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, label);
}

// crypto.randomUUID is there on secure pages only, and many a Lab is reached over plain http.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join("-");
}

function filled(phrase, values = {}) {
  return (phrase ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  if (hours) return `${hours}:${parts.join(":")}`;
  return `${Number(parts[0])}:${parts[1]}`;
}

function shortened(text, longest) {
  const line = text.replace(/\s+/g, " ").trim();
  const letters = [...line.slice(0, longest * 2)];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : line;
}

// Events of a model of the page: whoever shows something listens for what it shows.
class Emitter {
  constructor() { this.listeners = new Map(); }

  on(name, listener) {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name).add(listener);
    return () => this.listeners.get(name).delete(listener);
  }

  emit(name, ...values) {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener(...values);
  }
}
