// What a passage is coded as and by whom, when the mouse rests on it.

const REST = 220; // ms

class Tip {
  constructor(session, colours, root) {
    Object.assign(this, { session, colours, root });
    this.box = element("div", { class: "cjm-tip", role: "tooltip", hidden: true });
    root.addEventListener("pointerover", (event) => this.over(event));
    root.addEventListener("pointerdown", () => this.hide());
    root.addEventListener("scroll", () => this.hide(), true);
    root.addEventListener("pointerleave", () => this.hide());
  }

  over(event) {
    const place = event.target.closest?.(".cjm-mark, .cjm-chip");
    if (place === this.place) return;
    this.hide();
    this.place = place;
    if (!place) return;
    const ids = (place.dataset.codings ?? "").split(" ");
    this.light(ids);
    this.timer = setTimeout(() => this.show(ids, event), REST);
  }

  light(ids) {
    for (const id of ids.slice(0, 8)) {
      for (const one of this.root.querySelectorAll(`.cjm-transcript [data-codings~="${CSS.escape(id)}"]`)) {
        one.classList.add("cjm-lit");
      }
    }
  }

  hide() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    if (this.place) for (const one of this.root.querySelectorAll(".cjm-lit")) one.classList.remove("cjm-lit");
    this.place = null;
  }

  show(ids, event) {
    const { session } = this;
    const lines = ids.map((id) => session.codings.get(id)).filter(Boolean).slice(0, 6).map((coding) => {
      const swatch = element("i", { class: "cjm-swatch" });
      swatch.style.setProperty("--cjm-colour", this.colours.of(coding.code));
      const sure = coding.status === "suggested" && typeof coding.confidence === "number"
        ? ` ${Math.round(coding.confidence * 100)} %` : "";
      const told = session.isPending(coding) ? session.say("pending")
        : coding.status === "suggested" ? session.say("status_suggested") + sure : "";
      return element("div", { class: "cjm-tip-line" }, swatch,
        element("b", {}, session.nameOf(session.codes.get(coding.code))),
        element("span", { class: "cjm-by" }, [coding.coder, told].filter(Boolean).join(" · ")),
        element("q", {}, shortened(session.quoteOf(coding), 90)),
        coding.memo && coding.status !== "suggested"
          ? element("span", { class: "cjm-memo" }, shortened(coding.memo, 120)) : null);
    });
    if (!lines.length) return;
    this.box.replaceChildren(...lines);
    this.box.hidden = false;
    const frame = this.root.getBoundingClientRect();
    const box = this.box.getBoundingClientRect();
    const left = Math.min(event.clientX - frame.left + 10, frame.width - box.width - 8);
    const below = event.clientY - frame.top + 18;
    const top = below + box.height > frame.height ? event.clientY - frame.top - box.height - 12 : below;
    this.box.style.transform = `translate(${Math.max(left, 4)}px, ${Math.max(top, 4)}px)`;
  }
}
