// Closes an open drop-down on Escape (the focus returns to its summary) and on a press elsewhere.
(() => {
  "use strict";

  const openDrops = () => document.querySelectorAll("details.drop[open], details.menu[open]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of openDrops()) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", (event) => {
    for (const drop of openDrops()) {
      if (!drop.contains(event.target)) drop.open = false;
    }
  });
})();
