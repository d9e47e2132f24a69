// The question on home: Enter sends it, as in the chat. Without this script the button does.
"use strict";

const question = document.getElementById("question");

function typed(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (window.matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  question.requestSubmit();
}

question?.elements.text.addEventListener("keydown", typed);
