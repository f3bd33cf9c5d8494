// Keys act only while the focus is in the widget, and what the notebook needs passes on.
// A key is known by what it writes, then by where it lies: with a Russian layout "d" writes "в".

const HISTORY = { z: "undo", y: "redo" };
const MOVES = {
  ArrowRight: ["word", 1], ArrowLeft: ["word", -1], ArrowDown: ["sentence", 1],
  ArrowUp: ["sentence", -1], PageDown: ["turn", 1], PageUp: ["turn", -1],
};
const SIGNS = { Equal: "=", Minus: "-", BracketLeft: "[", BracketRight: "]", Slash: "/",
  NumpadAdd: "=", NumpadSubtract: "-" };
const HELP = [
  ["help_select", [["← →", "key_word"], ["↑ ↓", "key_sentence"], ["PgUp PgDn", "key_turn"],
    ["Home End", "key_ends"], ["⇧ ←→↑↓", "key_extend"], ["␣", "key_widen"]]],
  ["help_code", [["1 q z …", "key_code"], ["Enter", "key_name"], ["⇧I", "in_vivo"], ["⇧M", "memo"],
    ["Ctrl Z", "undo"], ["Ctrl ⇧Z", "redo"]]],
  ["help_coding", [["⇧R", "recode"], ["⇧E", "resize"], ["⇧S", "split"], ["Del", "delete"]]],
  ["help_suggested", [["[  ]", "key_suggestion"], ["=", "accept"], ["−", "reject"],
    ["1 q z …", "as_other"], ["{  }", "key_uncoded"]]],
  ["help_move", [["/", "find"], ["F3  ⇧F3", "key_hits"], [",  .", "key_here"], ["F2", "edit_code"],
    ["?", "help"], ["Esc", "key_escape"]]],
];

function isTyped(event) {
  return event.composedPath()[0].matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

class Keys {
  constructor(root, commands) {
    this.commands = commands;
    root.addEventListener("keydown", (event) => this.pressed(event));
    for (const name of ["keyup", "keypress"]) {
      root.addEventListener(name, (event) => { if (!this.passes(event)) event.stopPropagation(); });
    }
  }

  passes(event) {
    return event.ctrlKey || event.metaKey || event.altKey
      || event.key === "Escape" || event.key === "Tab";
  }

  pressed(event) {
    const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.slice(3).toLowerCase();
    const back = (event.ctrlKey || event.metaKey) && !event.altKey ? HISTORY[letter] : undefined;
    if (back) {
      event.stopPropagation(); // in a field undo is the field's own, and never the notebook's
      if (isTyped(event)) return;
      event.preventDefault();
      this.commands[back === "undo" && event.shiftKey ? "redo" : back]();
      return;
    }
    if (event.key === "Escape" && !event.defaultPrevented) this.commands.escape();
    // Ctrl+Enter and Alt+Enter would run the cell again, and the workbench would begin anew.
    if (this.passes(event) && event.key !== "Enter") return;
    event.stopPropagation();
    if (this.passes(event)) return;
    if (event.defaultPrevented || isTyped(event) || event.isComposing) return;
    const onButton = event.composedPath()[0].matches?.("button, summary, [type=checkbox]");
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    if (this.commands.key(event)) event.preventDefault();
  }
}

// Letters under which a key may be meant: what it writes, and what an English layout would.
function lettersOf(event) {
  const letters = [event.key.length === 1 ? event.key.toLowerCase() : ""];
  const plain = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  if (plain) letters.push((plain[1] ?? plain[2]).toLowerCase());
  return letters.filter(Boolean);
}

function helpSheet(session) {
  const groups = HELP.map(([title, rows]) => element("section", {},
    element("h4", {}, session.say(title)),
    element("dl", {}, ...rows.flatMap(([keys, name]) => [
      element("dt", {}, ...keys.split(/\s{2}/).map((key) => element("kbd", {}, key))),
      element("dd", {}, session.say(name)),
    ]))));
  const sheet = element("dialog", { class: "cjm-dialog cjm-help", "aria-label": session.say("help") },
    element("form", { method: "dialog" }, element("h3", {}, session.say("help")),
      element("div", { class: "cjm-help-groups" }, ...groups),
      element("button", { class: "cjm-main" }, session.say("close"))));
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  return sheet;
}
