// The recordings of this device in words, and to which case each belongs.
import * as captures from "./captures.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";

const part = (name) => document.querySelector(`[data-${name}]`);
const KINDS = { video: "录像", audio: "录音", photo: "照片", copy: "水印照片" };
const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
export const size = (bytes) => (bytes < 2 ** 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`);
const when = (text) => new Date(text).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

function state(row) {
  if (row.refused) return ["平台没有受理", "red"];
  if (row.done) return ["平台已收到", "green"];
  if (!row.ended) return ["正在录制", "red"];
  return row.sent ? [`已传 ${row.sent}/${row.count}`, "amber"] : ["待上传", "amber"];
}

function said(row) {
  if (row.refused) return row.refused;
  if (row.done) return `回执：${row.receipt.sha256.slice(0, 12)}…${row.receipt.late ? "，逾期交存" : ""}${row.case ? "" : "，还没有选案件"}`;
  return `${row.ending === "recovered" ? "中断后恢复，已录的都在。" : ""}${row.held || "排队上传。"}`;
}

function button(text, act, kind) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: `big ${kind}`, textContent: text });
  made.addEventListener("click", () => act(made));
  return made;
}

function line(row) {
  const item = part("here-row").content.firstElementChild.cloneNode(true);
  const cell = (name) => item.querySelector(`[data-f="${name}"]`);
  const [text, kind] = state(row);
  cell("title").textContent = `${KINDS[row.kind]} · ${row.title}`;
  cell("state").textContent = text;
  cell("state").classList.add(`tag-${kind}`);
  cell("when").textContent = `第 ${row.n} 段，${when(row.at)}，${size(row.size)}`;
  cell("said").textContent = said(row);
  if (row.refused) cell("buttons").append(button("再试一次", () => captures.again(row.id), ""));
  if (!row.done && row.ended && !row.freed) cell("buttons").append(button("导出到手机文件", () => save(row), "quiet"));
  item.dataset.id = row.id;
  return item;
}

export async function drawList(list, counted) {
  const rows = (await captures.all()).filter((row) => row.kind !== "copy" || row.refused);
  const waiting = rows.filter((row) => !row.done).length;
  counted.textContent = rows.length === 0 ? "没有" : waiting ? `${waiting} 段未传完` : "全部已上传";
  list.replaceChildren(...rows.reverse().slice(0, 30).map(line));
}

// The last resort: the recording as a file, for the import page.
async function save(row) {
  const pieces = [];
  for (let seq = 1; seq <= row.count; seq += 1) pieces.push((await store.get("chunks", [row.id, seq])).data);
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob(pieces)), download: row.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// After a recording: for which case and step it was made, or later.
export function offerBinding(row, choices, after) {
  const [cases, steps, keep] = [part("bind-case"), part("bind-step"), part("bind-save")];
  part("bind").hidden = Boolean(row.case);
  cases.replaceChildren(option("", "以后再选"), ...choices.map((one) => option(one.no, one.label)));
  const chosen = () => choices.find((one) => one.no === cases.value);
  cases.onchange = () => {
    steps.replaceChildren(...(chosen()?.steps || []).map(([code, title]) => option(code, title)));
    steps.disabled = keep.disabled = !chosen();
  };
  cases.onchange();
  keep.onclick = async () => {
    const of = (await captures.all()).filter((one) => one.id === row.id || one.of === row.id);
    for (const one of of) await store.alter("captures", one.id, (kept) => ({ ...kept, bind: { case: cases.value, step: steps.value }, title: steps.selectedOptions[0].textContent }));
    part("result-said").textContent = `已归入${cases.selectedOptions[0].textContent}“${steps.selectedOptions[0].textContent}”，上传后生效。`;
    part("bind").hidden = true;
    await after();
    outbox.flush();
  };
}

// Recordings of this device for the step of a form, which the platform may not have yet: boxes beside the camera button.
export async function offerRecordings(form) {
  const input = [...form.querySelectorAll("input[type=file]")].find((one) => !one.closest("[data-signature]"));
  if (!input) return;
  const { case: no, step } = form.dataset;
  const known = new Set([...form.querySelectorAll("[name^='recorded.']")].map((box) => box.value));
  const of = (row) => (row.bind || row).case === no && (row.bind || row).step === step;
  const rows = (await captures.all()).filter((row) => row.ended && of(row) && !known.has(row.id) && !row.used);
  if (!rows.length) return;
  const group = Object.assign(document.createElement("div"), { className: "recorded" });
  group.append(Object.assign(document.createElement("p"), { className: "help", textContent: "本机已为这一环节录制，勾选的随本环节存入：" }));
  for (const row of rows) {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: `recorded.${input.name}`, value: row.id, checked: true });
    const label = Object.assign(document.createElement("label"), { className: "choice" });
    label.append(box, `${KINDS[row.kind]} ${when(row.at)}，${size(row.size)}${row.done ? "" : "，正在上传"}`);
    group.append(label);
  }
  input.closest(".field").append(group);
}
