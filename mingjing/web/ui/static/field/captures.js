// Recordings on the device: each chunk is written before anything else is done with it, then chained; what is here leaves
// only when the platform has given its receipt for the whole.
import * as chain from "./capture-chain.js";
import * as clock from "./clock.js";
import * as device from "./device.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) || "";
const key = (id, seq) => [id, seq];
let live = null; // what this page is recording, where the browser has no locks to tell it by
export const all = async () => (await store.all("captures")).sort((one, other) => one.n - other.n);

// Begins a recording: { kind, media_type, name, purpose, case, step, of, watermark, place }. Nothing is sent before the
// first chunk is here, so a camera that fails at once leaves no trace and no gap.
export async function begin(told) {
  const mine = await settle();
  const id = crypto.randomUUID();
  const { at: now, offset, checked } = await clock.now();
  const at = told.at || now;
  const place = told.place && { lat: decimal(told.place.lat, 6), lon: decimal(told.place.lon, 6), accuracy: decimal(told.place.accuracy, 0) };
  const manifest = {
    v: chain.FORM, id, device: mine.number, officer: mine.officer, n: mine.n + 1, prev: mine.prev, kind: told.kind,
    media_type: told.media_type.toLowerCase(), name: told.name, purpose: told.purpose || "", case: told.case || "", step: told.step || "", of: told.of || null,
    watermark: told.watermark || "", started_at: at, offset_ms: checked ? offset : null, place: place || null,
  };
  const start = chain.canonical(manifest);
  const row = {
    id, n: manifest.n, officer: mine.officer, kind: told.kind, name: told.name, title: told.title || told.name, case: manifest.case, step: manifest.step, at, start,
    of: manifest.of, start_signature: await chain.sign(mine.pair, start), head: await chain.startHead(start), count: 0, size: 0, sent: 0, marks: [], begun: false, ended: null, done: false, bind: null,
  };
  await device.save({ ...mine, current: id });
  live = id;
  await store.put("captures", row);
  return row;
}

const decimal = (number, digits) => (Number.isFinite(Number(number)) ? Number(number).toFixed(digits) : "0");

// Writes one chunk and chains it. Rejects with StoreFull, and then nothing has changed.
export async function add(id, data) {
  const row = await store.get("captures", id);
  const seq = row.count + 1;
  const { at } = await clock.now();
  await store.put("chunks", { capture: id, seq, data, at });
  return take(id, seq, data, at);
}

async function take(id, seq, data, at) {
  const digest = await chain.sha256(data);
  const row = await store.get("captures", id);
  const head = await chain.nextHead(row.head, digest);
  return store.alter("captures", id, (one) => ({ ...one, count: seq, head, size: one.size + data.byteLength, last: at }));
}

export const mark = async (id, kind, ms = 0) => {
  const { at } = await clock.now();
  return store.alter("captures", id, (one) => ({ ...one, marks: [...one.marks, { kind, seq: one.count, at, ms: Math.round(ms) }] }));
};

// Ends a recording and signs for it. `ending`: stopped, or recovered after the page or the phone had died.
export async function finish(id, ending = "stopped") {
  live = null;
  const row = await store.get("captures", id);
  const mine = await device.own(row.officer);
  if (!row.ended && row.count === 0) {
    await store.remove("captures", id);
    await device.save({ ...mine, current: null });
    return null;
  }
  const done = row.ended ? row : await signed(row, mine, ending);
  await device.save({ ...mine, n: Math.max(mine.n, done.n), prev: done.n >= mine.n ? chain.hex(done.head) : mine.prev, current: null });
  outbox.tell();
  return done;
}

async function signed(row, mine, ending) {
  const { at } = ending === "stopped" ? await clock.now() : { at: row.last || row.at };
  const end = chain.canonical({
    v: chain.FORM, id: row.id, start: chain.hex(await chain.sha256(row.start)), chunks: row.count, size_bytes: row.size, head: chain.hex(row.head),
    ended_at: at, ending, marks: row.marks,
  });
  const signature = await chain.sign(mine.pair, end);
  return store.alter("captures", row.id, (one) => ({ ...one, ended: at, ending, end, signature }));
}

// What was cut off (tab closed, app killed, battery dead) is ended here, with every chunk that was written. Resolves to the device.
export async function settle(officer = outbox.me()) {
  const mine = await device.own(officer);
  if (mine.current && mine.current === live) return mine;
  const row = mine.current && (await store.get("captures", mine.current));
  if (mine.current && !row) await device.save({ ...mine, current: null });
  if (row && !row.ended) await recover(row);
  if (row) await finish(row.id, "recovered");
  return device.own(officer);
}

async function recover(row) {
  for (let seq = row.count + 1; ; seq += 1) {
    const chunk = await store.get("chunks", key(row.id, seq));
    if (!chunk) break;
    await take(row.id, seq, chunk.data, chunk.at);
  }
  const found = await store.get("captures", row.id);
  if (found.count) await mark(row.id, "interrupted");
}

// Held while something is being recorded: one recording at a time in this browser, and nobody "recovers" a live one.
const LOCK = "mingjing-recording";
export const alone = (work) => (navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null)) : work());

// Room for more: chunks that the platform has are let go, the chain does not need them any more.
export async function letGo() {
  for (const row of await all()) {
    for (let seq = row.freed || 0; seq < row.sent; seq += 1) await store.remove("chunks", key(row.id, seq + 1));
    if (row.sent > (row.freed || 0)) await store.alter("captures", row.id, (one) => ({ ...one, freed: row.sent }));
  }
}

// --- sending ---

class Held extends Error {}

