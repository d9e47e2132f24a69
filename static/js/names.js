// Finds a name for a list that is written one a line: choosing it adds a line. Without this script the
// names are typed.

for (const list of document.querySelectorAll("[data-names]")) {
  const box = list.querySelector("[data-names-find]");
  const field = box.querySelector("input");
  const area = list.querySelector("textarea");
  const known = new Set([...field.list.options].map((option) => option.value));

  const take = () => {
    const name = field.value.trim();
    if (!known.has(name)) return;
    const lines = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!lines.includes(name)) area.value = [...lines, name].join("\n");
    field.value = "";
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };

  box.hidden = false;
  // What is typed here is no change of the form.
  for (const kind of ["input", "change"]) box.addEventListener(kind, (event) => event.stopPropagation());
  field.addEventListener("input", (event) => {
    if (event.inputType === "insertReplacementText" || event.inputType === undefined) take();
  });
  field.addEventListener("change", take);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take();
  });
}
