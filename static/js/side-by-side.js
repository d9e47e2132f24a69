// Several answers at once, each in its column, while they come; one button stops them all. Without
// this script the same form brings the page with all answers.

import { readEvents } from "./events.js";

const form = document.getElementById("ask-all");
const news = document.getElementById("news");
const LOST = "The connection to the house was lost. What had come stands here; each call has its receipt.";

let ending = null;

function tell(problem) {
  const place = document.getElementById("problem");
  place.querySelector("div").textContent = problem;
  place.hidden = !problem;
}

function columnOf(event) {
  return document.getElementById(`column-${event.column}-body`);
}

const takes = {
  begin({ columns }) {
    for (const [column, html] of Object.entries(columns)) columnOf({ column }).innerHTML = html;
  },
  call(event) {
    const link = columnOf(event).querySelector("[data-receipt]");
    link.href = event.receipt;
    link.hidden = false;
  },
  text(event) {
    const open = columnOf(event).querySelector(".open");
    if (event.pills) open.insertAdjacentHTML("beforeend", event.pills);
    else open.append(event.text);
  },
  block(event) {
    const column = columnOf(event);
    column.querySelector(".said").insertAdjacentHTML("beforeend", event.html);
    if ("rest_pills" in event) column.querySelector(".open").innerHTML = event.rest_pills;
    else column.querySelector(".open").textContent = event.rest;
  },
  end(event) {
    columnOf(event).innerHTML = event.html;
  },
  over(event) {
    form.elements.token.value = event.token;
    document.getElementById("still-left").innerHTML = event.left;
    const sum = document.getElementById("sum");
    sum.querySelector("b").textContent = event.cost;
    sum.hidden = false;
    news.textContent = `All answers are here. They cost ${event.cost} together.`;
  },
};

// What did not come to its end: its place says so, and where its cost stands.
function cutShort() {
  for (const article of document.querySelectorAll("article[aria-busy]")) {
    article.removeAttribute("aria-busy");
    article.querySelector(".caret")?.remove();
    article.querySelector("[data-stopped]").hidden = false;
  }
}

function renew() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.token.value = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

function setBusy(isBusy) {
  document.getElementById("send").hidden = isBusy;
  document.getElementById("stop").hidden = !isBusy;
  document.getElementById("weigh").disabled = isBusy;
}

async function ask(data) {
  const response = await fetch(form.dataset.stream, {
    method: "POST", body: data, redirect: "manual", signal: ending.signal,
  });
  const kind = response.headers.get("content-type") || "";
  if (!kind.startsWith("text/event-stream")) return form.submit(); // the page itself says why not
  await readEvents(response.body, (event) => takes[event.kind](event));
  return undefined;
}

async function send(event) {
  if (event.submitter?.name !== "run") return;
  event.preventDefault();
  if (ending) return;
  ending = new AbortController();
  const data = new FormData(form, event.submitter);
  tell("");
  setBusy(true);
  news.textContent = "Answering…";
  try {
    await ask(data);
  } catch (problem) {
    if (problem.name === "AbortError") news.textContent = "Stopped.";
    else tell(LOST);
    renew();
  }
  cutShort();
  ending = null;
  setBusy(false);
}

if (form) {
  form.addEventListener("submit", send);
  document.getElementById("stop")?.addEventListener("click", () => ending?.abort());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") ending?.abort(); });
}
