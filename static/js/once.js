// Asks before the page with a new key is left, unless the key was copied or its reader says it is saved.

let isSaved = false;
const saved = () => { isSaved = true; };

window.addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });
document.addEventListener("copy", saved);
for (const one of document.querySelectorAll("[data-saved], [data-copy]")) one.addEventListener("click", saved);
