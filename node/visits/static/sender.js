/* Brings the kept counts to the house: one sender per device, again and again until confirmed.
 *
 * Rule: sending twice is harmless (each count has its id), forgetting is not. So whatever is
 * unclear after an attempt stays on the disk and is sent again.
 */

const BATCH = 200;
const TIMEOUT_MS = 15000;
const PAUSE_FIRST_MS = 2000;
const PAUSE_LONGEST_MS = 60000;
const LOCK = "stadtherz-counter";

export class Sender {
  /** `addresses` are {taps, state}; `onchange(state)` hears "idle", "sending", "unreachable", "unsaved" or "signed-out". */
  constructor(store, addresses, csrf, holder, onchange) {
    Object.assign(this, { store, addresses, csrf, holder, onchange });
    this.pause = PAUSE_FIRST_MS;
    this.timer = null;
    this.running = false;
    this.again = false;
  }

  /** Send soon; called after each count and whenever the connection may be back. */
  wake() {
    clearTimeout(this.timer);
    this.pause = PAUSE_FIRST_MS;
    return this.#run();
  }

  async #run() {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    let state = "unreachable";
    try {
      do {
        this.again = false;
        state = await this.#alone(() => this.#empty());
      } while (this.again && state === "idle");
    } catch (error) {
      console.warn("the counts could not be sent yet", error);
    } finally {
      this.running = false;
    }
    if (state !== "idle") this.#later();
    else this.pause = PAUSE_FIRST_MS;
    this.onchange(state);
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#run(), this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, PAUSE_LONGEST_MS);
  }

  /** Do it as the only page of this device; a page that finds another one at work tries later. */
  async #alone(work) {
    if (navigator.locks) {
      return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : "busy"));
    }
    if (!(await this.store.takeLease(this.holder, Date.now()))) return "busy";
    try {
      return await work();
    } finally {
      await this.store.giveLeaseBack(this.holder);
    }
  }

  async #empty() {
    for (;;) {
      const batch = (await this.store.waiting()).slice(0, BATCH);
      if (!batch.length) return "idle";
      this.onchange("sending");
      const answer = await this.#post(batch);
      if (typeof answer === "string") return answer;
      const refused = answer.refused.map(({ place, text }) => ({ tap: batch[place], text }));
      await this.store.settle(answer.accepted, refused, answer.today, (answer.set_aside ?? []).length);
    }
  }

  async #post(batch) {
    const body = () => JSON.stringify({ sent_at: instant(new Date()), taps: batch });
    let response = await this.#fetch(this.addresses.taps, "POST", body());
    if (!response) return "unreachable";
    if (response.status === 400 || response.status === 401) {
      const state = await this.refresh();
      if (state !== "idle") return state;
      response = await this.#fetch(this.addresses.taps, "POST", body());
    }
    if (response?.status === 503) return "unsaved"; // the house is there, but its disk takes nothing
    if (!response?.ok) return "unreachable";
    return response.json();
  }

  /** Ask for today's sums and a fresh token; tells whether somebody is signed in here. */
  async refresh() {
    const response = await this.#fetch(this.addresses.state, "GET");
    if (!response) return "unreachable";
    if (response.type === "opaqueredirect" || response.status === 401) return "signed-out";
    if (!response.ok) return "unreachable";
    const told = await response.json();
    this.csrf = told.csrf;
    await this.store.keepToday(told.today);
    return "idle";
  }

  async #fetch(address, method, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": this.csrf };
      if (body) headers["Content-Type"] = "application/json";
      return await fetch(address, {
        method,
        body,
        headers,
        redirect: "manual",
        cache: "no-store",
        credentials: "same-origin",
        signal: stop.signal,
      });
    } catch {
      return null; // no way there; the counts stay where they are
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An instant as the house writes it: UTC, whole seconds. */
export function instant(date) {
  return `${date.toISOString().slice(0, 19)}Z`;
}
