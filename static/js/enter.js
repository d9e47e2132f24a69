// Enter sends what stands in a field for messages, Shift+Enter begins a line. Where there is no keyboard
// but on the glass, Enter is a line and the button sends.

export function sendOnEnter(field, send) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (window.matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    send();
  });
}
