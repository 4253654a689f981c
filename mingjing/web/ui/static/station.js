// 录像采集站: files of a camera are digested here, their story is guessed by the platform, a person confirms, and each
// goes up by itself. What is known already is recognized within this batch and by the platform among the person's own.
import { digestOf } from "./sha256.js";
import { sendAhead } from "./upload.js";

const box = document.querySelector("[data-station]");
const list = box.querySelector("[data-rows]");
const said = box.querySelector("[data-station-said]");
const template = box.querySelector("[data-row-template]");
const officers = JSON.parse(box.dataset.officers);
const choices = JSON.parse(box.dataset.choices);
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
const SEEN = /^(video|audio|image)\//;
const ENDINGS = { mp4: "video/mp4", mov: "video/quicktime", avi: "video/x-msvideo", mkv: "video/x-matroska", ts: "video/mp2t", webm: "video/webm", mp3: "audio/mpeg", wav: "audio/wav", m4a: "audio/mp4", aac: "audio/aac", jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png" };
const rows = [];

const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
const tag = (text, kind) => Object.assign(document.createElement("span"), { className: `tag tag-${kind}`, textContent: text });
const mb = (bytes) => (bytes > 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${(bytes / 2 ** 20).toFixed(1)} MB`);
const typeOf = (file) => (SEEN.test(file.type) ? file.type : ENDINGS[file.name.split(".").pop().toLowerCase()] || "");
const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

box.hidden = false;
document.querySelector("[data-plain]").hidden = true;

// --- what was chosen ---

async function filesUnder(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    for (const one of some) found.push(...(await filesUnder(one)));
  }
  return found;
}

async function take(files) {
  const films = files.filter(typeOf);
  const fresh = films.filter((file) => !rows.some((row) => same(row.file, file)));
  const left = files.length - fresh.length;
  said.textContent = fresh.length ? `加入 ${fresh.length} 个文件${left ? `，另有 ${left} 个不是音像或者已在清单中` : ""}。正在读取……` : "没有新的音像文件。";
  const added = fresh.map(draw);
  rows.push(...added);
  await guess(added);
  for (const row of added) await digest(row);
  said.textContent = `共 ${rows.length} 个文件，请核对后存入。`;
  whole();
}

function draw(file) {
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-f="${name}"]`);
  const row = { file, item, part, sha256: "", done: false };
  part("name").textContent = file.webkitRelativePath || file.name;
  part("about").textContent = mb(file.size);
  part("officer").replaceChildren(option("", "请选择"), ...officers.map(([id, name]) => option(id, name)));
  part("target").replaceChildren(option("", "以后再选"), ...choices.map(([value, text]) => option(value, text)));
  part("send").addEventListener("click", () => send(row));
  part("drop").addEventListener("click", () => drop(row));
  part("checked").addEventListener("change", whole);
  part("target").addEventListener("change", () => (part("reason-box").hidden = !part("target").value.startsWith("taken:")));
  list.append(item);
  return row;
}

function drop(row) {
  rows.splice(rows.indexOf(row), 1);
  row.item.remove();
  whole();
}

// The length, where the browser can read the file; 0 where it cannot.
function secondsOf(file) {
  const kind = typeOf(file).split("/")[0];
  if (kind === "image") return Promise.resolve(0);
  return new Promise((done) => {
    const film = document.createElement(kind === "audio" ? "audio" : "video");
    const end = (seconds) => {
      URL.revokeObjectURL(film.src);
      done(Number.isFinite(seconds) ? seconds : 0);
    };
    film.preload = "metadata";
    film.addEventListener("loadedmetadata", () => end(film.duration));
    film.addEventListener("error", () => end(0));
    setTimeout(() => end(0), 5000);
    film.src = URL.createObjectURL(file);
  });
}

async function guess(added) {
  const asked = [];
  for (const { file } of added) asked.push({ name: file.name, modified: new Date(file.lastModified).toISOString(), seconds: await secondsOf(file) });
  if (!asked.length) return;
  const answer = await fetch(box.dataset.guess, { method: "POST", body: JSON.stringify(asked), headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() } });
  if (!answer.ok) return;
  const { files } = await answer.json();
  added.forEach((row, place) => fill(row, files[place]));
}

function fill({ part }, told) {
  part("officer").value = told.officer ?? "";
  part("device").value = told.device;
  part("started_at").value = told.started_at;
  part("ended_at").value = told.ended_at;
  const near = told.matches.map((one) => option(one.value, one.text));
  if (near.length) {
    const group = Object.assign(document.createElement("optgroup"), { label: "同一时间办理的环节" });
    group.append(...near);
    part("target").firstElementChild.after(group);
  }
  const sure = told.matches.find((one) => one.sure);
  if (sure) part("target").value = sure.value;
  part("target").dispatchEvent(new Event("change"));
  if (told.late) part("tags").append(tag("逾期交存", "amber"));
  if (!told.named) part("tags").append(tag("时间按文件推断", "amber"));
}

async function digest(row) {
  const { file, part } = row;
  row.sha256 = await digestOf(file, (bytes) => (part("bar").value = bytes / file.size));
  const twin = rows.find((other) => other !== row && other.sha256 === row.sha256);
  part("about").textContent = `${mb(file.size)}　SHA-256 ${row.sha256.slice(0, 16)}…`;
  if (twin) {
    part("said").textContent = `与“${twin.file.name}”内容相同，不必重复存入。`;
    part("send").disabled = part("checked").disabled = true;
  }
}

// --- sending ---

const ready = (row) => !row.done && row.sha256 && row.part("checked").checked && !row.part("send").disabled;

function whole() {
  box.querySelector("[data-station-all]").hidden = !rows.some(ready);
}

async function send(row) {
  const { part, file } = row;
  if (row.done || !row.sha256) return;
  if (!part("officer").value || !part("started_at").value) {
    part("said").textContent = "请先选择使用人，填写开始时间。";
    return;
  }
  part("send").disabled = true;
  part("said").textContent = "正在上传……";
  try {
    const key = await sendAhead(file, typeOf(file), (bytes) => (part("bar").value = bytes / file.size));
    const form = new FormData();
    form.append("sent.file", key);
    form.append("sha256", row.sha256);
    for (const name of ["officer", "device", "started_at", "ended_at", "target", "reason"]) form.append(name, part(name).value);
    const answer = await fetch(location.pathname, { method: "POST", body: form, headers: { Accept: "application/json", "X-CSRFToken": token() } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${told.reason || told.detail}${told.remedy || ""}`);
    row.done = true;
    part("said").textContent = told.said;
    part("tags").prepend(tag("已存入", "green"));
    for (const one of row.item.querySelectorAll("input, select, button")) one.disabled = true;
  } catch (why) {
    part("said").textContent = why.message || "没有存入，请再试。";
    part("send").disabled = false;
  }
  whole();
}

box.querySelector("[data-all]").addEventListener("click", async () => {
  for (const row of rows.filter(ready)) await send(row);
});
for (const input of box.querySelectorAll("[data-pick]")) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    take(files);
  });
}
const zone = box.querySelector("[data-drop]");
zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("drop-over");
});
zone.addEventListener("dragleave", () => zone.classList.remove("drop-over"));
zone.addEventListener("drop", async (event) => {
  event.preventDefault();
  zone.classList.remove("drop-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [];
  for (const entry of entries) files.push(...(await filesUnder(entry)));
  take(files);
});
addEventListener("beforeunload", (event) => {
  if (rows.some((row) => !row.done)) event.preventDefault();
});
