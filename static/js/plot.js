// Replaces a server-drawn plot by an interactive one when the reader asks for it: zoom, hover, download.
// The numbers come from the JSON block beside the drawing, the colours from the style sheet in use.
(() => {
  "use strict";

  const SYMBOLS = {
    "mcu": "circle", "mcu-npu": "diamond", "mcu-dsp": "pentagon", "npu": "square", "fpga": "triangle-up",
    "fpga-softcore": "triangle-down", "linux-soc": "cross-thin", "mobile-npu": "x-thin", "in-memory": "hexagon",
    "event-based": "star",
  };

  // light-dark() is resolved by asking the browser for the colour of a real element
  const colours = (names) => {
    const probe = document.createElement("span");
    document.body.append(probe);
    const found = {};
    for (const name of names) {
      probe.style.color = `var(--${name})`;
      found[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return found;
  };

  const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

  const classColour = (palette, deviceClass) => palette[`c-${deviceClass}`] || palette["ink-3"];

  const pointTraces = (plot, palette) => {
    const groups = new Map();
    for (const point of plot.points) {
      const key = `${point.class_name}${point.hollow ? ", other scope" : ""}${point.faint ? ", outside the limits" : ""}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(point);
    }
    return [...groups].map(([name, points]) => {
      const colour = classColour(palette, points[0].device_class);
      const symbol = SYMBOLS[points[0].device_class] || "circle";
      const thin = symbol.endsWith("-thin");
      return {
        type: "scatter", mode: "markers", name,
        x: points.map((p) => p.x), y: points.map((p) => p.y),
        text: points.map((p) => `${p.title}<br>${p.words}`), hovertemplate: "%{text}<extra></extra>",
        opacity: points[0].faint ? 0.45 : 1,
        marker: {
          symbol: points[0].hollow && !thin ? `${symbol}-open` : symbol, size: 10, color: colour,
          line: { color: colour, width: thin ? 2.4 : 1.4 },
        },
      };
    });
  };

  const frontTraces = (plot, palette) => plot.fronts.map((front, place) => ({
    type: "scatter", mode: "lines", name: front.name, hoverinfo: "skip",
    x: front.points.map((p) => p[0]), y: front.points.map((p) => p[1]),
    // the first fronts are those that the plot is about
    line: {
      color: palette[place < plot.main_fronts ? "ink" : "rule-2"], width: 1.6, shape: "hv",
      dash: place < plot.main_fronts ? DASHES[place % DASHES.length] : "dash",
    },
  }));

  // A limit is a dotted line over the reach of the points.
  const limitTraces = (plot, palette) => plot.limits.map((limit) => {
    const held = plot.points.map((p) => (limit.on_x ? p.y : p.x));
    const reach = [Math.min(...held), Math.max(...held)];
    const at = [limit.value, limit.value];
    return {
      type: "scatter", mode: "lines", name: `limit ${limit.text}`, hoverinfo: "skip",
      x: limit.on_x ? at : reach, y: limit.on_x ? reach : at, line: { color: palette["ink"], width: 1, dash: "dot" },
    };
  });

  const axis = (description, palette) => ({
    title: { text: description.title, font: { size: 12 } }, type: description.log ? "log" : "linear",
    gridcolor: palette["rule"], linecolor: palette["ink-3"], zeroline: false, showline: true,
    dtick: description.log ? 1 : undefined,
  });

  const layout = (plot, palette, element) => ({
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: palette["ink-2"] },
    xaxis: axis(plot.x, palette), yaxis: axis(plot.y, palette),
    margin: { l: 64, r: 16, t: 16, b: 56 }, height: Math.max(360, Math.min(520, element.clientWidth * 0.6)),
    legend: { orientation: "h", y: 1.1 }, hoverlabel: { align: "left" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: palette["ink-3"], activecolor: palette["accent"] },
  });

  const draw = (target, plot) => {
    const classes = plot.points.map((p) => `c-${p.device_class}`);
    const palette = colours(["ink", "ink-2", "ink-3", "rule", "rule-2", "accent", ...classes]);
    const options = { responsive: true, displaylogo: false, toImageButtonOptions: { format: "svg", filename: plot.name } };
    window.Plotly.react(
      target, [...frontTraces(plot, palette), ...limitTraces(plot, palette), ...pointTraces(plot, palette)],
      layout(plot, palette, target), options,
    );
  };

  const numbers = (figure) => JSON.parse(figure.querySelector('script[type="application/json"]').textContent);

  // Plotly is large and most readers never ask for it, so it is fetched with the first press
  const plotly = (address) => new Promise((resolve, reject) => {
    if (window.Plotly) { resolve(); return; }
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error(`${address} could not be loaded`)));
    document.head.append(script);
  });

  const toggle = async (button, figure) => {
    const target = figure.querySelector("[data-plot-target]");
    const still = figure.querySelector("[data-plot-still]");
    const interactive = target.hidden;
    if (interactive) {
      button.disabled = true;
      try {
        await plotly(figure.dataset.plotly);
      } catch {
        button.textContent = "The interactive plot could not be loaded";
        return;
      }
      button.disabled = false;
    }
    target.hidden = !interactive;
    still.hidden = interactive;
    button.setAttribute("aria-pressed", String(interactive));
    if (interactive) draw(target, numbers(figure));
  };

  const start = (root) => {
    for (const figure of root.querySelectorAll("figure[data-interactive]")) {
      const button = figure.querySelector("[data-plot-toggle]");
      if (!button || !button.hidden) continue;
      button.hidden = false;
      button.addEventListener("click", () => toggle(button, figure));
    }
  };

  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("htmx:load", (event) => start(event.target));
  if (document.readyState !== "loading") start(document);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const target of document.querySelectorAll("[data-plot-target]:not([hidden])")) {
      draw(target, numbers(target.closest("figure")));
    }
  });
})();
