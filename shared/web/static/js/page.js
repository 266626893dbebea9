/* What every page does: the menu closes, errors get the focus, the connection stays current. */
import { watchConnection } from "./connection.js";

document.querySelector("[data-focus]")?.focus();

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".navigation--narrow[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const indicator = document.querySelector("[data-connection]");
if (indicator) {
  watchConnection(indicator);
}
