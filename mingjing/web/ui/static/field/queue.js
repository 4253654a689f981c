// 待上传: every act the device holds and what became of it. Nothing is merged and nothing is thrown away silently:
// a conflict shows both sides, and giving an act up takes a reason, which goes on the record.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { now } from "./clock.js";

const list = document.querySelector("[data-queue]");
const said = document.querySelector("[data-queue-said]");
const template = document.querySelector("[data-queue-row]");
const STATES = { waiting: ["待上传", "amber"], sending: ["正在上传", "blue"], done: ["已上传", "green"], refused: ["平台没有受理", "red"], conflict: ["与他人的办理冲突", "red"] };
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) || "";
const when = (text) => new Date(text).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

function button(text, act, kind = "") {
  const made = Object.assign(document.createElement("button"), { type: "button", className: `big ${kind}`, textContent: text });
  made.addEventListener("click", () => act(made));
  return made;
}

// The signed receipt, as a file of the officer's own.
function save(text, name, content) {
  const made = link(text, URL.createObjectURL(new Blob([content], { type: "text/plain" })));
  made.download = name;
  return made;
}

function link(text, href) {
  return Object.assign(document.createElement("a"), { className: "big", textContent: text, href });
}

const short = (value) => (value.startsWith("data:") ? "（签名）" : value.length > 80 ? `${value.slice(0, 80)}…` : value);

function lines(target, pairs) {
  target.replaceChildren(...pairs.flatMap(([label, value]) => [Object.assign(document.createElement("dt"), { textContent: label }), Object.assign(document.createElement("dd"), { textContent: short(value) })]));
}

function row(one) {
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-f="${name}"]`);
  const [text, kind] = STATES[one.state];
  part("title").textContent = one.title;
  part("state").textContent = text;
  part("state").classList.add(`tag-${kind}`);
  const files = one.files?.length ? `，附件 ${one.files.length} 个` : "";
  part("when").textContent = `办理于 ${when(new Date(Date.parse(one.at) + (one.offset || 0)))}${files}${one.tries > 1 ? `，已试 ${one.tries} 次` : ""}`;
  part("said").textContent = told(one);
  item.dataset.key = one.key;
  const buttons = part("buttons");
  if (one.officer !== outbox.me()) part("said").textContent = "由另一名执法人员办理，待其登录后上传。";
  else if (one.state === "conflict") conflict(one, item, part, buttons);
  else if (one.state === "refused") refused(one, buttons);
  else if (one.state === "done" && one.answer?.case) buttons.append(link("打开案件", `/field/cases/${one.answer.case}`));
  if (one.state === "done" && one.answer?.receipt) buttons.append(save("保存回执", `回执-${one.answer.entry.slice(0, 8)}.txt`, one.answer.receipt));
  if (one.kind === "penalty" && one.slip) buttons.append(link("打印决定书", `/field/slip#${one.key}`));
  return item;
}

function told(one) {
  if (one.state === "done") return one.answer.state === "submitted" ? "已报批，等待审批。" : `平台已收到，存证编号 ${one.answer.entry.slice(0, 8)}。`;
  if (one.state === "refused") return `${one.answer.reason || one.answer.detail || "没有说明原因。"}${one.answer.remedy || ""}`;
  if (one.state === "conflict") return "您办理之后、上传之前，本案又有了新的办理。两边的内容都在下面，请核对后选择。";
  return one.held || "排队等待上传。";
}

function conflict(one, item, part, buttons) {
  part("sides").hidden = false;
  lines(part("mine"), (one.values || []).map(([name, value]) => [label(one, name), value]));
  // What is entered after another act of the case bears the present time; when it was done stands in the form.
  const standing = one.answer.now || { steps: [] };
  lines(part("theirs"), [["进度", standing.stage || "—"], ...standing.steps.flatMap((step) => [[`${step.at} ${step.by}`, step.title], ...step.facts])]);
  buttons.append(
    button("按最新情况重新提交我的填写", async (self) => {
      self.disabled = true;
      await outbox.again(one.key, { base: standing.version, after: null, ...(await now()) });
    }, "main"),
    link("打开案件重新办理", `/field/cases/${one.case}`),
    button("不再上传", () => giveUp(one), "bad"),
  );
}

const label = (one, name) => one.labels?.[name] || name.replace(/^fact\./, "");

function refused(one, buttons) {
  if (one.answer.code === "out-of-order") {
    buttons.append(button("按现在的时间办理", async () => outbox.again(one.key, await now()), "main"));
  }
  if (["bad-reason", "late-without-reason"].includes(one.answer.code)) {
    buttons.append(button("写明迟报原因后上传", async () => {
      const reason = prompt("为什么没有及时上传？写明的理由记入全过程记录。");
      if (reason?.trim()) await outbox.again(one.key, { late_reason: reason.trim() });
    }, "main"));
  }
  buttons.append(button("再试一次", () => outbox.again(one.key)));
  if (one.kind === "penalty" && one.draft) buttons.append(button("改正后重新办理", () => penalizeAgain(one)));
  if (one.case && one.step) buttons.append(button("改正后重新办理", () => redo(one)));
  buttons.append(button("不再上传", () => giveUp(one), "bad"));
}

// Back to the form with all that was filled in. The act leaves the queue only when the new one is in it.
async function redo(one) {
  await store.put("drafts", { id: `${one.case}/${one.step}`, values: one.values, files: one.files, at: Date.now(), replaces: one.key });
  location.href = `/field/cases/${one.case}/steps/${one.step}`;
}

// The paper may be in the party's hands already: its number stays with the act that is done over.
async function penalizeAgain(one) {
  const number = one.number && { seq: one.number, number: one.slip.number, code: one.slip.code, qr: one.slip.qr };
  await store.put("drafts", { id: "penalty", values: one.draft, files: one.files, times: {}, at: Date.now(), replaces: one.key, number });
  location.href = "/field/penalty";
}

async function giveUp(one) {
  const reason = prompt("不再上传这一项，请写明理由（记入全过程记录）：");
  if (!reason?.trim()) return;
  const { files, state, tries, answer, order, labels, slip, draft, held, why, ...act } = one;
  const form = new FormData();
  form.append("act", JSON.stringify({ ...act, reason: reason.trim() }));
  let reply;
  try {
    reply = await fetch("/field/discard", { method: "POST", body: form, headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") }, redirect: "error" });
  } catch (error) {
    said.textContent = "没有网络，现在不能放弃这一项；它仍保存在手机里。";
    return;
  }
  if (!reply.ok) {
    said.textContent = (await reply.json().catch(() => ({}))).reason || "平台没有受理，请稍后再试。";
    return;
  }
  await store.remove("acts", one.key);
  outbox.tell();
}

async function show() {
  const rows = await outbox.acts();
  const waiting = rows.filter((one) => one.state !== "done").length;
  const captures = (await store.all("captures")).filter((one) => !one.done).length;
  said.textContent = waiting + captures === 0 ? "全部已上传，可以退出登录。" : `还有 ${waiting + captures} 项没有上传${captures ? `（其中音像 ${captures} 段，在“记录”中查看）` : ""}。${navigator.onLine ? "" : "现在没有网络。"}`;
  // What needs a hand comes first, then what waits; what is done sinks.
  const place = ({ state }) => ["conflict", "refused", "sending", "waiting", "done"].indexOf(state);
  list.replaceChildren(...rows.reverse().sort((one, other) => place(one) - place(other)).map(row));
}

document.querySelector("[data-queue-send]").addEventListener("click", () => outbox.flush());
ready.then(show);
outbox.onChange(show);
