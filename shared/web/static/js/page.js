/* What every page does: the menu closes, errors get the focus, a form is sent once, the connection stays current. */
import { watchConnection } from "./connection.js";

document.querySelector("[data-focus]")?.focus();

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".navigation--narrow[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A second press on the same button sends nothing: the first is under way. A page that stays (a file was
   saved, or the browser went back to it) can send again. */
const SENT_FOR_MS = 3000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, SENT_FOR_MS);
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

const indicator = document.querySelector("[data-connection]");
if (indicator) {
  watchConnection(indicator);
}
