// The one gate for HTML that a script makes from text: the house's own pieces pass, whatever could run
// something does not. Loaded before every other script; browsers without Trusted Types need no gate.
"use strict";

// NOSCRIPT is read one way where scripts run and another way here; the last two write addresses.
const RUNS = new Set(["SCRIPT", "IFRAME", "FRAME", "OBJECT", "EMBED", "BASE", "STYLE", "PORTAL", "NOSCRIPT", "ANIMATE", "SET"]);
const LEADS = new Set(["href", "action", "formaction", "xlink:href"]);

function isOwnFile(element) {
  const source = element.getAttribute("src");
  return element.tagName === "SCRIPT" && source !== null && !element.textContent
    && new URL(source, location.href).origin === location.origin;
}

function isHarmless(attribute) {
  const name = attribute.name.toLowerCase();
  if (name.startsWith("on") || name === "srcdoc" || /^(data-)?hx-on/.test(name)) return false;
  return !LEADS.has(name) || !/^(javascript|vbscript|data):/i.test(attribute.value.replace(/[\u0000-\u0020]/g, ""));
}

function isInert(root) {
  for (const element of root.querySelectorAll("*")) {
    if (RUNS.has(element.tagName.toUpperCase()) && !isOwnFile(element)) return false;
    if (![...element.attributes].every(isHarmless)) return false;
    if (element.content instanceof DocumentFragment && !isInert(element.content)) return false;
  }
  return true;
}

if (window.trustedTypes?.createPolicy) {
  // Only for looking at it: a document parsed this way runs nothing and asks for nothing.
  const unseen = window.trustedTypes.createPolicy("gatehouse", { createHTML: (text) => text });
  window.trustedTypes.createPolicy("default", {
    createHTML: (text) => {
      const looked = new DOMParser().parseFromString(unseen.createHTML(text), "text/html");
      return isInert(looked) ? text : null;
    },
  });
}
