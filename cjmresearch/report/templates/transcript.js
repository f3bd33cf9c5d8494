"use strict";
// The page works without this script. With it, a chip and its words light up together, and all
// codes are shown or hidden at once.
(() => {
  const lit = [];
  const light = (event) => {
    for (const element of lit.splice(0)) element.classList.remove("lit");
    const here = event.target.closest?.("[data-n]");
    if (!here) return;
    const numbers = new Set(here.dataset.n.split(" "));
    const turn = here.closest(".turn");
    const near = [turn, turn.previousElementSibling, turn.nextElementSibling];
    for (const element of near.flatMap((t) => [...(t?.querySelectorAll("[data-n]") ?? [])])) {
      if (!element.dataset.n.split(" ").some((number) => numbers.has(number))) continue;
      element.classList.add("lit");
      lit.push(element);
    }
  };
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);

  for (const set of document.querySelectorAll("fieldset[data-all]")) {
    const words = JSON.parse(set.dataset.all);
    for (const [word, checked] of words) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word;
      button.addEventListener("click", () => {
        for (const box of set.querySelectorAll("input")) box.checked = checked;
      });
      set.querySelector("legend").append(" ", button);
    }
  }
})();
