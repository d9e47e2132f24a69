// Narrows a long list of ticks to what is typed. Without this script the list is opened author by author.

for (const pick of document.querySelectorAll("[data-pick]")) {
  const box = pick.querySelector("[data-pick-find]");
  const field = box.querySelector("input");
  const count = pick.querySelector("[data-pick-count]");
  const groups = [...pick.querySelectorAll("details")].map((group) => ({
    group,
    open: group.open,
    items: [...group.querySelectorAll("li")].map((item) => ({ item, text: item.textContent.toLowerCase() })),
  }));

  const narrow = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { group, open, items } of groups) {
      let here = 0;
      for (const { item, text } of items) {
        item.hidden = !words.every((word) => text.includes(word));
        here += item.hidden ? 0 : 1;
      }
      group.hidden = here === 0;
      group.open = words.length ? here > 0 : open || group.querySelector(":checked") !== null;
      found += here;
    }
    count.textContent = words.length ? `${found} found` : "";
  };

  // The sum stands in the heading of whatever the list is folded into.
  const chosen = pick.parentElement.querySelector("[data-pick-chosen]");
  pick.addEventListener("change", () => {
    const ticks = pick.querySelectorAll(":checked").length;
    chosen.textContent = ticks ? `${ticks} chosen` : "all that the project allows";
  });

  box.hidden = false;
  field.addEventListener("input", narrow);
  // Enter in this field must not make the key.
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
