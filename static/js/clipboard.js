// Copies what a field or a piece of the page holds; says whether it could.

function copyByHand(place) {
  if ("select" in place) {
    place.focus();
    place.select();
  } else {
    window.getSelection().selectAllChildren(place);
  }
  return document.execCommand("copy");
}

export async function copyText(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  const done = await copyFrom(field);
  field.remove();
  return done;
}

export async function copyFrom(place) {
  try {
    await navigator.clipboard.writeText("value" in place ? place.value : place.innerText);
    return true;
  } catch {
    // The clipboard exists on https and localhost only; a house may be on neither.
    return copyByHand(place);
  }
}
