// Says, while an address is typed, which host and port "Runs at home" would permit.

for (const words of document.querySelectorAll("[data-place-of]")) {
  const field = document.getElementById(words.dataset.placeOf);
  field.addEventListener("input", () => {
    let place = null;
    try {
      place = new URL(field.value.trim());
    } catch {
      // Half an address says nothing yet.
    }
    const isWeb = place !== null && place.hostname !== "" && /^https?:$/.test(place.protocol);
    const port = isWeb ? place.port || (place.protocol === "https:" ? "443" : "80") : "";
    words.textContent = isWeb ? `It may then reach ${place.hostname}, port ${port}, and nothing else there.` : "";
  });
}
