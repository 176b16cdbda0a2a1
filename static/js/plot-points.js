// The marks of a drawn plot can be walked with the arrow keys and pointed at: the mark is ringed, and a line below the
// plot says what it is, how it stands, and leads to its result.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const HINT = "Point at a mark, or walk the marks with the arrow keys; Enter opens the result.";

  const visibleDrawing = (still) => [...still.querySelectorAll("svg")].find((svg) => svg.getClientRects().length);

  const ring = (still, key) => {
    still.querySelectorAll(".walk-ring").forEach((old) => old.remove());
    const drawing = visibleDrawing(still);
    const mark = key && drawing && drawing.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!mark) return;
    const box = mark.getBBox();
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", "walk-ring");
    circle.setAttribute("cx", box.x + box.width / 2);
    circle.setAttribute("cy", box.y + box.height / 2);
    circle.setAttribute("r", Math.max(box.width, box.height) / 2 + 5);
    drawing.append(circle);
  };

  const describe = (said, point, place, count) => {
    const link = document.createElement("a");
    link.href = point.url;
    link.textContent = "Result and evidence";
    said.replaceChildren(`${point.title}. ${point.words} `, link, place === null ? "" : ` (${place + 1} of ${count})`);
  };

  const walk = (figure) => {
    const still = figure.querySelector("[data-plot-still]");
    const said = figure.querySelector("[data-plot-said]");
    const numbers = figure.querySelector('script[type="application/json"]');
    if (!still || !said || !numbers || still.tabIndex === 0) return;
    const points = JSON.parse(numbers.textContent).points;
    const byKey = new Map(points.map((point) => [point.key, point]));
    const across = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
    const upwards = [...points].sort((a, b) => a.y - b.y || a.x - b.x);
    let current = null;

    const show = (point, order) => {
      current = point;
      ring(still, point.key);
      describe(said, point, order ? order.indexOf(point) : null, points.length);
    };
    const step = (order, by) => {
      const next = current === null ? (by > 0 ? 0 : order.length - 1) : order.indexOf(current) + by;
      show(order[Math.min(order.length - 1, Math.max(0, next))], order);
    };
    const keys = {
      ArrowRight: () => step(across, 1), ArrowLeft: () => step(across, -1),
      ArrowUp: () => step(upwards, 1), ArrowDown: () => step(upwards, -1),
      Home: () => show(across[0], across), End: () => show(across[across.length - 1], across),
      Enter: () => { if (current) location.assign(current.url); },
      Escape: () => { current = null; ring(still, null); said.textContent = HINT; },
    };
    const pointed = (event) => byKey.get(event.target.closest("[data-key]")?.dataset.key);

    still.tabIndex = 0;
    still.setAttribute("role", "application");
    still.setAttribute("aria-label", `Plot of ${points.length} results. ${HINT}`);
    said.textContent = HINT;
    still.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    still.addEventListener("pointerover", (event) => { const point = pointed(event); if (point) show(point, null); });
    still.addEventListener("click", (event) => { const point = pointed(event); if (point) location.assign(point.url); });
  };

  const start = (root) => root.querySelectorAll("figure[data-interactive]").forEach(walk);
  document.addEventListener("htmx:load", (event) => start(event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
})();
