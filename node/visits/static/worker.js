/* Lets the counter page be opened again while the house's server cannot be reached.
 *
 * Rule: the network first, the copy only where there is none. What is sent (POST) never comes
 * through here. Exists only where browsers allow it (https or this very machine); elsewhere
 * the open page counts on, but cannot be loaded anew.
 */

const KEPT = "stadtherz-counter-1";
const SCOPE = new URL(self.registration.scope).pathname;
const PARTS = ["style", "script", "font", "image", "manifest"];

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
      .then(() => keep(SCOPE))
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const isPage = request.mode === "navigate" && address.pathname === SCOPE;
  if (isPage || PARTS.includes(request.destination)) event.respondWith(networkFirst(request, isPage));
});

async function networkFirst(request, isPage) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) await kept.put(isPage ? SCOPE : request, response.clone());
    return response;
  } catch (error) {
    const copy = await kept.match(isPage ? SCOPE : request, { ignoreVary: true });
    if (copy) return copy;
    throw error;
  }
}

/** The first visit came before this worker: fetch the page and its parts once more. */
async function keep(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok || response.redirected) return;
  const kept = await caches.open(KEPT);
  const text = await response.clone().text();
  await kept.put(address, response);
  const parts = [...text.matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg|png|webmanifest|woff2)(?:\?[^"]*)?)"/g)].map(([, part]) =>
    part.replaceAll("&amp;", "&")
  );
  await Promise.allSettled(parts.map((part) => kept.add(part)));
}
