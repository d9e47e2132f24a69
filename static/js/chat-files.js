// Files that go with a message: chosen, pasted or dropped, looked at before they are sent, taken away
// again. The house looks at them once more; without this script the browser's own field does it.

const input = document.getElementById("files");
const added = document.getElementById("added");
const MB = 1024 * 1024;
let held = []; // the field itself forgets what it had when more is chosen

function size(bytes) {
  return bytes >= MB ? `${(bytes / MB).toFixed(1).replace(/\.0$/, "")} MB` : `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

function limit(name) {
  return Number(input.dataset[name]);
}

function isPicture(file) {
  return input.dataset.kinds.split(",").includes(file.type);
}

// A sentence about what is wrong, or nothing.
async function problemOf(file) {
  if (!file.size) return `${file.name} is empty.`;
  const most = limit(isPicture(file) ? "picture" : "text");
  if (file.size > most) return `${file.name} has ${size(file.size)}, and ${size(most)} is the most. Make it smaller, then add it again.`;
  if (isPicture(file)) return "";
  const start = await file.slice(0, 4096).text();
  if (!start.includes("\0") && !start.startsWith("%PDF")) return "";
  return `${file.name} is neither a picture (PNG, JPEG, GIF or WebP) nor plain text. Save it as one of these, or copy its words into the message.`;
}

function kept() {
  return added.querySelectorAll("input:checked").length;
}

function row(file) {
  const item = document.createElement("li");
  const chip = document.createElement("span");
  chip.className = "chip added";
  const amount = document.createElement("small");
  amount.textContent = size(file.size);
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button quiet square small";
  away.textContent = "×";
  away.setAttribute("aria-label", `Take ${file.name} away`);
  away.addEventListener("click", () => { put(held.filter((one) => one !== file)); input.focus(); });
  chip.append(file.name, amount, away);
  item.append(chip);
  item.dataset.added = "";
  return item;
}

function put(files) {
  held = files;
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  for (const old of added.querySelectorAll("[data-added]")) old.remove();
  added.append(...files.map(row));
}

async function add(files, tell) {
  const good = [...held];
  let problem = "";
  for (const file of files) {
    const wrong = await problemOf(file);
    if (wrong) problem = wrong;
    else if (good.length + kept() >= limit("most")) problem = `A message takes ${limit("most")} files. Send the others with the next one.`;
    else if (good.reduce((sum, one) => sum + one.size, file.size) > limit("together")) problem = `These files are larger than ${size(limit("together"))} together. Send them with several messages.`;
    else good.push(file);
  }
  put(good);
  tell(problem);
}

export function withoutFiles() {
  if (!input) return;
  added.replaceChildren();
  put([]);
}

export function takeFiles(form, tell) {
  if (!input) return;
  input.addEventListener("change", () => add(Array.from(input.files), tell));
  form.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData.files);
    if (!files.length) return;
    event.preventDefault();
    add(files, tell);
  });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("dropping"); });
  form.addEventListener("dragleave", () => form.classList.remove("dropping"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("dropping");
    add(Array.from(event.dataTransfer.files), tell);
  });
}
