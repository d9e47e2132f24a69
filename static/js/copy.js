// Copies the value of the field a button names in data-copy, and says so. The buttons stay hidden
// without this script, because the field itself can be selected by hand.
"use strict";

function copyByHand(field) {
  field.focus();
  field.select();
  return document.execCommand("copy");
}

async function copy(field) {
  // The clipboard interface exists on https and localhost only; a house may be on neither.
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(field.value);
    return true;
  }
  return copyByHand(field);
}

async function pressed(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[data-words]");
  let done = false;
  try {
    done = await copy(field);
  } catch {
    done = copyByHand(field);
  }
  words.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { words.textContent = "Copy"; }, 4000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => pressed(button));
}
