// The device's own key and the chain of its recordings, one for each officer who uses it. They lie apart from the day's
// content, which is cleared at signing out: a key that were lost with it would look like a new device every day.
import * as chain from "./capture-chain.js";

const NAME = "mingjing-device";
const STORE = "devices";
let opened = null;

function open() {
  opened ||= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "officer" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => {
      opened = null;
      reject(asked.error);
    };
  });
  return opened;
}

async function transact(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
    const asked = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const save = (device) => transact("readwrite", (store) => store.put(device));

// The device as this officer's: { officer, pair, spki, number, registered, n, prev, current }. `n` and `prev` are the
// number and head of the last recording that was ended; `current` is the id of one that was begun and not ended.
export async function own(officer) {
  const known = await transact("readonly", (store) => store.get(officer));
  if (known) return known;
  const pair = await chain.makeKey();
  const spki = await chain.publicKey(pair);
  const made = { officer, pair, spki, number: await chain.deviceNumber(spki), registered: false, n: 0, prev: null, current: null };
  // Two tabs may be making a key at this moment: the first to write wins.
  await transact("readwrite", (store) => store.add(made)).catch(() => {});
  return transact("readonly", (store) => store.get(officer));
}
