// The chat while it streams: sends the form, appends what comes, stops, copies. Without this script
// the same form brings the whole page; nothing is decided here.

import { takeFiles, withoutFiles } from "./chat-files.js";
import { choose, isPicking } from "./chat-picker.js";
import { Carried, copyThread } from "./chat-private.js";
import { copyFrom } from "./clipboard.js";
import { sendOnEnter } from "./enter.js";
import { readEvents } from "./events.js";

const form = document.getElementById("composer");
const turns = document.getElementById("turns");
const news = document.getElementById("news");
const COPY = "Copy";
const LOST = "The connection to the house was lost. What had come is kept; load the page again to see it.";
const LOST_HERE = "The connection to the house was lost. What had come stands on this page; ask again when you like.";
const SIGNED_OUT = "You are signed out. Sign in again, then send once more; your message is still here.";
const TOO_LARGE = "This is larger than a page of the house takes, 16 MB. Take a file away, then send again.";
const isPrivate = Boolean(form && "private" in form.dataset);
const KEPT = `gatehouse-draft-${location.pathname}`;

function tell(problem, offers = "") {
  const place = document.getElementById("problem");
  place.querySelector("div").textContent = problem;
  document.getElementById("offers").innerHTML = offers;
  place.hidden = !problem;
}

function tellSignedOut() {
  tell(SIGNED_OUT);
  document.getElementById("offers").append(document.getElementById("sign-in").content.cloneNode(true));
}

// Where a page asks to sign in, or a form is too old.
function isShut(response) {
  return response.type === "opaqueredirect" || response.status === 403;
}

function copyButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small copy-code";
  button.dataset.code = "";
  button.textContent = COPY;
  return button;
}

// Buttons that only work with this script: shown, or made, once it runs.
function dress(root) {
  for (const button of root.querySelectorAll("[data-take]")) button.hidden = false;
  for (const code of root.querySelectorAll("pre.code")) {
    if (code.parentElement.classList.contains("code-box")) continue;
    const box = document.createElement("div");
    box.className = "code-box";
    code.replaceWith(box);
    box.append(code, copyButton());
  }
}

async function pressed(event) {
  const button = event.target.closest("[data-take], [data-code]");
  if (!button) return;
  const take = button.dataset.take;
  const done = await copyFrom(take ? document.getElementById(take) : button.previousElementSibling);
  const words = done ? "Copied" : "Press Ctrl+C";
  if (news) news.textContent = words;
  if (!take) {
    button.textContent = words;
    setTimeout(() => { button.textContent = COPY; }, 3000);
  }
}

// --- one answer ---

class Stream {
  constructor(submitter) {
    this.ending = new AbortController();
    this.submitter = submitter;
    this.data = new FormData(form, submitter); // now: a button that is switched off says nothing
    this.article = null;
    this.open = null;
    this.address = "";
    this.answer = "";
    this.carried = isPrivate ? new Carried(form) : null;
  }

  async run() {
    let response = await this.ask();
    if (isShut(response) && await this.proveAnew()) response = await this.ask();
    if (isShut(response)) {
      if (!isPrivate) sessionStorage.setItem(KEPT, form.elements.text.value);
      return tellSignedOut();
    }
    if (response.status === 413) return tell(TOO_LARGE);
    const kind = response.headers.get("content-type") || "";
    if (kind.startsWith("application/json")) return this.refused(await response.json());
    if (!kind.startsWith("text/event-stream")) return tell(`The house could not take this message (${response.status}). It is still here.`);
    return readEvents(response.body, (event) => this.take(event));
  }

  ask() {
    return fetch(form.dataset.stream, {
      method: "POST", body: this.data, redirect: "manual", signal: this.ending.signal,
    });
  }

  // Who signed in again in another tab has another proof than this page was made with.
  async proveAnew() {
    const response = await fetch(form.dataset.proof, { redirect: "manual" });
    if (!response.ok) return false;
    const { proof } = await response.json();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = proof;
    this.data.set("csrfmiddlewaretoken", proof);
    return true;
  }

  refused(answer) {
    if (answer.address) location.assign(answer.address);
    else if (answer.anew) form.submit(); // the page itself must say what this chat is
    else tell(answer.problem, answer.offers);
  }

  take(event) {
    const follows = turns.scrollHeight - turns.scrollTop - turns.clientHeight < 80;
    this[event.kind](event);
    if (follows || event.kind === "begin") turns.scrollTop = turns.scrollHeight;
  }

  begin(event) {
    this.answer = `m${event.answer}`;
    this.address = event.article;
    this.carried?.begin(event.thread);
    document.getElementById("hello")?.remove();
    if (event.again) this.removeBelow(event.parent);
    turns.insertAdjacentHTML("beforeend", event.html);
    this.article = document.getElementById(this.answer);
    this.open = this.article.querySelector(".open");
    this.article.querySelector(".still")?.remove();
    form.elements.parent.value = event.answer;
    if (!event.again && this.submitter?.name !== "go_on") this.emptyField();
    if (this.submitter?.name === "instead") choose(event.model);
    if (event.address) this.settleIn(event);
    // What named another version, or one to change, is over now.
    document.getElementById("editing")?.remove();
    history.replaceState(null, "", form.action);
  }

