/* Long work says that it goes on, and is not sent twice by an impatient second press, however long it takes. */

for (const place of document.querySelectorAll("[data-progress]")) {
  const form = place.closest("form");
  form.addEventListener("submit", (event) => {
    if (form.dataset.working) event.preventDefault();
    form.dataset.working = "1";
    form.setAttribute("aria-busy", "true");
    place.textContent = place.dataset.text;
  });
}
addEventListener("pageshow", () => {
  for (const place of document.querySelectorAll("[data-progress]")) {
    delete place.closest("form").dataset.working;
    place.textContent = "";
  }
});
