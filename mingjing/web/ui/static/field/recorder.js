// 录制: camera and microphone into chunks on this device. What the person sees is what is safely written, never a hope.
import { ready } from "./field.js";
import * as camera from "./camera.js";
import * as captures from "./captures.js";
import * as clock from "./clock.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { drawList, offerBinding, size } from "./recordings.js";

const SLICE = 2000; // ms between chunks: the most that a dead battery can cost
const SILENCE = 3 * SLICE; // ms without a chunk: the recording has a hole
const LITTLE_ROOM = 100 * 2 ** 20; // bytes below which nothing new is begun
const NATIVE_SLICE = 4 * 2 ** 20; // bytes of a file from the phone's own camera

const box = document.querySelector("[data-recorder]");
const part = (name) => document.querySelector(`[data-${name}]`);
const fact = (name, text) => (box.querySelector(`[data-fact="${name}"]`).textContent = text);
const main = part("main");
const told = box.dataset;

let live = null; // what is being recorded: { id, recorder, since, paused, kept, last, writing, failed, release }
let place = null;
let screen = null;

const mode = () => box.querySelector("input[name=mode]:checked").value;
const two = (number) => String(number).padStart(2, "0");
const minutes = (ms) => `${two(Math.floor(ms / 60000))}:${two(Math.floor(ms / 1000) % 60)}`;
const stamp = () => new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });

function say(text) {
  part("said").hidden = !text;
  part("said").textContent = text;
}

function watermark(when = stamp()) {
  const where = place ? `${Number(place.lat).toFixed(5)}, ${Number(place.lon).toFixed(5)} ±${place.accuracy} 米` : "位置未取得";
  return [`${told.label || "未选案件"} ${told.stepTitle || ""}`.trim(), `${told.organ} ${told.name} ${told.number}`.trim(), `${when}  ${where}`];
}

// --- what is seen ---

function label() {
  const recording = live !== null;
  main.classList.toggle("recording", recording);
  main.textContent = recording ? "停止" : !camera.stream() ? (mode() === "audio" ? "打开麦克风" : "打开摄像头") : mode() === "photo" ? "拍照" : mode() === "audio" ? "开始录音" : "开始录像";
  part("while").hidden = !recording;
  part("stage-rec").hidden = !recording;
  part("stage-mark").hidden = !camera.stream();
  part("level-box").hidden = mode() === "photo";
  for (const one of box.querySelectorAll("input[name=mode], [data-native]")) one.disabled = recording;
}

async function facts() {
  const row = live && (await store.get("captures", live.id));
  if (row) {
    fact("count", `${row.count} 段`);
    fact("sent", `${row.sent} 段`);
    fact("head", row.count ? Array.from(row.head.subarray(0, 4), (one) => one.toString(16).padStart(2, "0")).join("") : "—");
  }
  const room = await store.room();
  if (room) fact("room", roomText(room.free));
  fact("place", place ? `±${place.accuracy} 米` : "未取得");
}

function roomText(free) {
  const left = Math.floor(free / camera.bytesPerSecond(mode()) / 60);
  return left > 600 ? "10 小时以上" : left >= 60 ? `约 ${Math.floor(left / 60)} 小时` : `约 ${left} 分钟`;
}

function tick() {
  if (!live) return;
  const running = live.kept + (live.paused ? 0 : performance.now() - live.since);
  part("elapsed").textContent = `${live.paused ? "已暂停 " : ""}${minutes(running)}`;
  part("stage-rec").classList.toggle("paused", live.paused);
  part("stage-mark").textContent = watermark().join("\n");
}

function readOut() {
  const when = new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", hour12: false });
  part("read-out").textContent = told.announcement.replace("{time}", when);
}

// --- recording ---

async function openDevices() {
  say("");
  main.disabled = true;
  try {
    await camera.open(mode(), part("preview"));
    part("stage-said").textContent = mode() === "audio" ? "麦克风已打开。" : "";
    camera.listen((level) => {
      part("level").value = level;
      part("level-said").textContent = level < 0.02 ? "没有声音" : "";
    });
  } catch (error) {
    say(camera.why(error));
    part("stage-said").textContent = "没有打开。";
  }
  main.disabled = false;
  label();
}

async function begin() {
  const room = await store.room();
  if (room && room.free < LITTLE_ROOM) {
    await captures.letGo();
    const after = await store.room();
    if (after.free < LITTLE_ROOM) return say(`手机空间只剩 ${Math.round(after.free / 2 ** 20)} MB，不够录制。请删去不用的照片、视频，或者先让已录的上传完。`);
  }
  main.disabled = true;
  // The lock is held until `release` is called: another tab sees that this one records.
  const got = new Promise((resolve) => {
    captures.alone(() => {
      let release;
      const held = new Promise((free) => (release = free));
      resolve(release);
      return held;
    }).then((none) => none === null && resolve(null));
  });
  const release = await got;
  if (!release) {
    main.disabled = false;
    return say("另一个页面正在录制。请回到那个页面，或者先停止那里的录制。");
  }
  try {
    await record(release);
  } catch (error) {
    release();
    live = null;
    say(error.name === "StoreFull" ? error.message : camera.why(error));
  }
  main.disabled = false;
  label();
}

