// Lists of the codex that spare typing: questions and phrases to put in, a checklist, a list of goods. Each writes
// the text of its field ("一行一项"), which stays what is handed in and can be read and changed as text.
import { add } from "./photos.js";

const made = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const RESULTS = ["符合", "不符合", "不涉及"];
const GOODS = [
  ["名称", "text"],
  ["规格型号", "text"],
  ["单位", "text"],
  ["数量", "numeric"],
  ["备注", "text"],
];
const clean = (text) => text.replaceAll("|", "｜").trim();
const announce = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

export function bindAids(form, aids) {
  for (const aid of aids) {
    const box = form.querySelector(`[name="fact.${CSS.escape(aid.fact)}"]`);
    if (!box) continue;
    const photos = aid.photos && form.querySelector(`input[type=file][name="fact.${CSS.escape(aid.photos)}"]`);
    if (aid.kind === "checklist") checklist(aid, box, photos);
    else if (aid.kind === "goods") goods(aid, box, photos);
    else sentences(aid, box);
  }
}

function sentences(aid, box) {
  const put = (line) => {
    const text = aid.kind === "questions" ? `问：${line}\n答：` : line;
    box.value = `${box.value.trimEnd()}${box.value.trim() ? "\n" : ""}${text}`;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    announce(box);
  };
  const list = made("div", { className: "stack-buttons" });
  for (const line of aid.lines) {
    const button = made("button", { type: "button", className: "big quiet aid-line", textContent: line });
    button.addEventListener("click", () => put(line));
    list.append(button);
  }
  box.before(made("details", { className: "aid" }, made("summary", { textContent: aid.title }), list));
}

// The camera of one line; its photos go to the field for photos, named by the number of the line.
function camera(number, photos, count) {
  const input = made("input", { type: "file", accept: "image/*", hidden: true });
  input.setAttribute("capture", "environment");
  const button = made("button", { type: "button", className: "big quiet", textContent: "拍照" });
  button.setAttribute("aria-label", `第 ${number} 项拍照`);
  button.addEventListener("click", () => input.click());
  let taken = count;
  input.addEventListener("change", () => {
    for (const file of input.files) add(photos, file, `第${number}项-${(taken += 1)}.${file.name.split(".").pop() || "jpg"}`);
    input.value = "";
    button.textContent = `已拍 ${taken} 张 · 再拍`;
  });
  return made("div", {}, button, input);
}

// The text behind a list, with the word on how its lines are written: of use only to whoever opens it.
function asText(box) {
  const details = made("details", { className: "aid" }, made("summary", { textContent: "查看、修改文字" }));
  const help = box.closest(".field").querySelector(":scope > .help");
  box.before(details);
  details.append(...(help ? [help] : []), box);
  return details;
}

function checklist(aid, box, photos) {
  const known = new Map(box.value.split("\n").map((line) => line.split("|").map((part) => part.trim())).map(([item, result, note]) => [item, { result, note }]));
  const rows = aid.lines.map((item, index) => ({ item: clean(item), number: index + 1, result: "", note: "", ...known.get(clean(item)) }));
  const write = () => {
    box.value = rows
      .filter((row) => row.result)
      .map((row) => [row.item, row.result, clean(row.note || (row.result === "符合" ? "—" : ""))].join(" | "))
      .join("\n");
    left.textContent = rows.every((row) => row.result) ? "各项都已检查。" : `还有 ${rows.filter((row) => !row.result).length} 项没有检查。`;
    announce(box);
  };
  const left = made("p", { className: "help" });
  left.setAttribute("role", "status");
  const list = made("ol", { className: "line-list" });
  for (const row of rows) {
    const note = made("input", { type: "text", value: row.note || "", placeholder: "说明不符合的情形", hidden: row.result !== "不符合" });
    note.setAttribute("aria-label", `第 ${row.number} 项说明`);
    note.addEventListener("input", () => {
      row.note = note.value;
      write();
    });
    const group = made("div", { className: "thirds" });
    for (const result of RESULTS) {
      const radio = made("input", { type: "radio", name: `check-${aid.fact}-${row.number}`, value: result, checked: row.result === result });
      radio.addEventListener("change", () => {
        row.result = result;
        note.hidden = result !== "不符合";
        write();
      });
      group.append(made("label", { className: "choice" }, radio, result));
    }
    list.append(made("li", { className: "panel" }, made("p", { textContent: row.item }), group, note, ...(photos ? [camera(row.number, photos, 0)] : [])));
  }
  box.before(made("section", {}, made("h3", { textContent: aid.title }), list, left));
  asText(box);
  write();
}

function goods(aid, box, photos) {
  const list = made("ol", { className: "line-list" });
  const rows = [];
  const write = () => {
    box.value = rows
      .filter((row) => row.values[0].trim())
      .map((row) => row.values.map(clean).join(" | "))
      .join("\n");
    announce(box);
  };
  const line = (values = ["", "", "", "", ""]) => {
    const row = { values: GOODS.map((_, index) => values[index] || "") };
    rows.push(row);
    const number = rows.length;
    const inputs = GOODS.map(([title, kind], index) => {
      const input = made("input", { type: "text", inputMode: kind, value: row.values[index], autocomplete: "off" });
      input.addEventListener("input", () => {
        row.values[index] = input.value;
        write();
      });
      return made("label", { className: index ? "half" : "" }, title, input);
    });
    list.append(made("li", { className: "panel goods" }, ...inputs, ...(photos ? [camera(number, photos, 0)] : [])));
    return inputs[0];
  };
  const more = made("button", { type: "button", className: "big", textContent: "再加一件" });
  more.addEventListener("click", () => line().querySelector("input").focus());
  const known = box.value.split("\n").filter((text) => text.trim());
  for (const text of known.length ? known : [""]) line(text.split("|").map((part) => part.trim()));
  box.before(made("section", {}, made("h3", { textContent: aid.title }), list, more));
  asText(box);
}
