// Keys act only while the focus is in the widget, and what the notebook needs passes on.
// A key is known by what it writes, then by where it lies: with a Russian layout "d" writes "в".

const HISTORY = { KeyZ: "undo", KeyY: "redo" };
const PLAIN = /^(Key[A-Z]|Digit\d)$/;

function typed(event) {
  return event.target.matches?.("input, textarea, select, [contenteditable]");
}

class Keys {
  constructor(root, commands) {
    this.commands = commands;
    root.addEventListener("keydown", (event) => this.pressed(event));
    root.addEventListener("keyup", (event) => { if (!this.passes(event)) event.stopPropagation(); });
    root.addEventListener("keypress", (event) => event.stopPropagation());
  }

  passes(event) {
    return event.ctrlKey || event.metaKey || event.altKey
      || event.key === "Escape" || event.key === "Tab";
  }

  pressed(event) {
    const back = (event.ctrlKey || event.metaKey) && !event.altKey ? HISTORY[event.code] : undefined;
    if (back && !typed(event)) {
      event.preventDefault();
      event.stopPropagation();
      this.commands[back === "undo" && event.shiftKey ? "redo" : back]();
      return;
    }
    if (event.key === "Escape" && !event.defaultPrevented) this.commands.escape?.(event);
    if (this.passes(event)) {
      if (back) event.stopPropagation(); // in a field it is the field's own, not the notebook's
      return;
    }
    event.stopPropagation();
    if (typed(event) || event.isComposing) return;
    if (this.commands.key(event)) event.preventDefault();
  }
}

// Letters and digits under which a key may be meant: what it writes, and what an English one would.
function lettersOf(event) {
  const letters = [event.key.length === 1 ? event.key.toLowerCase() : ""];
  if (PLAIN.test(event.code)) letters.push(event.code.slice(-1).toLowerCase());
  return letters.filter(Boolean);
}