async function record(release) {
  const recorder = camera.recorder(mode());
  const media = recorder.mimeType || camera.mediaType(mode());
  const when = new Date();
  const name = `${mode() === "audio" ? "录音" : "录像"}-${when.toISOString().slice(0, 19).replaceAll(/\D/g, "")}.${camera.extension(media)}`;
  const row = await captures.begin({ kind: mode(), media_type: media, name, purpose: told.stepTitle, title: told.stepTitle || name, case: told.case, step: told.step, place });
  live = { id: row.id, recorder, since: performance.now(), kept: 0, paused: false, last: performance.now(), writing: Promise.resolve(), release, over: null };
  recorder.addEventListener("dataavailable", (event) => {
    if (event.data.size) live.writing = live.writing.then(() => write(event.data));
  });
  live.over = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.addEventListener("error", () => stop("interrupted"));
  camera.onLost(() => stop("interrupted"));
  recorder.start(SLICE);
  part("result").hidden = true;
  scrollTo({ top: 0 });
  screen = await navigator.wakeLock?.request("screen").catch(() => null);
}

// One chunk. A full store is answered by letting go what the platform has; if that does not help, the recording stops
// and this chunk is tried again for as long as the page is open.
async function write(blob) {
  const now = performance.now();
  if (live && !live.paused && now - live.last > SILENCE) await captures.mark(live.id, "gap", now - live.last);
  if (live) live.last = now;
  const id = live.id;
  const data = new Uint8Array(await blob.arrayBuffer());
  for (let tries = 0; ; tries += 1) {
    try {
      await captures.add(id, data);
      break;
    } catch (error) {
      if (error.name !== "StoreFull") throw error;
      await captures.letGo();
      if (tries === 0) continue;
      say("手机存储已满：最后一段还没有写入，请不要关闭本页，删去不用的照片、视频后会自动写入。已录的各段都在。");
      if (live?.recorder.state === "recording") live.recorder.pause();
      await new Promise((go) => setTimeout(go, 3000));
    }
  }
  await facts();
  outbox.tell();
  outbox.flush();
}

async function stop(why = "") {
  if (!live || live.stopping) return;
  live.stopping = true;
  main.disabled = true;
  main.textContent = "正在保存……";
  const { id, recorder, over, release } = live;
  if (recorder.state !== "inactive") recorder.stop();
  await over;
  await live.writing;
  if (why) await captures.mark(id, why);
  const row = await captures.finish(id);
  live = null;
  release();
  screen?.release().catch(() => {});
  main.disabled = false;
  if (why) camera.close(part("preview"));
  if (why) say("录制中断（来电、权限收回或者其他程序占用了摄像头）。已录的都保存了，可以继续录下一段。");
  label();
  if (row) result(row);
  else say("没有录到内容，没有保存。");
  await list();
  await outbox.flush();
  await outbox.flush();
}

async function pause() {
  if (!live) return;
  const paused = !live.paused;
  if (paused) {
    live.kept += performance.now() - live.since;
    live.recorder.pause();
  } else {
    live.since = live.last = performance.now();
    live.recorder.resume();
  }
  live.paused = paused;
  part("pause").textContent = paused ? "继续" : "暂停";
  live.writing = live.writing.then(() => captures.mark(live.id, paused ? "pause" : "resume"));
  tick();
}

async function note() {
  if (!live) return;
  live.writing = live.writing.then(() => captures.mark(live.id, "note"));
  part("note").textContent = "已标记";
  setTimeout(() => (part("note").textContent = "做标记"), 1200);
}

// --- photos and files of the phone's own camera ---

async function shoot() {
  main.disabled = true;
  try {
    const photo = await camera.frame(part("preview"));
    await keepPhoto(photo, `照片-${new Date().toISOString().slice(0, 19).replaceAll(/\D/g, "")}.jpg`);
  } catch (error) {
    say(error.name === "StoreFull" ? error.message : camera.why(error));
  }
  main.disabled = false;
  label();
}

