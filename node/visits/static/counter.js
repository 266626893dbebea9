/* The counter page. Without this module its buttons are plain forms; with it they count at once,
 * online or not. `store` keeps, `sender` brings, this file shows.
 */

import { equipDevice } from "./device.js";
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

equipDevice(root);

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
  for (const place of form.querySelectorAll("[data-plus]")) place.dataset.plus = place.textContent;
  form.addEventListener("submit", count);
  form.addEventListener("input", showStep);
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
  const [kind, group] = (event.submitter?.value ?? "").split(":"); // a button may say a target group too
  if (!kind) return;
  const chosen = new FormData(form);
  const said = { kind, target_group: group ?? chosen.get("target_group") ?? "", step: stepChosen(chosen) };
  inTurn(() => keep({ ...said, counted_at: instant(new Date()) }));
  flash(event.submitter);
  oneAgain();
}

/** How many the next touch counts; anything that is no such number counts one. */
function stepChosen(chosen) {
  const step = Number(chosen.get("number") || chosen.get("step"));
  return Number.isInteger(step) && step >= 1 && step <= Number(root.dataset.stepMax) ? step : 1;
}

/** A group is counted with one touch; the next visitor is one visitor. */
function oneAgain() {
  form.elements.number.value = "";
  form.querySelector("[name=step]").checked = true;
  showStep();
}

function showStep() {
  const step = stepChosen(new FormData(form));
  for (const place of form.querySelectorAll("[data-plus]")) place.textContent = step === 1 ? place.dataset.plus : `+${step}`;
}

function takeBack(event) {
  event.preventDefault();
  inTurn(async () => {
    const recent = await recentToday();
    const last = recent.pop();
    if (last) await keep({ ...last, step: -last.step }, recent);
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
  const [waiting, told, refused, recent, aside] = await Promise.all([
    store.waiting(),
    store.note("today"),
    store.refused(),
    recentToday(),
    store.note("aside"),
  ]);
  if (turn !== shown) return; // somebody has read the store after us
  showSums(waiting, told);
  showStatus(waiting.length);
  showTrouble(refused, aside ?? 0);
  const last = recent.at(-1);
  const button = undo.querySelector("button");
  button.disabled = !last;
  undo.hidden = false;
  undo.querySelector("[data-undo-what]").textContent = last
    ? `${last.step > 1 ? `${last.step} × ` : ""}${texts.kinds[last.kind]}, ${hourFormat.format(new Date(last.counted_at))}`
    : texts.nothing;
}

/** What the house did not take, or took aside: said until somebody has seen it. */
function showTrouble(refused, aside) {
  const said = [];
  if (refused.length) said.push(fill(texts.refused, refused.length), ...new Set(refused.map(({ text }) => text)));
  if (aside) said.push(fill(texts.aside, aside));
  refusedBox.hidden = !said.length;
  refusedBox.querySelector("[data-refused-text]").textContent = said.join(" ");
}

/** The house's sums and what it has not confirmed yet; `pairs` are the buttons that say a target group too. */
function showSums(waiting, told) {
  const today = dayOf(new Date());
  const known = told?.day === today ? told : { sums: {}, pairs: {} };
  const kinds = { ...known.sums };
  const pairs = { ...known.pairs };
  for (const { kind, target_group: group, step, counted_at: at } of waiting) {
    if (dayOf(new Date(at)) !== today) continue;
    kinds[kind] = (kinds[kind] ?? 0) + step;
    if (group) pairs[`${kind}:${group}`] = (pairs[`${kind}:${group}`] ?? 0) + step;
  }
  for (const place of root.querySelectorAll("[data-sum]")) {
    place.textContent = Math.max(0, { ...kinds, ...pairs }[place.dataset.sum] ?? 0);
  }
  root.querySelector("[data-total]").textContent = Object.values(kinds).reduce((sum, one) => sum + Math.max(0, one), 0);
}

function showStatus(count) {
  root.dataset.waiting = count;
  const signedOut = state === "signed-out";
  status.dataset.tone = count || signedOut ? "warning" : "success";
  const words = count ? [fill(texts.waiting, count)] : signedOut ? [] : [texts.sent];
  if (count && state === "unreachable") words.push(texts.unreachable);
  if (count && state === "unsaved") words.push(texts.unsaved);
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
