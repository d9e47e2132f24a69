// Copies what the field or piece of text a button names in data-copy holds, and says so. The buttons
// stay hidden without this script, because the text itself can be selected by hand.

import { copyFrom } from "./clipboard.js";

async function pressed(button) {
  const words = button.querySelector("[data-words]");
  const done = await copyFrom(document.getElementById(button.dataset.copy));
  words.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { words.textContent = "Copy"; }, 4000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => pressed(button));
}