// The raw photo first, then a copy with the watermark burnt in; the signed manifest of the copy names the photo.
async function keepPhoto(photo, name, at = undefined) {
  const common = { media_type: photo.type || "image/jpeg", purpose: told.stepTitle, title: told.stepTitle || name, case: told.case, step: told.step, place };
  const raw = await whole({ ...common, kind: "photo", name, at }, photo);
  if (!raw) return;
  const lines = watermark(at ? new Date(at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false }) : stamp());
  const copy = await camera.watermarked(photo, lines);
  await whole({ ...common, kind: "copy", name: `水印-${name.replace(/\.\w+$/, "")}.jpg`, media_type: "image/jpeg", of: raw.id, watermark: lines.join("\n") }, copy);
  result(raw);
  await list();
  outbox.flush();
}

// Something that is there as a whole, slice by slice through the same door.
async function whole(about, blob) {
  const done = await captures.alone(async () => {
    const row = await captures.begin(about);
    for (let from = 0; from < blob.size; from += NATIVE_SLICE) await captures.add(row.id, new Uint8Array(await blob.slice(from, from + NATIVE_SLICE).arrayBuffer()));
    return captures.finish(row.id);
  });
  if (done === null) say("另一个页面正在录制，请先停止那里的录制。");
  return done;
}

async function native(input) {
  const [file] = input.files;
  if (!file) return;
  say("正在存入本机，请不要关闭本页……");
  try {
    const kind = file.type.startsWith("audio/") ? "audio" : file.type.startsWith("image/") ? "photo" : "video";
    const at = new Date(file.lastModified).toISOString();
    if (kind === "photo") await keepPhoto(file, file.name, at);
    else {
      const row = await whole({ kind, media_type: file.type || "video/mp4", name: file.name, purpose: told.stepTitle, title: told.stepTitle || file.name, case: told.case, step: told.step, place, at }, file);
      if (row) result(row);
    }
    say("");
  } catch (error) {
    say(error.name === "StoreFull" ? error.message : `没有存入：${error.message}。文件仍在手机相册里，请再选一次。`);
  }
  input.value = "";
  await list();
  outbox.flush();
}

function result(row) {
  part("result").hidden = false;
  part("result-title").textContent = `${{ video: "录像", audio: "录音", photo: "照片" }[row.kind]}已保存在本机`;
  const long = row.kind === "photo" ? "" : `${row.count} 段，`;
  part("result-said").textContent = `${long}${size(row.size)}，校验值 ${Array.from(row.head.subarray(0, 4), (one) => one.toString(16).padStart(2, "0")).join("")}。${row.case ? `已归入${told.label}“${told.stepTitle}”。` : ""}`;
  offerBinding(row, JSON.parse(told.choices), list);
  part("result").scrollIntoView({ block: "nearest" });
}

const list = () => drawList(part("here-list"), part("here-count"));

// --- the page ---

function leaving(event) {
  if (!live) return;
  event.preventDefault();
  event.returnValue = "";
}

async function seen() {
  if (!live) return;
  const hidden = document.visibilityState === "hidden";
  const id = live.id;
  live.writing = live.writing.then(() => captures.mark(id, hidden ? "hidden" : "shown"));
  if (hidden && live.recorder.state === "recording") live.recorder.requestData();
  if (!hidden) {
    say("刚才离开过录制页面，时间已记下。请核对画面是否仍在录制。");
    screen = await navigator.wakeLock?.request("screen").catch(() => null);
  }
}

async function battery() {
  const found = await navigator.getBattery?.().catch(() => null);
  if (!found) return;
  const show = () => fact("battery", `${Math.round(found.level * 100)}%${found.charging ? " 充电" : ""}`);
  found.addEventListener("levelchange", show);
  found.addEventListener("chargingchange", show);
  show();
}

async function locate() {
  place = (await outbox.place()) || place;
  await facts();
}

main.addEventListener("click", () => (live ? stop() : !camera.stream() ? openDevices() : mode() === "photo" ? shoot() : begin()));
part("pause").addEventListener("click", pause);
part("note").addEventListener("click", note);
for (const one of box.querySelectorAll("input[name=mode]")) {
  one.addEventListener("change", () => {
    camera.close(part("preview"));
    part("stage-said").textContent = mode() === "audio" ? "点下面的按钮打开麦克风。" : "点下面的按钮打开摄像头。";
    label();
    facts();
  });
}
for (const one of box.querySelectorAll("[data-native]")) one.addEventListener("change", () => native(one));
addEventListener("beforeunload", leaving);
document.addEventListener("visibilitychange", seen);
outbox.onChange(list);
setInterval(tick, 500);
setInterval(readOut, 15000);
setInterval(locate, 60000);

ready.then(async () => {
  readOut();
  label();
  if (!window.MediaRecorder || !navigator.mediaDevices?.getUserMedia) {
    say("这个浏览器不能直接录制。请用页面下方“用手机自带的相机”，或者换用 Chrome、Edge。");
  } else main.disabled = false; // a tap before would be lost
  await captures.alone(() => captures.settle());
  await list();
  battery();
  locate();
  clock.check();
  outbox.flush();
});
