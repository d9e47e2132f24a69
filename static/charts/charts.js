// Where scripts run and a page is wide, plotly takes over the chart that the house has drawn: figures
// under the pointer, reading from column to column with the keyboard, and a closer look. It is some
// megabytes, so it comes after everything else, and never to phones, which keep what was drawn.

const wide = matchMedia("(min-width: 768px)");
const dark = matchMedia("(prefers-color-scheme: dark)");
// The style for maps that plotly would write into any page, unless something of this id is there.
const MAPS = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
const FEWEST = 3; // columns of the closest look
const CLEAR = "rgba(0,0,0,0)";
const CONFIG = { displayModeBar: false, responsive: true, showTips: false, doubleClick: "reset" };

const figure = document.querySelector("[data-chart]");
const area = figure?.querySelector(".plot-area");
const slider = figure?.querySelector(".reading input");
const output = figure?.querySelector(".reading output");
const whole = figure?.querySelector("[data-zoom=whole]");
const closer = figure?.querySelector("[data-zoom=closer]");

let plotly = null;
let isComing = false;
let data = null;
let shown = null; // the first and last place that are seen, as plotly counts them

async function take() {
  if (!wide.matches || isComing || navigator.connection?.saveData) return;
  isComing = true;
  await idle();
  data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const maps = document.createElement("meta");
  maps.id = MAPS;
  document.head.append(maps);
  await import(figure.dataset.plotly);
  plotly = window.Plotly;
  shown = everything();
  area.style.height = `${Math.round(drawn().getBoundingClientRect().height) || 240}px`;
  figure.querySelector(".plot").hidden = false;
  figure.classList.add("is-live");
  await plotly.newPlot(area, traces(), layout(), CONFIG);
  area.on("plotly_hover", (event) => tell(event.points[0].pointNumber));
  area.on("plotly_relayout", noteRange);
  tell(Number(slider.value));
  slider.disabled = closer.disabled = false;
}

function idle() {
  return new Promise((done) => (window.requestIdleCallback || setTimeout)(done));
}

function drawn() {
  return [...figure.querySelectorAll(":scope > svg")].find((one) => one.getBoundingClientRect().height) || figure;
}

// --- what plotly draws ---

function traces() {
  return data.series.map((one) => ({
    type: "bar",
    name: one.name,
    x: data.names,
    y: one.values.map((value) => value || null), // what is nothing has no line under the pointer
    customdata: one.words,
    hovertemplate: "%{fullData.name}: %{customdata}<extra></extra>",
    marker: { color: look(`.legend .${one.kind}`, "fill") },
  }));
}

function layout() {
  const page = getComputedStyle(document.body);
  const font = { family: page.fontFamily, size: 11, color: look("svg text", "fill") };
  return {
    barmode: "stack",
    bargap: 0.3,
    margin: { l: 44, r: 0, t: 8, b: 26 },
    font,
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    showlegend: false,
    dragmode: "zoom",
    hovermode: "x unified",
    hoverlabel: { bgcolor: page.backgroundColor, bordercolor: look(".grid", "stroke"), font: { ...font, size: 12, color: page.color } },
    xaxis: { type: "category", range: shown, nticks: Math.max(2, Math.floor(area.clientWidth / 72)), tickangle: 0, ticks: "", showgrid: false, linecolor: look(".base", "stroke"), fixedrange: false, spikethickness: -2, spikedash: "solid", spikecolor: look(".base", "stroke") },
    yaxis: { range: [0, (data.ticks.at(-1)[0] || 1) * 1.002], tickvals: data.ticks.map(([value]) => value), ticktext: data.ticks.map(([, words]) => words), gridcolor: look(".grid", "stroke"), zeroline: false, fixedrange: true },
    shapes: data.limit ? [limit(data.limit[0])] : [],
  };
}

function limit(value) {
  return { type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, line: { color: look(".limit", "stroke"), width: 1.5, dash: "dash" } };
}

// The tokens as the theme of now has them: plotly wants plain colours.
function look(selector, property) {
  return getComputedStyle(figure.querySelector(selector) || figure)[property];
}

function redraw() {
  if (plotly) plotly.react(area, traces(), layout(), CONFIG);
}

// --- reading, from left to right ---

function tell(place) {
  if (place > Number(slider.max)) return; // it is yet to come
  const parts = data.series.filter((one) => one.words[place]).map((one) => `${one.name} ${one.words[place]}`);
  const together = data.series.length > 1 && parts.length ? `: ${parts.join(", ")}.` : ".";
  const words = `${data.names[place].trim()}, ${data.sums[place]}${together}`;
  slider.value = String(place);
  slider.setAttribute("aria-valuetext", words);
  output.textContent = words;
}

function point() {
  const place = Number(slider.value);
  tell(place);
  if (place < shown[0] || place > shown[1]) show(place - (shown[1] - shown[0]) / 2, place + (shown[1] - shown[0]) / 2);
  plotly.Fx.hover(area, { xval: place });
}

// --- a closer look ---

function everything() {
  return [-0.5, data.names.length - 0.5];
}

function show(first, last) {
  const [least, most] = everything();
  const size = Math.min(Math.max(last - first, FEWEST), most - least);
  const from = Math.min(Math.max(first, least), most - size);
  plotly.relayout(area, { "xaxis.range": [from, from + size] });
}

function noteRange() {
  const [least, most] = everything();
  const range = area.layout.xaxis.range;
  shown = [Number(range[0]), Number(range[1])];
  whole.disabled = shown[0] <= least && shown[1] >= most;
  closer.disabled = shown[1] - shown[0] <= FEWEST;
}

if (figure) {
  slider.addEventListener("input", point);
  slider.addEventListener("focus", point);
  slider.addEventListener("blur", () => plotly.Fx.unhover(area));
  closer.addEventListener("click", () => {
    const quarter = (shown[1] - shown[0]) / 4;
    show(Number(slider.value) - quarter, Number(slider.value) + quarter);
  });
  whole.addEventListener("click", () => show(...everything()));
  wide.addEventListener("change", take);
  dark.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  take();
}
