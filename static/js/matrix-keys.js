// The cells of the matrix are walked with the arrow keys, one tab stop for all of them. The line above the matrix says
// what the cell in focus holds and leads to its page; without the script every cell is a link, or the table has values.
(() => {
  "use strict";

  const table = document.querySelector("[data-matrix]");
  const said = document.querySelector("[data-matrix-said]");
  if (!table || !said) return;

  const rows = [...table.querySelectorAll("tr[data-system]")].map((row) => [...row.querySelectorAll("td")]);
  const models = [...table.querySelectorAll("th[data-model]")].map((head) => head.dataset.model);
  if (!rows.length || !rows[0].length) return;
  let place = [0, 0];

  const cellAt = ([row, column]) => rows[row][column];
  const wordsOf = (cell) => (cell.dataset.said || cell.textContent).replace(/^·/, "").trim();
  const within = (number, count) => Math.max(0, Math.min(count - 1, number));

  const linkOf = ([row, column]) => {
    const own = cellAt([row, column]).querySelector("a");
    if (own) return own.href;
    return `/projections/${cellAt([row, column]).parentElement.dataset.system}/${models[column]}/`;
  };

  const describe = (at) => {
    const head = cellAt(at).parentElement.querySelector("th");
    const link = document.createElement("a");
    link.href = linkOf(at);
    link.textContent = cellAt(at).classList.contains("c-m") && cellAt(at).querySelector("a") ? "Result" : "Open";
    const name = head.textContent.replace(/\s+/g, " ").trim();
    said.replaceChildren(`${name} × ${models[at[1]]}: ${wordsOf(cellAt(at))}. `, link);
  };

  const choose = (at, focus) => {
    cellAt(place).tabIndex = -1;
    place = at;
    const cell = cellAt(at);
    cell.tabIndex = 0;
    if (focus) cell.focus();
  };

  const MOVES = {
    ArrowRight: ([row, column]) => [row, column + 1],
    ArrowLeft: ([row, column]) => [row, column - 1],
    ArrowDown: ([row, column]) => [row + 1, column],
    ArrowUp: ([row, column]) => [row - 1, column],
    Home: ([row], far) => [far ? 0 : row, 0],
    End: ([row], far) => [far ? rows.length - 1 : row, models.length - 1],
    PageDown: ([row, column]) => [row + 10, column],
    PageUp: ([row, column]) => [row - 10, column],
  };

  table.setAttribute("role", "grid");
  rows.flat().forEach((cell) => {
    cell.tabIndex = -1;
    cell.querySelectorAll("a").forEach((link) => { link.tabIndex = -1; });
  });
  choose(place, false);

  table.addEventListener("keydown", (event) => {
    if (!event.target.matches("td")) return;
    if (event.key === "Enter") {
      window.location.assign(linkOf(place));
      return;
    }
    const move = MOVES[event.key];
    if (!move || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [row, column] = move(place, event.ctrlKey);
    choose([within(row, rows.length), within(column, models.length)], true);
  });

  const placeOf = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return row < 0 ? null : [row, rows[row].indexOf(cell)];
  };
  table.addEventListener("focusin", (event) => {
    const at = event.target.closest("td") && placeOf(event.target.closest("td"));
    if (!at) return;
    choose(at, false);
    describe(at);
  });
  table.addEventListener("mouseover", (event) => {
    const at = event.target.closest("td") && placeOf(event.target.closest("td"));
    if (at && !table.contains(document.activeElement)) describe(at);
  });
})();