  // Another answer takes the place of what stood below the question; the old one stays a version.
  removeBelow(parent) {
    const asked = document.getElementById(`m${parent}`);
    while (asked?.nextElementSibling) asked.nextElementSibling.remove();
  }

  emptyField() {
    form.elements.text.value = "";
    withoutFiles();
    grow();
  }

  settleIn(event) {
    form.action = event.address;
    form.dataset.stream = event.stream;
    document.title = `${event.title} · Gatehouse`;
    document.getElementById("thread-title").textContent = event.title;
    document.getElementById("past").innerHTML = event.past;
    document.querySelector(".menu").outerHTML = event.more;
    document.getElementById("project")?.remove();
  }

  call(event) {
    this.carried.call(event);
  }

  text(event) {
    this.carried?.grow(event.piece);
    if (event.pills) this.open.insertAdjacentHTML("beforeend", event.pills);
    else if (event.text) this.open.append(event.text);
  }

  block(event) {
    this.carried?.grow(event.piece);
    const said = this.article.querySelector(".said");
    said.insertAdjacentHTML("beforeend", event.html);
    if ("rest_pills" in event) this.open.innerHTML = event.rest_pills;
    else this.open.textContent = event.rest;
  }

  end(event) {
    this.carried?.end(event.thread);
    form.elements.token.value = event.token;
    this.show(event.html);
    document.getElementById("fill").innerHTML = event.fill;
    document.getElementById("left").innerHTML = event.left;
    news.textContent = this.article?.querySelector(".said")?.innerText || "The answer did not come.";
  }

  show(html) {
    if (!this.article || !html) return;
    this.article.outerHTML = html;
    this.article = document.getElementById(this.answer);
    dress(this.article);
  }

  // After a stop the house settles first: the article is asked for until it stands.
  async fetchEnd() {
    for (let tries = 0; this.address && tries < 40; tries += 1) {
      await new Promise((done) => { setTimeout(done, 150 + 50 * tries); });
      const response = await fetch(this.address, { redirect: "manual", ...this.carried?.posted() });
      if (!response.ok) return;
      const html = await response.text();
      if (!html.includes('aria-busy="true"')) return this.show(html);
    }
  }
}

let running = null;

function lengthProblem() {
  const field = form.elements.text;
  const length = Array.from(field.value).length;
  const most = Number(field.dataset.longest);
  if (length <= most) return "";
  return `This message has ${length.toLocaleString("en")} letters, and ${most.toLocaleString("en")} is the most. Shorten it, or send it in parts.`;
}

function setBusy(isBusy) {
  document.getElementById("send").hidden = isBusy;
  document.getElementById("stop").hidden = !isBusy;
  for (const button of document.querySelectorAll("button[form=composer]")) button.disabled = isBusy;
}

async function send(event) {
  if (["edit", "look"].includes(event.submitter?.name)) return; // the whole page comes back
  event.preventDefault();
  if (running) return;
  if (lengthProblem()) return tell(lengthProblem());
  running = new Stream(event.submitter);
  tell(""); // only now: the button pressed may stand in what is cleared
  news.textContent = "Answering…";
  setBusy(true);
  try {
    await running.run();
    if (running.article?.getAttribute("aria-busy")) await lost();
  } catch (problem) {
    if (problem.name !== "AbortError") await lost();
    else await stopped();
  }
  running = null;
  setBusy(false);
}

async function stopped() {
  news.textContent = "Stopped.";
  running.carried?.stop();
  renew();
  await running.fetchEnd().catch(() => {});
}

async function lost() {
  tell(isPrivate ? LOST_HERE : LOST);
  running.carried?.stop();
  if (running.answer) renew();
}

// A form that was taken gets a new token; one that was not keeps it, so that it is asked once.
function renew() {
  if (!running.answer) return;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.token.value = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

// --- the field ---

function grow() {
  const field = form.elements.text;
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(field);
  field.rows = 1;
  const inside = field.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  field.rows = Math.min(10, Math.max(1, Math.round(inside / (parseFloat(lineHeight) || 24))));
}

function stop() {
  running?.ending.abort();
}

// Another project may keep chats: then the page must say so before anything is sent.
function lookAnew() {
  const look = document.createElement("input");
  Object.assign(look, { type: "hidden", name: "look", value: "1" });
  form.append(look);
  for (const name of ["private", "thread"]) form.elements[name]?.remove();
  form.submit();
}

dress(document);
document.addEventListener("click", pressed);
if (form) {
  const field = form.elements.text;
  if (!isPrivate) {
    if (!field.value) field.value = sessionStorage.getItem(KEPT) || "";
    sessionStorage.removeItem(KEPT);
  }
  document.getElementById("keys").hidden = false;
  form.addEventListener("submit", send);
  takeFiles(form, tell);
  field.addEventListener("input", grow);
  sendOnEnter(field, () => { if (!running) form.requestSubmit(); });
  copyThread(form, (words) => { news.textContent = words; });
  if (isPrivate) document.getElementById("project").addEventListener("change", lookAnew);
  document.getElementById("stop").addEventListener("click", stop);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !isPicking()) stop(); });
  grow();
  if ("begins" in form.dataset) form.requestSubmit(); // typed on home, and sent there
}
if (!location.hash && turns) turns.scrollTop = turns.scrollHeight;
