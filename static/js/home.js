// The question on home: Enter sends it, as in the chat. Without this script the button does.

import { sendOnEnter } from "./enter.js";

const question = document.getElementById("question");
if (question) sendOnEnter(question.elements.text, () => question.requestSubmit());
