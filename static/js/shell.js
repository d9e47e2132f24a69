// The shell: the palette on Ctrl+K, the keys on ?, and going places with g and a letter. Links lead to
// the same pages without this script; what is found is decided by the house.

const palette = document.getElementById("palette");
const help = document.getElementById("shortcuts");
const field = document.getElementById("palette-field");
const found = document.getElementById("palette-found");
const OFF = "gatehouse-letters-off";
const PATIENCE = 1200; // milliseconds between g and its letter

// --- the palette ---

let isStale = false; // what is shown belongs to earlier letters
let isChosen = false; // Enter was pressed before the list had come

function openPalette() {
  if (palette.open) return;
  help.close();
  palette.showModal();
  field.select();
  outdate();
  window.htmx.trigger(field, "opened");
}

function options() {
  return [...found.querySelectorAll("[role=option]")];
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    field.removeAttribute("aria-activedescendant");
  }
}

function outdate() {
  isStale = true;
  isChosen = false;
  choose(null);
}

function step(by) {
  const all = options();
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (all.length) choose(all[(Math.max(at, by < 0 ? 0 : -1) + by + all.length) % all.length]);
}

function showFound() {
  const shown = found.querySelector("[data-wanted]");
  if (shown?.dataset.wanted !== field.value) return; // the list for later letters is on its way
  const all = options();
  const kept = isStale ? null : all.find((one) => one.id === field.getAttribute("aria-activedescendant"));
  isStale = false;
  field.setAttribute("aria-expanded", String(all.length > 0));
  choose(kept || all[0]);
  document.getElementById("palette-news").textContent = shown.dataset.count;
  if (isChosen) enter();
}

function enter() {
  if (isStale) isChosen = true;
  else document.getElementById(field.getAttribute("aria-activedescendant"))?.click();
}

function typed(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" && !isStale) step(1);
  else if (event.key === "ArrowUp" && !isStale) step(-1);
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
}

// --- the keys ---

async function openHelp() {
  if (help.open) return;
  palette.close();
  const list = document.getElementById("shortcuts-list");
  if (!list.firstElementChild) await window.htmx.ajax("GET", list.dataset.address, { target: list, swap: "innerHTML" });
  nameLetters();
  help.showModal();
}

function lettersAreOff() {
  return localStorage.getItem(OFF) === "1";
}

function switchLetters() {
  if (lettersAreOff()) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
  nameLetters();
}

function nameLetters() {
  for (const button of document.querySelectorAll("[data-letters]")) {
    button.hidden = false;
    button.textContent = lettersAreOff() ? "Switch them on" : "Switch them off";
  }
}

function isTyping(target) {
  return target.isContentEditable || target.closest("input, textarea, select, [role=textbox]") !== null;
}

let isGoing = 0;

function pressed(event) {
  if (event.isComposing || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (event.ctrlKey || event.metaKey || event.repeat || isTyping(event.target) || lettersAreOff() || document.querySelector("dialog[open]")) return;
  if (obeys(event.key)) event.preventDefault();
}

function obeys(key) {
  const wasGoing = Date.now() - isGoing < PATIENCE;
  isGoing = !wasGoing && key === "g" ? Date.now() : 0;
  if (wasGoing) return go(key);
  if (key === "?") return openHelp(), true;
  if (key === "/") return seek();
  return isGoing > 0;
}

function go(letter) {
  const way = [...document.querySelectorAll("[data-go]")].find((one) => one.dataset.go === letter);
  way?.click();
  return Boolean(way);
}

function seek() {
  const place = [...document.querySelectorAll("input[type=search]")].find((one) => one.checkVisibility());
  place?.focus();
  return Boolean(place);
}

// --- what went wrong with a piece of the page ---

const trouble = document.getElementById("trouble");
const AWAY = "The house could not be reached. Check that it runs, then try again.";
const FAILED = "That did not work. Load the page again, then try once more.";
let isTold = 0;

function tellTrouble(words) {
  trouble.textContent = words;
  clearTimeout(isTold);
  isTold = setTimeout(() => { trouble.textContent = ""; }, 8000);
}

// --- what opens them ---

function clicked(event) {
  const way = event.target.closest("[data-opens]");
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (way && isPlain) {
    event.preventDefault();
    if (way.dataset.opens === "palette") openPalette();
    else openHelp();
  } else if (event.target.closest("[data-letters]")) switchLetters();
  else if (event.target === palette || event.target === help) event.target.close();
}

found.addEventListener("htmx:afterSwap", showFound);
field.addEventListener("input", outdate);
field.addEventListener("keydown", typed);
// Esc closes the dialog and does nothing else to the page behind it.
for (const dialog of [palette, help]) dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") event.stopPropagation(); });
document.addEventListener("keydown", pressed);
document.addEventListener("click", clicked);
document.addEventListener("htmx:sendError", () => tellTrouble(AWAY));
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status !== 401) tellTrouble(FAILED); });
nameLetters();
