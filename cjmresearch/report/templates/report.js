"use strict";
// Without this script the page works by plain links; with it a panel opens in place and closes
// with Escape or a click beside it, and print shows what is folded.
(() => {
  const canPop = "showPopover" in HTMLElement.prototype;
  // A link in a picture has no `hash`, hence the attribute.
  const target = (link) => document.getElementById(link.getAttribute("href").slice(1));
  const reveal = (element) => {
    for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
  };
  let opener = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const goal = target(link);
    if (!goal) return;
    const panel = link.closest(".panel");
    if (canPop && goal.matches(".panel")) {
      event.preventDefault();
      if (panel && panel !== goal) panel.hidePopover();
      else opener = link;
      if (!goal.matches(":popover-open")) goal.showPopover();
      goal.scrollTop = 0;
      goal.focus();
      return;
    }
    if (canPop && panel?.matches(":popover-open")) {
      panel.hidePopover();
      if (link.matches(".close") && opener) {
        event.preventDefault();
        opener.focus();
        return;
      }
    }
    reveal(goal);
  });

  const folded = [];
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("main details:not([open])")) {
      folded.push(box);
      box.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const box of folded.splice(0)) box.open = false;
  });
})();
