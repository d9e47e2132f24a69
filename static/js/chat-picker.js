// The list of models: shows what is chosen beside the message, and closes once somebody chose. It opens
// and searches without this script as well.

const picker = document.getElementById("picker");
const button = document.getElementById("pick");

export function isPicking() {
  return Boolean(picker?.matches(":popover-open"));
}

function chosen() {
  return picker.querySelector("input[name=model]:checked");
}

// By name, as an answer does that another model gave; what the list does not show is asked for.
export async function choose(slug) {
  let radio = picker.querySelector(`input[name=model][value="${CSS.escape(slug)}"]`);
  if (!radio) {
    const query = new URLSearchParams(new FormData(document.getElementById("find")));
    query.set("model", slug);
    await window.htmx.ajax("GET", `${document.getElementById("find").action}?${query}`, "#found");
    radio = chosen();
  }
  if (!radio) return;
  radio.checked = true;
  show(radio);
}

function show(radio) {
  document.getElementById("picked").textContent = radio.dataset.name;
  document.getElementById("picked-mark").textContent = radio.dataset.mark;
  document.getElementById("price").replaceChildren(...radio.dataset.parts.split(" · ").map((part) => {
    const piece = document.createElement("span");
    piece.textContent = part;
    return piece;
  }));
}

function close() {
  picker.hidePopover();
  if (window.matchMedia("(pointer: fine)").matches) document.getElementById("say").focus();
  else button.focus();
}

// A press chooses and closes; arrow keys only choose, Enter closes.
function pressed(event) {
  if (event.target.name === "model" && event.detail > 0) close();
}

function typed(event) {
  if (event.key !== "Enter" || event.target.name !== "model") return;
  event.preventDefault(); // else it would send the message
  close();
}

function opened(event) {
  if (event.newState !== "open") return;
  chosen()?.scrollIntoView({ block: "nearest" });
  if (window.matchMedia("(pointer: fine)").matches) document.getElementById("find-model").focus();
}

if (picker) {
  // A page the browser brings back may have kept another choice than the one it was made with.
  if (chosen()) show(chosen());
  picker.addEventListener("change", (event) => { if (event.target.name === "model") show(event.target); });
  picker.addEventListener("click", pressed);
  picker.addEventListener("keydown", typed);
  picker.addEventListener("toggle", opened);
}
