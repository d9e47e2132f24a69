// Copies what the field or piece of text a button names in data-copy holds, and says so. The buttons
// stay hidden without this script, because the text itself can be selected by hand.
"use strict";

function textOf(place) {
  return "value" in place ? place.value : place.textContent;
}

function copyByHand(place) {
  if ("select" in place) {
    place.focus();
    place.select();
  } else {
    window.getSelection().selectAllChildren(place);
  }
  return document.execCommand("copy");
}

async function copy(place) {
  // The clipboard interface exists on https and localhost only; a house may be on neither.
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(textOf(place));
    return true;
  }
  return copyByHand(place);
}

async function pressed(button) {
  const place = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[data-words]");
  let done = false;
  try {
    done = await copy(place);
  } catch {
    done = copyByHand(place);
  }
  words.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { words.textContent = "Copy"; }, 4000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => pressed(button));
}
