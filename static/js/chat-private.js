// A private chat lives in this page's memory: one hidden field holds the thread, goes out with each
// message and comes back with each answer. Nothing here writes to the browser's storage.

import { copyText } from "./clipboard.js";

// Where a link leads, no private value is put back: its words may not be the person's own.
const LINKS_AND_PLACEHOLDERS = /\]\(\S*|\S*\/\/\S*|PII_[A-Z]+_[A-Z0-9]{9}/g;
const ROLES = { user: "You", assistant: "Answer" };

export class Carried {
  constructor(form) {
    this.form = form;
    this.field = form.elements.thread;
    this.text = "";
    this.facts = {};
    this.isOpen = false;
  }

  begin(thread) {
    this.field.value = thread;
    this.isOpen = true;
    const place = document.getElementById("project"); // stands in what is about to go
    place.hidden = true;
    this.form.append(place);
  }

  call({ call, vault }) {
    this.facts = { call, vault };
  }

  grow(piece) {
    this.text += piece;
  }

  end(thread) {
    this.field.value = thread;
    this.isOpen = false;
  }

  // What had come when nobody read on: the house has forgotten it by now.
  stop() {
    if (!this.isOpen) return;
    this.isOpen = false;
    const thread = JSON.parse(this.field.value);
    const last = thread.turns.at(-1);
    Object.assign(last, { text: this.text, state: "stopped", call: this.facts.call || "" });
    Object.assign(thread.vault, this.facts.vault);
    this.field.value = JSON.stringify(thread);
  }

  // How the house is asked to draw the last message once more.
  posted() {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "thread"]) body.set(name, this.form.elements[name].value);
    return { method: "POST", body };
  }
}

function asMarkdown(form) {
  const { turns, vault } = JSON.parse(form.elements.thread.value);
  return turns.map((turn, at) => {
    const name = document.getElementById(`m${at + 1}`)?.getAttribute("aria-label") || ROLES[turn.role];
    const words = turn.text.replace(LINKS_AND_PLACEHOLDERS, (found) => vault[found] ?? found);
    return `## ${name}\n\n${words.trim()}\n`;
  }).join("\n");
}

// The whole thread to the clipboard: there is nothing in the house to export.
export function copyThread(form, tell) {
  const button = document.getElementById("copy-all");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    tell(await copyText(asMarkdown(form)) ? "Copied" : "The browser did not let this page copy.");
    button.closest("details").open = false;
  });
}
