// What the device keeps until the platform has it: acts with their files, captures with their chunks, drafts,
// drawn numbers, and small facts about the device. Everything is written before it is sent.
const NAME = "mingjing-field";
const VERSION = 1;
// acts: what was done, by key; captures and chunks: recordings; drafts: forms not finished; kept: small values by name.
const STORES = {
  acts: { keyPath: "key" },
  captures: { keyPath: "id" },
  chunks: { keyPath: ["capture", "seq"] },
  drafts: { keyPath: "id" },
  kept: { keyPath: "name" },
};

export class StoreFull extends Error {
  constructor() {
    super("手机存储空间已满，没有保存。请删去不用的照片、视频腾出空间，再点一次；本页填写的内容都还在。");
    this.name = "StoreFull";
  }
}

let opened = null;

export function open() {
  opened ||= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) {
        if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, options);
      }
    };
    asked.onsuccess = () => {
      // Another tab brings a newer layout: let it, and open anew at the next use.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = null;
      };
      resolve(asked.result);
    };
    asked.onerror = () => {
      opened = null;
      reject(asked.error);
    };
  });
  return opened;
}

// Runs `work(stores)` in one transaction that is on the disk when the promise resolves ("strict"): what the screen
// then calls saved survives a dead battery.
async function transact(names, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
    const stores = names.map((name) => transaction.objectStore(name));
    let result;
    transaction.oncomplete = () => resolve(result instanceof IDBRequest ? result.result : result);
    const fail = () => {
      const error = transaction.error;
      reject(error?.name === "QuotaExceededError" ? new StoreFull() : error || new Error("没有保存，请再点一次。"));
    };
    transaction.onabort = fail;
    try {
      result = work(...stores);
    } catch (error) {
      transaction.abort();
      reject(error?.name === "QuotaExceededError" ? new StoreFull() : error);
    }
  });
}

const asking = (name, ask) => transact([name], "readonly", (store) => ask(store));

export const put = (name, value) => transact([name], "readwrite", (store) => void store.put(value));
export const get = (name, key) => asking(name, (store) => store.get(key));
export const all = (name, range) => asking(name, (store) => store.getAll(range));
export const count = (name) => asking(name, (store) => store.count());
export const remove = (name, key) => transact([name], "readwrite", (store) => void store.delete(key));

// Several writes that stand or fall together: `changes` are [store, value] to put.
export function putAll(changes) {
  const names = [...new Set(changes.map(([name]) => name))];
  return transact(names, "readwrite", (...stores) => {
    for (const [name, value] of changes) stores[names.indexOf(name)].put(value);
  });
}

// Reads a row, lets `change` make the new one, and writes it, with nothing in between. Undefined where there is none.
export async function alter(name, key, change) {
  let made;
  await transact([name], "readwrite", (store) => {
    const asked = store.get(key);
    asked.onsuccess = () => {
      if (asked.result === undefined) return;
      made = change(asked.result);
      store.put(made);
    };
  });
  return made;
}

export const recall = async (name, otherwise = null) => (await get("kept", name))?.value ?? otherwise;
export const remember = (name, value) => put("kept", { name, value });

// What is not with the platform yet. A capture counts until its last chunk is there (`done`), an act until it is taken.
export async function unsent() {
  const [acts, captures] = [await all("acts"), await all("captures")];
  return acts.filter((one) => one.state !== "done").length + captures.filter((one) => !one.done).length;
}

// For signing out: nothing of the day stays on the device. MUST NOT be called while `unsent()` is above 0.
export async function clear() {
  await transact(Object.keys(STORES), "readwrite", (...stores) => {
    for (const store of stores) store.clear();
  });
  for (const name of await caches.keys()) {
    if (name === "field-pages") await caches.delete(name);
  }
}

// Free room in bytes as the browser reckons it, and whether it promised not to clear it away; null where it says nothing.
export async function room() {
  if (!navigator.storage?.estimate) return null;
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const kept = (await navigator.storage.persisted?.()) ?? false;
  return { free: Math.max(0, quota - usage), usage, kept };
}

export const persist = () => navigator.storage?.persist?.().catch(() => false) ?? Promise.resolve(false);
