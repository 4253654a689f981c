// The queue: every act is written to the device first, then sent in order, one at a time, until it is taken.
// States of an act: waiting, sending, done, refused (the platform said why not), conflict (the case had moved on).
import * as store from "./store.js";
import { now } from "./clock.js";

const SYNC = "/field/sync";
const changed = new EventTarget();
// What else is sent when the network is there: the recorder registers its own sender.
const senders = [];

export const onChange = (act) => changed.addEventListener("change", act);
export const tell = () => changed.dispatchEvent(new Event("change"));
export const register = (sender) => senders.push(sender);
export const me = () => Number(document.documentElement.dataset.officer) || null;

const PATIENCE = 5000; // ms for a place; the browser's own term begins only once the person has allowed to be placed

// A place as the phone has it, or null: no act waits for a satellite, nor for an answer to the browser's question.
export function place() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    setTimeout(() => resolve(null), PATIENCE);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 4000, maximumAge: 120000 },
    );
  });
}

// Puts an act into the queue. `act` has kind, title, and by kind: case, step, base (the version it was made on), values
// ([[name, value]]), files ([{ name, file }]). Resolves when it is on the disk; rejects with StoreFull where there is no room.
export async function add(act, besides = []) {
  const { replaces, ...told } = act;
  const rows = await store.all("acts");
  const earlier = rows.filter((one) => act.case && one.case === act.case && one.state !== "done" && one.key !== replaces);
  const row = {
    key: crypto.randomUUID(),
    state: "waiting",
    officer: me(),
    after: earlier.length ? earlier.sort(byOrder).at(-1).key : null,
    device: await device(),
    tries: 0,
    values: [],
    files: [],
    ...(await now()),
    ...told,
    order: Date.now() + rows.length / 1000,
  };
  // What waited for the act that this one takes the place of waits for this one.
  const behind = rows.filter((one) => replaces && one.after === replaces).map((one) => ["acts", { ...one, after: row.key }]);
  await store.putAll([["acts", row], ...behind, ...besides]);
  if (replaces) await store.remove("acts", replaces);
  tell();
  flush();
  return row;
}

const byOrder = (one, other) => one.order - other.order;
export const acts = async () => (await store.all("acts")).sort(byOrder);

// A random name of this device, told with each act; made once.
export async function device() {
  const known = await store.recall("device");
  if (known) return known;
  const made = crypto.randomUUID();
  await store.remember("device", made);
  return made;
}

let running = null;

// Sends what waits. Only one tab does it at a time, where the browser has locks; the platform takes each key once anyway.
export function flush() {
  running ||= (navigator.locks ? navigator.locks.request("mingjing-field", { ifAvailable: true }, (lock) => lock && sendAll()) : sendAll())
    .catch(() => {})
    .finally(() => {
      running = null;
      tell();
    });
  return running;
}

// Acts go first, they are small and have terms; those that take in a recording go once the platform has it.
async function sendAll() {
  await sendActs();
  for (const sender of senders) await sender();
  await sendActs();
}

async function sendActs() {
  for (;;) {
    const rows = await acts();
    const coming = new Set((await store.all("captures")).filter((one) => !one.done || one.bind).map((one) => one.id));
    const next = rows.find((row) => ready(row, rows) && !row.values.some(([name, value]) => name.startsWith("recorded.") && coming.has(value)));
    if (!next || !(await send(next))) break;
    tell();
  }
}

// What comes after an act that was not taken waits with it: the order of a case is never turned round.
function ready(row, rows) {
  if (row.officer !== me() || (row.state !== "waiting" && row.state !== "sending")) return false;
  const before = row.after && rows.find((one) => one.key === row.after);
  return !before || before.state === "done";
}

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) || "";

function body(row) {
  const form = new FormData();
  const { files, state, tries, answer, order, labels, slip, draft, held, why, ...told } = row;
  form.append("act", JSON.stringify(told));
  for (const one of files) form.append(one.name, one.file, one.file.name || one.filename || "file");
  return form;
}

// Whether to go on with the next: false where there is no network, no session, or the platform is busy.
async function send(row) {
  await store.alter("acts", row.key, (one) => ({ ...one, state: "sending" }));
  let answer;
  try {
    const headers = { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") };
    answer = await fetch(SYNC, { method: "POST", body: body(row), headers, credentials: "same-origin", redirect: "error" });
  } catch (error) {
    return hold(row, "没有网络，恢复后自动上传。");
  }
  const told = await answer.json().catch(() => null);
  await store.alter("acts", row.key, (one) => ({ ...one, tries: one.tries + 1 }));
  if (answer.status === 401) return hold(row, "登录已经过期，重新登录后自动上传。", "signed-out");
  if (told?.code === "stale-form") return hold(row, "页面过期，打开“今天”页面后自动上传。");
  if (told === null || answer.status >= 500 || answer.status === 429) return hold(row, "平台暂时没有答复，稍后自动再传。");
  const state = answer.ok ? "done" : told.code === "changed-meanwhile" ? "conflict" : "refused";
  await store.alter("acts", row.key, (one) => settled(one, state, told));
  return true;
}

// What the platform has is not kept twice: its files leave the device, its receipt stays until signing out.
const settled = (one, state, answer) => ({ ...one, state, answer, held: "", files: state === "done" ? [] : one.files, draft: state === "done" ? undefined : one.draft });

async function hold(row, held, why = "") {
  await store.alter("acts", row.key, (one) => ({ ...one, state: "waiting", held, why }));
  return false;
}

// Tries a refused act again as it is: the platform judges anew.
export async function again(key, change = {}) {
  await store.alter("acts", key, (one) => ({ ...one, ...change, state: "waiting", answer: undefined, held: "" }));
  tell();
  return flush();
}

export function start() {
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(flush, 45000);
  flush();
}
