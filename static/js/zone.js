// A fresh house on a machine set to UTC does not know where it stands; the browser does. It only
// proposes: the field can be changed, and without this script it stays as it was.

const places = document.querySelector("select[data-guess]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (places && Array.from(places.options).some((one) => one.value === here)) {
  places.value = here;
}
