/* Long work says that it goes on, and is not sent twice by an impatient second press. */

for (const place of document.querySelectorAll("[data-progress]")) {
  const form = place.closest("form");
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    place.textContent = place.dataset.text;
  });
}
addEventListener("pageshow", () => {
  for (const place of document.querySelectorAll("[data-progress]")) {
    delete place.closest("form").dataset.sent;
    place.textContent = "";
  }
});
