/* What this device still knows of the counts: those the house has not confirmed, those it
 * refused, and the sums it last told. In IndexedDB, so that a closed browser loses nothing.
 *
 * Rule: a count is on the disk before anybody sees a number change, and it leaves the disk
 * only with the house's confirmation in hand.
 */

const NAME = "stadtherz-counter";
const VERSION = 1;
const LEASE_MS = 30000; // longer than a request may take

export async function openStore() {
  if (!globalThis.indexedDB) throw new Error("this browser has no IndexedDB");
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("taps", { keyPath: "id" });
    opening.result.createObjectStore("refused", { keyPath: "key", autoIncrement: true });
    opening.result.createObjectStore("notes");
  };
  const database = await settled(opening);
  database.onversionchange = () => database.close();
  return new Store(database);
}

class Store {
  constructor(database) {
    this.database = database;
  }

  /** Keep a tap. Resolves when it is on the disk. */
  async keep(tap, recent) {
    await this.#write(["taps", "notes"], (stores) => {
      stores.taps.put(tap);
      stores.notes.put(recent, "recent");
    });
  }

  waiting() {
    return this.#read("taps", (store) => store.getAll());
  }

  refused() {
    return this.#read("refused", (store) => store.getAll());
  }

  note(name) {
    return this.#read("notes", (store) => store.get(name));
  }

  /** Forget what the house confirmed, keep what it refused or took aside in mind, and its sums: all or nothing. */
  async settle(accepted, refused, today, aside = 0) {
    await this.#write(["taps", "refused", "notes"], (stores) => {
      for (const id of accepted) stores.taps.delete(id);
      for (const { tap, text } of refused) {
        stores.taps.delete(tap.id);
        stores.refused.add({ tap, text });
      }
      stores.notes.put(today, "today");
      if (aside) {
        const asking = stores.notes.get("aside");
        asking.onsuccess = () => stores.notes.put((asking.result ?? 0) + aside, "aside");
      }
    });
  }

  async keepToday(today) {
    await this.#write(["notes"], (stores) => stores.notes.put(today, "today"));
  }

  async forgetRefused() {
    await this.#write(["refused", "notes"], (stores) => {
      stores.refused.clear();
      stores.notes.delete("aside");
    });
  }

  /** Take the right to send for a while: true if no other page of this device has it. */
  async takeLease(holder, at) {
    let taken = false;
    await this.#write(["notes"], (stores) => {
      const asking = stores.notes.get("lease");
      asking.onsuccess = () => {
        const lease = asking.result;
        taken = !lease || lease.holder === holder || lease.until < at;
        if (taken) stores.notes.put({ holder, until: at + LEASE_MS }, "lease");
      };
    });
    return taken;
  }

  async giveLeaseBack(holder) {
    await this.#write(["notes"], (stores) => {
      const asking = stores.notes.get("lease");
      asking.onsuccess = () => {
        if (asking.result?.holder === holder) stores.notes.delete("lease");
      };
    });
  }

  #read(name, ask) {
    return settled(ask(this.database.transaction(name).objectStore(name)));
  }

  #write(names, change) {
    const transaction = this.database.transaction(names, "readwrite", { durability: "strict" });
    change(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the store is held by another page"));
  });
}

/** A random UUID. Over plain http a browser has no `randomUUID`, but it has random bytes. */
export function newId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
