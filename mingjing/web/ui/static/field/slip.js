// The paper for the party, made from what the device holds; the platform's own copy bears the same number and code.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";

const state = document.querySelector("[data-slip-state]");
const paper = document.querySelector("[data-slip]");
const print = document.querySelector("[data-slip-print]");
const link = document.querySelector("[data-slip-paper]");
const part = (name) => paper.querySelector(`[data-s="${name}"]`);

// 2026-11-28 11:36 as a paper writes it.
const inWords = (text) => text.replace(/^(\d+)-0?(\d+)-0?(\d+)(?: 0?(\d+):(\d+))?$/, (whole, year, month, day, hour, minute) => `${year}年${month}月${day}日${hour === undefined ? "" : `${hour}时${minute}分`}`);
const KINDS = { person: "", sole_proprietor: "（个体工商户）", enterprise: "", organization: "" };

function party({ kind, name, code, legal_representative, address }) {
  return [`${name}${KINDS[kind] || ""}`, code && `证件号码 ${code}`, legal_representative && `法定代表人 ${legal_representative}`, address && `住址 ${address}`].filter(Boolean).join("，");
}

function payment(slip) {
  if (!slip.collection) return "";
  if (slip.collection === "cash") return `罚款依照《中华人民共和国行政处罚法》第六十八条、第六十九条的规定当场收缴，出具财政部门统一制发的专用票据（号码：${slip.receipt}）。`;
  return `当事人应当自收到本决定书之日起十五日内，到${slip.organ.bank || "指定的银行"}或者通过电子支付系统缴纳罚款；到期不缴纳的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额。`;
}

function write(slip) {
  const texts = {
    organ: slip.organ.name, organ2: slip.organ.name, number: slip.number, party: party(slip.party), violation_at: inWords(slip.violation_at), place: slip.place, fact: slip.fact,
    violated: slip.violated, basis: slip.basis, content: slip.content, officers: slip.officers, decided: inWords(slip.decided.slice(0, 10)), payment: payment(slip),
    statement: slip.statement || "当事人未提出陈述、申辩意见。", remedies: slip.remedies.join(""), refusal: slip.refusal ? `当事人拒绝签收：${slip.refusal}` : "",
    code: slip.code ? `扫码核验本决定书 · 核验码 ${slip.code}${slip.organ.phone ? ` · 咨询 ${slip.organ.phone}` : ""}` : "",
  };
  for (const [name, text] of Object.entries(texts)) part(name).textContent = text;
  part("qr").innerHTML = slip.qr;
  part("signature").hidden = !slip.signature;
  part("sign-line").hidden = Boolean(slip.signature);
  if (slip.signature) part("signature").src = slip.signature;
}

async function show() {
  const row = await store.get("acts", location.hash.slice(1));
  if (!row?.slip) {
    state.textContent = "本机没有这份决定书。已上传的，请在案件中打开文书。";
    return;
  }
  // Without a number drawn in advance, only the platform's own paper may be handed over.
  const own = Boolean(row.slip.number);
  const [document] = row.answer?.papers || [];
  paper.hidden = !own;
  print.disabled = !own;
  print.hidden = !own;
  link.hidden = !document;
  if (document) link.href = `/desk/papers/${document}.pdf`;
  if (own) write(row.slip);
  state.textContent = {
    done: "平台已收到并记录。",
    refused: `平台没有受理：${row.answer?.reason || ""}请不要交付；已经交付的，立即在“待上传”中处理。`,
  }[row.state] || (own ? "已存在手机里，联网后自动上传。可以打印交付。" : "正在等平台编号，联网后可以打开正式文书。");
}

print.addEventListener("click", () => window.print());
ready.then(show);
outbox.onChange(show);
