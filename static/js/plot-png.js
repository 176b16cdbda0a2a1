// Saves a plot as PNG: the site's own SVG file of the same view, drawn on a canvas at twice its size.
(() => {
  "use strict";

  const SCALE = 2;

  const image = (text) => new Promise((resolve, reject) => {
    const picture = new Image();
    picture.addEventListener("load", () => resolve(picture));
    picture.addEventListener("error", () => reject(new Error("the drawing could not be read")));
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });

  // The size goes in as text: a parsed drawing would meet the page's policy on styles, which it needs.
  const sized = (text) => {
    const [width, height] = text.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/).slice(1).map((side) => side * SCALE);
    return { text: text.replace("<svg ", `<svg width="${width}" height="${height}" `), width, height };
  };

  const save = async (figure) => {
    const answer = await fetch(figure.dataset.svg);
    if (!answer.ok) throw new Error(`the drawing answered ${answer.status}`);
    const drawing = sized(await answer.text());
    const canvas = document.createElement("canvas");
    canvas.width = drawing.width;
    canvas.height = drawing.height;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(await image(drawing.text), 0, 0, canvas.width, canvas.height);
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${JSON.parse(figure.querySelector('script[type="application/json"]').textContent).name}.png`;
    link.click();
  };

  const start = (root) => {
    for (const button of root.querySelectorAll("[data-plot-png]")) {
      if (!button.hidden) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await save(button.closest("figure"));
        } catch {
          button.textContent = "The PNG could not be made; the SVG file can be saved instead";
        }
      });
    }
  };

  document.addEventListener("htmx:load", (event) => start(event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
})();
