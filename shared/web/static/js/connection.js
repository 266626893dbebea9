/* Asks the house every 15 seconds how the link to the city stands; pauses while the page is hidden. */

const EVERY_MS = 15_000;

export function watchConnection(indicator) {
  const address = indicator.dataset.connection;
  let mark = "";

  async function ask() {
    if (document.hidden) {
      return;
    }
    try {
      const answer = await fetch(address, { headers: mark ? { "If-None-Match": mark } : {}, cache: "no-store" });
      if (answer.status === 200) {
        mark = answer.headers.get("ETag") ?? "";
        show(indicator, await answer.json());
      }
    } catch {
      // The house itself cannot be reached: the time in the last words shows how old they are.
      indicator.classList.add("connection--stale");
    }
  }

  setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
}

function show(indicator, state) {
  indicator.className = `connection connection--${state.tone}`;
  indicator.querySelector("[data-connection-icon]").className = `kern-icon kern-icon--${state.icon}`;
  const text = indicator.querySelector("[data-connection-text]");
  if (text.textContent !== state.text) {
    text.textContent = state.text;
  }
}
