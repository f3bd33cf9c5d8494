// Search in the text, the next and the previous hit. "ё" and "е" are one letter to it.

class Find {
  constructor(session, selection, transcript) {
    Object.assign(this, { session, selection, transcript });
    this.hits = [];
    this.at = -1;
    this.input = element("input", {
      type: "search", class: "cjm-find", placeholder: session.say("find"), "aria-label": session.say("find"),
      spellcheck: "false", oninput: () => this.search(), onkeydown: (event) => this.key(event),
    });
    this.count = element("span", { class: "cjm-hits", role: "status" });
    const step = (by, sign, name) => button(sign, () => this.go(by), {
      class: "cjm-quiet", title: session.say(name), "aria-label": session.say(name),
    });
    this.box = element("div", { class: "cjm-search" }, this.input, this.count,
      step(-1, "↑", "previous"), step(1, "↓", "next"));
  }

  key(event) {
    if (event.key === "Enter") { this.go(event.shiftKey ? -1 : 1); event.preventDefault(); }
    if (event.key === "Escape") { this.input.value = ""; this.search(); this.transcript.list.focus(); }
  }

  search() {
    const wanted = this.input.value.trim();
    this.hits = [];
    this.at = -1;
    if (wanted) {
      const safe = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[её]/gi, "[её]").replace(/\s+/g, "\\s+");
      const pattern = new RegExp(safe, "giu");
      for (const turn of this.session.source.turns) {
        for (const hit of turn.text.matchAll(pattern)) {
          this.hits.push({ start: turn.point(hit.index), end: turn.point(hit.index + hit[0].length) });
        }
      }
    }
    this.tell();
  }

  go(by) {
    if (!this.hits.length) return;
    const here = this.selection.span?.start ?? -1;
    if (this.at < 0) {
      const next = this.hits.findIndex((hit) => hit.start >= here);
      this.at = by > 0 ? Math.max(next, 0) : (next > 0 ? next - 1 : this.hits.length - 1);
    } else this.at = (this.at + by + this.hits.length) % this.hits.length;
    const hit = this.hits[this.at];
    this.transcript.show(hit.start, { middle: true });
    this.selection.set(hit.start, hit.end);
    this.tell();
  }

  tell() {
    const n = this.hits.length;
    this.count.textContent = !this.input.value.trim() ? ""
      : this.at < 0 ? String(n) : `${this.at + 1} / ${n}`;
    this.count.classList.toggle("cjm-none", Boolean(this.input.value.trim()) && !n);
  }
}
