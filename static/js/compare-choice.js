// Keeps what is ticked on a leaderboard while its filters and pages change, and stops at the most that is compared.
// Without it the ticks of the page that is shown are compared.
(() => {
  "use strict";

  const KEY = `compare:${location.pathname}`;
  const chosen = new Set(JSON.parse(sessionStorage.getItem(KEY) || "[]"));

  const form = () => document.querySelector("form[data-compare-most]");
  const boxes = () => [...document.querySelectorAll("input.pick")];

  const say = (most) => {
    const said = document.querySelector("[data-compare-said]");
    if (!said) return;
    const left = most - chosen.size;
    said.textContent = chosen.size === 0 ? `Tick 2 to ${most} results.`
      : `${chosen.size} chosen${left === 0 ? ", no more can be compared" : ""}.`;
  };

  const draw = () => {
    const own = form();
    if (!own) return;
    const most = Number(own.dataset.compareMost);
    const shown = new Set();
    for (const box of boxes()) {
      shown.add(box.value);
      box.checked = chosen.has(box.value);
      box.disabled = !box.checked && chosen.size >= most;
    }
    // What was ticked on another page of the table goes with the form all the same.
    own.replaceChildren(...[...chosen].filter((id) => !shown.has(id)).map((id) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "run", value: id });
      return field;
    }));
    say(most);
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input.pick")) return;
    if (event.target.checked) chosen.add(event.target.value);
    else chosen.delete(event.target.value);
    sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
    draw();
  });

  document.addEventListener("htmx:afterSettle", draw);
  window.addEventListener("pageshow", draw);
  draw();
})();
