/* Keeps the list of links fresh while the page is open. Without this script the page works; one reloads it.

   Asks every ten seconds with the mark of what is shown; nothing is sent back unless it changed. Pauses while the
   page is hidden, and leaves everything as it is while somebody's focus is inside. */

const PAUSE_MS = 10_000;
const part = document.querySelector("[data-refresh]");
let mark = "";

async function refresh() {
  if (document.hidden || part.contains(document.activeElement)) {
    return;
  }
  const answer = await fetch(part.dataset.refresh, {
    headers: mark ? { "If-None-Match": mark } : {},
    cache: "no-store",
    redirect: "error",
  });
  if (answer.status === 200) {
    mark = answer.headers.get("ETag") ?? "";
    part.innerHTML = await answer.text();
  }
}

async function again() {
  try {
    await refresh();
  } catch {
    // The server cannot be reached or wants a new sign-in: the page says as of when it is.
  }
  window.setTimeout(again, PAUSE_MS);
}

if (part) {
  window.setTimeout(again, PAUSE_MS);
}
