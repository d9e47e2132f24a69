// What can be undone for some seconds only is offered no longer than that. Without this script the
// button stays, and the house says that it came too late.

for (const note of document.querySelectorAll("[data-seconds]")) {
  setTimeout(() => {
    const had = note.contains(document.activeElement);
    note.querySelector("form").remove();
    if (had) document.getElementById("room").focus();
  }, Number(note.dataset.seconds) * 1000);
}
