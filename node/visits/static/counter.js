/* The counter page. Without this module its buttons are plain forms; with it they count at once,
 * online or not. `store` keeps, `sender` brings, this file shows.
 */

import { Sender, instant } from "./sender.js";
import { newId, openStore } from "./store.js";

const RECENT_MAX = 20; // as far back as anybody remembers whom they counted
const root = document.querySelector("[data-counter]");
const form = root.querySelector("[data-tap-form]");
const undo = root.querySelector("[data-undo]");
const status = root.querySelector("[data-status]");
const refusedBox = root.querySelector("[data-refused]");
const texts = JSON.parse(root.dataset.texts);
const dayFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: root.dataset.zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
const hourFormat = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: root.dataset.zone,
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

let store;
let sender;
let state = "idle";
let shown = 0;
let counting = Promise.resolve(); // touches are kept one after the other, in their order

start().catch((error) => {
  console.warn("counting without a store: the buttons stay plain forms", error);
});

async function start() {
  store = await openStore();
  const told = JSON.parse(root.dataset.today);
  const known = await store.note("today");
  if (!known || known.as_of <= told.as_of) await store.keepToday(told);
  const { taps, stateAddress } = root.dataset;
  sender = new Sender(store, { taps, state: stateAddress }, root.dataset.csrf, newId(), (now) => {
    state = now;
    show();
  });
  form.addEventListener("submit", count);
  undo.addEventListener("submit", takeBack);
  refusedBox.querySelector("button").addEventListener("click", forgetRefused);
  addEventListener("online", () => sender.wake());
  addEventListener("pageshow", () => sender.wake());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  root.dataset.ready = "";
  await show();
  await sender.wake();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register(root.dataset.worker, { scope: form.action });
}

function count(event) {
  event.preventDefault();
  const kind = event.submitter?.value;
  if (!kind) return;
  const group = new FormData(form).get("target_group") ?? "";
  inTurn(() => keep({ kind, target_group: group, counted_at: instant(new Date()), step: 1 }));
  flash(event.submitter);
}

function takeBack(event) {
  event.preventDefault();
  inTurn(async () => {
    const recent = await recentToday();
    const last = recent.pop();
    if (last) await keep({ ...last, step: -1 }, recent);
  });
}

/** Write first, then show: a number that somebody has seen is on the disk. */
async function keep(said, recent) {
  const tap = { id: newId(), ...said };
  await store.keep(tap, recent ?? [...(await recentToday()), said].slice(-RECENT_MAX));
  await show();
  sender.wake();
}

function inTurn(work) {
  counting = counting.then(work).catch((error) => {
    status.dataset.tone = "danger";
    status.textContent = texts.failed;
    console.error(error);
  });
}

async function recentToday() {
  const today = dayOf(new Date());
  return ((await store.note("recent")) ?? []).filter((said) => dayOf(new Date(said.counted_at)) === today);
}

async function refresh() {
  const found = await sender.refresh();
  if (found !== "idle") state = found;
  await show();
  await sender.wake();
}

async function forgetRefused() {
  await store.forgetRefused();
  await show();
}

async function show() {
  const turn = ++shown;
  const [waiting, told, refused, recent] = await Promise.all([
    store.waiting(),
    store.note("today"),
    store.refused(),
    recentToday(),
  ]);
  if (turn !== shown) return; // somebody has read the store after us
  showSums(waiting, told);
  showStatus(waiting.length);
  refusedBox.hidden = !refused.length;
  const reasons = [...new Set(refused.map(({ text }) => text))].join(" ");
  refusedBox.querySelector("[data-refused-text]").textContent = fill(texts.refused, refused.length) + " " + reasons;
  const last = recent.at(-1);
  const button = undo.querySelector("button");
  button.disabled = !last;
  undo.hidden = false;
  undo.querySelector("[data-undo-what]").textContent = last
    ? `${texts.kinds[last.kind]}, ${hourFormat.format(new Date(last.counted_at))}`
    : texts.nothing;
}

function showSums(waiting, told) {
  const today = dayOf(new Date());
  const sums = told?.day === today ? { ...told.sums } : {};
  for (const tap of waiting) {
    if (dayOf(new Date(tap.counted_at)) === today) sums[tap.kind] = (sums[tap.kind] ?? 0) + tap.step;
  }
  let total = 0;
  for (const place of root.querySelectorAll("[data-sum]")) {
    const sum = Math.max(0, sums[place.dataset.sum] ?? 0);
    place.textContent = sum;
    total += sum;
  }
  root.querySelector("[data-total]").textContent = total;
}

function showStatus(count) {
  root.dataset.waiting = count;
  const signedOut = state === "signed-out";
  status.dataset.tone = count || signedOut ? "warning" : "success";
  const words = count ? [fill(texts.waiting, count)] : signedOut ? [] : [texts.sent];
  if (count && state === "unreachable") words.push(texts.unreachable);
  if (signedOut) words.push(texts.signedOut);
  const said = words.join(" · ");
  if (status.textContent !== said) status.textContent = said;
  root.querySelector("[data-sign-in]").hidden = !signedOut;
}

function flash(button) {
  button.classList.remove("is-counted");
  requestAnimationFrame(() => button.classList.add("is-counted"));
  navigator.vibrate?.(30);
}

function fill(text, count) {
  return text.replace("{count}", count);
}

function dayOf(date) {
  return dayFormat.format(date);
}