async function ask(method, address, { body, headers = {} } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      method, body, credentials: "same-origin", redirect: "error", cache: "no-store",
      headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), ...headers },
    });
  } catch (error) {
    throw new Held("没有网络，恢复后自动上传。");
  }
  const told = await answer.json().catch(() => null);
  if (answer.status === 401) throw new Held("登录已经过期，重新登录后自动上传。");
  if (told === null || answer.status >= 500 || answer.status === 429) throw new Held("平台暂时没有答复，稍后自动再传。");
  return { ok: answer.ok, told };
}

const post = (address, said) => ask("POST", address, { body: JSON.stringify(said), headers: { "Content-Type": "application/json" } });

// Sends what waits of every recording of the person signed in, as far as it is here now.
export async function send() {
  if (outbox.me() !== null) await alone(() => settle());
  for (const row of await all()) {
    if (row.done && !row.bind) continue;
    if (row.officer !== outbox.me()) {
      await hold(row, "由另一名执法人员录制，待其登录后上传。");
      continue;
    }
    try {
      await sendOne(row.id);
    } catch (error) {
      if (!(error instanceof Held)) throw error;
      await hold(row, error.message);
      return;
    }
    outbox.tell();
  }
}

const hold = (row, held) => store.alter("captures", row.id, (one) => ({ ...one, held }));

async function sendOne(id) {
  let row = await store.get("captures", id);
  if (!row.done && row.count) {
    if (!(await registered(row.officer))) return;
    if (!row.begun && !(await sendStart(row))) return;
    await sendChunks(id);
    row = await store.get("captures", id);
    if (row.ended && row.sent >= row.count) await sendEnd(row);
    row = await store.get("captures", id);
  }
  if (row.done && row.bind) await sendBinding(row);
}

async function refuse(row, told) {
  await store.alter("captures", row.id, (one) => ({ ...one, held: "", refused: `${told.reason || told.detail || "平台没有受理。"}${told.remedy || ""}`, code: told.code }));
  return false;
}

async function registered(officer) {
  const mine = await device.own(officer);
  if (mine.registered) return true;
  const name = `${navigator.userAgentData?.platform || navigator.platform || ""} ${navigator.userAgentData?.brands?.at(-1)?.brand || ""}`.trim();
  const { ok } = await post("/field/devices", { public_key: chain.base64(mine.spki), name });
  if (ok) await device.save({ ...(await device.own(officer)), registered: true });
  return ok;
}

async function sendStart(row) {
  const { ok, told } = await post("/field/captures", { manifest: chain.base64(row.start), signature: chain.base64(row.start_signature) });
  if (!ok) return refuse(row, told);
  await store.alter("captures", row.id, (one) => ({ ...one, begun: true, refused: "" }));
  return true;
}

async function sendChunks(id) {
  for (;;) {
    const row = await store.get("captures", id);
    if (row.sent >= row.count || row.refused) return;
    if (!(await sendChunk(row, row.sent + 1))) return;
    await store.alter("captures", id, (one) => ({ ...one, sent: Math.max(one.sent, row.sent + 1), held: "" }));
    outbox.tell();
  }
}

async function sendChunk(row, seq) {
  const chunk = await store.get("chunks", key(row.id, seq));
  if (!chunk) return true; // let go after the platform had it
  const digest = chain.base64(await chain.sha256(chunk.data));
  const { ok, told } = await ask("PUT", `/field/captures/${row.id}/${seq}`, {
    body: chunk.data, headers: { "Content-Type": "application/octet-stream", "Content-Digest": `sha-256=:${digest}:` },
  });
  return ok || (told.code === "bad-digest" ? Promise.reject(new Held("有一段没有传完整，稍后自动再传。")) : refuse(row, told));
}

async function sendEnd(row) {
  const { ok, told } = await post(`/field/captures/${row.id}/end`, { manifest: chain.base64(row.end), signature: chain.base64(row.signature) });
  if (!ok && ["chunks-missing", "chunk-damaged"].includes(told.code)) return sendMissing(row);
  if (!ok) return refuse(row, told);
  await receipted(row, told.receipt);
}

// The platform lacks chunks that this device thought it had: they are sent once more, then the end again.
async function sendMissing(row) {
  const { ok, told } = await ask("GET", `/field/captures/${row.id}`);
  if (!ok) return refuse(row, told);
  const has = (seq) => told.received.some(([first, last]) => first <= seq && seq <= last);
  for (let seq = 1; seq <= row.count; seq += 1) if (!has(seq)) await sendChunk(row, seq);
  const again = await post(`/field/captures/${row.id}/end`, { manifest: chain.base64(row.end), signature: chain.base64(row.signature) });
  if (!again.ok) return refuse(row, again.told);
  return receipted(row, again.told.receipt);
}

// The receipt is compared with what was recorded here before a single byte is given up.
async function receipted(row, receipt) {
  if (receipt.head !== chain.hex(row.head) || receipt.size_bytes !== row.size || receipt.chunks !== row.count) {
    return refuse(row, { reason: "平台的回执与本机录制的不一致，本机内容全部保留。", remedy: "请保留手机，报告管理员。" });
  }
  await store.alter("captures", row.id, (one) => ({ ...one, done: true, receipt, held: "", refused: "" }));
  for (let seq = row.freed || 0; seq < row.count; seq += 1) await store.remove("chunks", key(row.id, seq + 1));
}

async function sendBinding(row) {
  const { ok, told } = await post(`/field/captures/${row.id}/bind`, row.bind);
  if (!ok) return refuse(row, told);
  await store.alter("captures", row.id, (one) => ({ ...one, bind: null, case: told.case, step: told.step, refused: "" }));
}

// Tries again what the platform had refused.
export async function again(id) {
  await store.alter("captures", id, (one) => ({ ...one, refused: "", code: "" }));
  return outbox.flush();
}

outbox.register(send);
