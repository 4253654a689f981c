// 当场处罚: chooses from what came with the page, checks the limits, and puts one act with three times into the queue.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import * as numbers from "./numbers-kept.js";
import { now } from "./clock.js";
import { bindNow, give, local, mark } from "./fields.js";
import { bindFiles, filesOf, restore } from "./photos.js";

const form = document.getElementById("penalty");
const pack = JSON.parse(form.dataset.pack);
const said = document.querySelector("[data-said]");
const decide = document.querySelector("[data-decide]");
const part = (name) => form.querySelector(`[data-${name}]`);
const DRAFT = "penalty";
const SHOWN = 5;
const yuan = (fen) => `${(fen / 100).toLocaleString("zh-CN", { maximumFractionDigits: 2 })}元`;
const value = (name) => String(new FormData(form).get(name) ?? "").trim();
const several = (name) => new FormData(form).getAll(name).map(String);
const times = {};
let number = null;
let numbered = Promise.resolve(); // that the number is known; asking the platform for it may take a while
let replaces = null; // the refused act that this one is done over for

const made = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const choice = (type, name, code, text) => made("label", { className: "choice" }, made("input", { type, name, value: code }), text);

const pick = (name, code) => {
  for (const input of form.querySelectorAll(`[name="${name}"]`)) input.checked = input.value === code;
};
const item = () => pack.items.find((one) => one.code === value("power"));
const isPerson = () => value("party.kind") === "person";
const rule = () => item()?.fines.find((one) => one.id === value("fine_variant"));
const fine = () => (several("penalty_kinds").includes("fine") ? Math.round(Number(value("fine").replaceAll(",", "")) * 100) : 0);
const cap = () => pack.caps[item()?.field]?.[isPerson() ? "person" : "org"];
const needed = () => pack.caps[item()?.field]?.officers ?? 2;

async function moment() {
  const { at, offset } = await now();
  return new Date(Date.parse(at) + offset);
}

// The items that hold every word; those used last on this device come first.
async function listItems() {
  const words = part("item-find").value.trim().split(/\s+/).filter(Boolean);
  const used = (await store.recall("items-used", [])).map((one) => one.code);
  const rank = (one) => (used.includes(one.code) ? used.indexOf(one.code) : used.length + pack.items.indexOf(one));
  const found = pack.items.filter((one) => words.every((word) => `${one.title} ${one.basis} ${one.code}`.includes(word))).sort((a, b) => rank(a) - rank(b));
  const chosen = value("power");
  const shown = found.slice(0, SHOWN);
  if (chosen && !shown.some((one) => one.code === chosen)) shown.unshift(item());
  part("items").replaceChildren(...shown.map((one) => choice("radio", "power", one.code, one.title)), ...(found.length > SHOWN ? [made("p", { className: "help", textContent: `还有 ${found.length - SHOWN} 个事项，输入字词查找。` })] : []), ...(found.length ? [] : [made("p", { className: "help", textContent: pack.items.length ? "没有这样的事项。当场处罚限于有法定罚款幅度、数额在限额以内的事项。" : "本机关没有可以当场处罚的权责事项。" })]));
  if (chosen) pick("power", chosen);
}

async function itemChosen() {
  const one = item();
  times.spot_check ||= (await moment()).toISOString();
  const remembered = (await store.recall("items-used", [])).find((used) => used.code === one.code) || {};
  form.elements.violated_provision.value = one.violated || remembered.violated || "";
  form.elements.evidence_summary.value = one.evidence || remembered.evidence || "现场照片 | 书证 | 违法行为";
  writeFact();
  part("variants").replaceChildren(...one.fines.map((fine) => choice("radio", "fine_variant", fine.id, `${fine.title}（${fine.least ? `${yuan(fine.least)}以上` : ""}${yuan(fine.most)}以下）`)));
  const first = one.fines.find((fine) => fine.subject === "any" || (fine.subject === "person") === isPerson()) || one.fines[0];
  pick("fine_variant", first.id);
  form.querySelector('[data-field="fine_variant"]').hidden = one.fines.length < 2;
  part("order").hidden = !one.order_first;
  part("order").textContent = one.order_first;
  if (!value("fine")) form.elements.fine.value = remembered.fine ? remembered.fine / 100 : first.least ? first.least / 100 : "";
}

let written = "";
function writeFact() {
  const box = form.elements.violation_fact;
  if (box.value && box.value !== written) return;
  const place = value("violation_place") || "（违法地点）";
  written = item()?.fact ? item().fact.replace("{place}", place) : `当事人在${place}${item()?.title || ""}。`;
  box.value = written;
}

function refresh() {
  const fined = several("penalty_kinds").includes("fine");
  for (const box of form.querySelectorAll("[data-fine]")) box.hidden = !fined;
  part("org").hidden = !value("party.kind") || isPerson();
  part("statement").hidden = !["rejected", "accepted"].includes(value("party_view"));
  part("untold").hidden = value("notice_reply") !== "refused";
  part("interpreted").hidden = value("notice_language") !== "interpreter";
  if (part("undressed")) part("undressed").hidden = value("uniform_worn") !== "no";
  part("cash").hidden = value("collection") !== "cash";
  part("pad").hidden = value("signing") !== "pad";
  part("refused").hidden = value("signing") !== "refused";
  part("ordered").hidden = !rule()?.after_order;
  part("officers").textContent = `${needed()} 名以上`;
  const one = rule();
  part("range").textContent = one ? `法定 ${one.least ? `${yuan(one.least)}以上` : ""}${yuan(one.most)}以下；当场处罚${isPerson() ? "公民" : "单位"}限 ${yuan(cap() || 0)}以下。` : "先选事项。";
  part("read-back").textContent = readBack();
}

const DIGITS = "〇一二三四五六七八九";
function numeral(number) {
  if (number >= 1000) return String(number);
  const [hundreds, tens, ones] = [Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10];
  const high = hundreds ? `${DIGITS[hundreds]}百` : "";
  const middle = tens ? `${tens === 1 && !hundreds ? "" : DIGITS[tens]}十` : hundreds && ones ? "〇" : "";
  return `${high}${middle}${ones ? DIGITS[ones] : ""}`;
}

// The notation of the codex as the platform's paper writes it: 道路交通安全法/56(1) is
// 《中华人民共和国道路交通安全法》第五十六条第一款.
function provision(text) {
  const one = (place) => {
    const [, statute, article, paragraph, item] = place.trim().match(/^(.+?)\/(\d+)(?:\((\d+)\))?(?:\[(\d+)\])?$/) || [];
    if (!statute) return place.trim();
    return `《${pack.titles[statute] || statute}》第${numeral(Number(article))}条${paragraph ? `第${numeral(Number(paragraph))}款` : ""}${item ? `第（${numeral(Number(item))}）项` : ""}`;
  };
  return text.split(/[;；]/).filter((place) => place.trim()).map(one).join("、");
}

function content() {
  return [several("penalty_kinds").includes("warning") && "警告", fine() > 0 && `罚款${yuan(fine())}`].filter(Boolean).map((text, index) => `${index + 1}. ${text}`).join("\n");
}

function readBack() {
  const one = item();
  if (!one) return "（先选事项）";
  const heard = { none: "您没有异议。", rejected: "您的陈述、申辩经复核不成立。", accepted: "您的陈述、申辩成立，已经采纳。" }[value("party_view")] || "";
  return `${value("party.name") || "当事人"}：${value("violation_fact")}违反了${provision(value("violated_provision"))}的规定，依据${provision(one.basis)}，决定当场处罚：\n${content() || "（填写数额）"}\n${heard}对本决定不服的，依法申请行政复议。`;
}

const RULES = [
  ["power", () => !item() && "请选择违法事项。"],
  ["party.kind", () => !value("party.kind") && "请选择当事人类别。"],
  ["party.name", () => !value("party.name") && "请填写姓名或者名称。"],
  ["violation_at", () => (!value("violation_at") ? "请填写违法时间。" : Date.parse(value("violation_at")) > Date.now() + 300000 && "违法时间晚于现在，请核对。")],
  ["violation_place", () => !value("violation_place") && "请填写违法地点。"],
  ["violation_fact", () => !value("violation_fact") && "请写明违法行为。"],
  ["violated_provision", () => !value("violated_provision") && "请填写违反的规定。"],
  ["evidence_summary", () => !value("evidence_summary") && "请写明证据。"],
  ["penalty_kinds", () => !several("penalty_kinds").length && "请选择处罚种类。"],
  ["fine", () => wrongFine()],
  ["prior_order_no", () => several("penalty_kinds").includes("fine") && rule()?.after_order && !value("prior_order_no") && "这一档罚款以责令改正后拒不改正为前提，请填写责令改正文书的文号；没有责令改正的，不得罚款。"],
  ["prior_checked_on", () => several("penalty_kinds").includes("fine") && rule()?.after_order && !value("prior_checked_on") && "请填写复查日期。"],
  ["handlers", () => several("handlers").length < needed() && `应当由 ${needed()} 名以上执法人员办理（行政处罚法第四十二条）。`],
  ["film_pending", () => !value("film_pending") && "请写明录像在哪一台设备上；没有录像的，不能当场出具决定书（行政处罚法第四十七条）。"],
  ["certificates_shown", () => !value("certificates_shown") && "没有出示执法证件，不得当场处罚（行政处罚法第五十二条、第五十五条）。"],
  ...(part("undressed") ? [["uniform_worn", () => !value("uniform_worn") && "请选择着装情况。"], ["uniform_reason", () => value("uniform_worn") === "no" && !value("uniform_reason") && "请写明没有着装的理由。"]] : []),
  ["notice_reply", () => !value("notice_reply") && "没有告知的，不得作出处罚决定（行政处罚法第四十四条）；告知后请选择当事人怎样确认。"],
  ["notice_interpreter", () => value("notice_language") === "interpreter" && !value("notice_interpreter") && "请写明翻译人员。"],
  ["notice_refusal", () => value("notice_reply") === "refused" && !value("notice_refusal") && "请写明拒绝或者不能确认的情况。"],
  ["notice_witness", () => value("notice_reply") === "refused" && !value("notice_witness") && "请写明见证人；没有的，写明由两名执法人员注明。"],
  ["party_view", () => !value("party_view") && "请听取当事人的意见（行政处罚法第四十五条）。"],
  ["oral_statement", () => ["rejected", "accepted"].includes(value("party_view")) && !value("oral_statement") && "请写明陈述、申辩的内容和复核意见。"],
  ["collection_ground", () => fine() > 0 && value("collection") === "cash" && !value("collection_ground") && "请选择当场收缴的情形。"],
  ["collection_receipt", () => fine() > 0 && value("collection") === "cash" && !value("collection_receipt") && "请填写票据号码；没有专用票据的，当事人有权拒绝缴纳。"],
  ["party_signature", () => value("signing") === "pad" && !value("party_signature") && "请当事人签名；拒绝的，选“拒绝签收”。"],
  ["signing_refusal", () => value("signing") === "refused" && !value("signing_refusal") && "请写明拒绝签收的情况。"],
];

function wrongFine() {
  if (!several("penalty_kinds").includes("fine")) return "";
  const [amount, one] = [fine(), rule()];
  if (!one) return "先选事项。";
  if (!(amount > 0)) return "请填写罚款数额。";
  if (amount < one.least || amount > one.most) return `法定幅度是${one.least ? `${yuan(one.least)}以上` : ""}${yuan(one.most)}以下，填写的是${yuan(amount)}。`;
  if (amount > cap()) return `当场处罚的罚款以${yuan(cap())}为限（行政处罚法第五十一条），填写的是${yuan(amount)}；超过的改用普通程序。`;
  return "";
}

const fieldOf = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

// Marks what is wrong, all of it or (`only`) where something was said to be wrong; the first as [field, text].
function check(only = "") {
  let first = null;
  for (const [name, wrong] of RULES) {
    const [field, text] = [fieldOf(name), wrong() || ""];
    if (only && !field.matches(only)) continue;
    mark(field, text);
    if (text) first ||= [field, text];
  }
  said.hidden = !first;
  said.textContent = first?.[1] || "";
  return first;
}

const pairs = (facts) => Object.entries(facts).flatMap(([name, given]) => [given].flat().filter((one) => one !== "" && one !== null && one !== undefined).map((one) => [`fact.${name}`, String(one)]));

function stages() {
  const fined = fine() > 0;
  const [kinds, handlers, ordered] = [several("penalty_kinds"), several("handlers"), rule()?.after_order && fined];
  const cash = fined && value("collection") === "cash";
  return {
    spot_check: {
      at: times.spot_check,
      values: pairs({ source_kind: "inspection", cause: item().title.slice(0, 120), violation_at: value("violation_at"), violation_on: value("violation_at").slice(0, 10), violation_place: value("violation_place"), violation_fact: value("violation_fact"), evidence_summary: value("evidence_summary"), violated_provision: value("violated_provision"), certificates_shown: "yes", uniform_worn: value("uniform_worn"), uniform_reason: value("uniform_worn") === "no" ? value("uniform_reason") : "", officers_present: handlers }),
    },
    hear_party: {
      at: times.hear_party,
      values: pairs({ power_item: item().code, penalty_provision: item().basis, penalty_kinds: kinds, fine_variant: fined ? value("fine_variant") : "", noticed_fine_fen: fined ? value("fine") : "", prior_order_no: ordered ? value("prior_order_no") : "", prior_checked_on: ordered ? value("prior_checked_on") : "", rights_told: "yes", notice_language: value("notice_language"), notice_interpreter: value("notice_language") === "interpreter" ? value("notice_interpreter") : "", notice_reply: value("notice_reply"), notice_refusal: value("notice_reply") === "refused" ? value("notice_refusal") : "", notice_witness: value("notice_reply") === "refused" ? value("notice_witness") : "", party_view: value("party_view"), oral_statement: value("oral_statement") }),
    },
    spot_decision: {
      values: pairs({ fine_fen: fined ? value("fine") : "", penalty_content: content(), discretion_reason: value("discretion_reason"), collection: fined ? value("collection") : "", collection_ground: cash ? value("collection_ground") : "", collection_counted_on: cash ? times.day : "", collection_receipt: cash ? value("collection_receipt") : "", service_recipient: value("signing") === "refused" ? "" : value("party.name").slice(0, 60), signing_refusal: value("signing") === "refused" ? [value("signing_refusal"), value("signing_witness") && `见证人：${value("signing_witness")}`].filter(Boolean).join("；") : "", party_signature: value("signing") === "pad" ? value("party_signature") : "" }),
    },
  };
}

function slip(decided) {
  const staff = pack.staff.filter((one) => several("handlers").includes(String(one.id)));
  return {
    organ: pack.organ, number: number?.number || "", code: number?.code || "", qr: number?.qr || "", decided,
    party: Object.fromEntries(["kind", "name", "code", "legal_representative", "address"].map((name) => [name, value(`party.${name}`)])),
    violation_at: value("violation_at").replace("T", " "), place: value("violation_place"), fact: value("violation_fact"),
    violated: provision(value("violated_provision")), basis: provision(item().basis), content: content(), statement: value("oral_statement"),
    collection: fine() > 0 ? value("collection") : "", receipt: value("collection_receipt"), remedies: pack.remedies,
    officers: staff.map((one) => `${one.name}（${one.number}）`).join("、"), signature: value("signing") === "pad" ? value("party_signature") : "", refusal: value("signing") === "refused" ? value("signing_refusal") : "",
  };
}

async function decideNow(event) {
  event.preventDefault();
  const wrong = check();
  if (wrong) return wrong[0].scrollIntoView({ block: "center" });
  busy(true);
  await numbered;
  if (!number && !navigator.onLine) {
    busy(false);
    return say("没有领取号码，没有网络时不能当场交付决定书（决定书须编有号码，行政处罚法第五十二条）。请到有网络的地方，或者改日制作。");
  }
  try {
    const decided = await moment();
    times.day = local(decided).slice(0, 10);
    times.hear_party ||= decided.toISOString();
    const raw = (iso, offset) => new Date(Date.parse(iso) - offset).toISOString();
    const { at, offset, checked } = await now();
    const made = stages();
    for (const stage of Object.values(made)) if (stage.at) stage.at = raw(stage.at, offset);
    const act = {
      kind: "penalty", title: `当场处罚 · ${value("party.name")}`, at, offset, checked,
      power: item().code, party: Object.fromEntries(["kind", "name", "code", "legal_representative", "address", "phone"].map((name) => [name, isPerson() && name === "legal_representative" ? "" : value(`party.${name}`)])),
      handlers: several("handlers").map(Number), region: pack.region, number: number?.seq ?? null, visit: await store.recall(visitNames(times.day)[0], ""), stages: made, files: filesOf(form), slip: slip(local(decided).replace("T", " ")), film_pending: value("film_pending"), replaces, draft: typed(), place: await outbox.place(), name: `${value("party.name")}${item().title}案`.slice(0, 300),
    };
    const row = await outbox.add(act, [await numbers.without(number), await remembered()]);
    await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, 8000))]);
    await settled(await store.get("acts", row.key));
  } catch (error) {
    say(error.message);
    busy(false);
  }
}

const word = decide.textContent;
const busy = (on) => {
  decide.disabled = on;
  decide.textContent = on ? "正在保存……" : word;
};

const say = (text) => {
  said.textContent = text;
  said.hidden = false;
};

async function remembered() {
  const used = (await store.recall("items-used", [])).filter((one) => one.code !== item().code);
  const latest = { code: item().code, violated: value("violated_provision"), evidence: value("evidence_summary"), fine: fine() };
  await store.remember("penalty-with", { handlers: several("handlers"), place: value("violation_place"), film: value("film_pending") });
  await store.remember("film-device", value("film_pending"));
  return ["kept", { name: "items-used", value: [latest, ...used].slice(0, 30) }];
}

// What the platform refuses at once is mended here, with the same number; nothing has been handed over yet.
async function settled(row) {
  if (row.state === "refused") {
    await store.remove("acts", row.key);
    await numbers.giveBack(number);
    outbox.tell();
    say(`${row.answer.reason}${row.answer.remedy || ""}`);
    busy(false);
    return;
  }
  for (const name of visitNames(times.day)) await store.remove("kept", name);
  await store.remove("drafts", DRAFT);
  location.href = `/field/slip#${row.key}`;
}

// The certificate shown and the word for the visit, as the page of the certificate left them.
const dayOf = async () => local(await moment()).slice(0, 10);
const visitNames = (day) => [`visit:${DRAFT}:${day}`, `shown:${DRAFT}:${day}`];

async function tellShown() {
  const shown = await store.recall(visitNames(await dayOf())[1]);
  const box = form.querySelector('[name="certificates_shown"]');
  if (!shown) return;
  part("shown-today").textContent = `今天 ${new Date(shown).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })} 已出示证件`;
  part("shown-today").hidden = false;
  if (!box.checked) box.click();
}

const typed = () => [...new FormData(form)].filter(([, given]) => typeof given === "string");

async function keep() {
  await store.put("drafts", { id: DRAFT, values: typed(), files: filesOf(form), times, at: Date.now(), replaces, number: replaces && number }).catch((error) => say(error.message));
}

function fill(values) {
  const byName = new Map();
  for (const [name, given] of values) byName.set(name, [...(byName.get(name) || []), given]);
  for (const input of form.elements) {
    if (!input.name || input.type === "file") continue;
    const given = byName.get(input.name);
    if (input.type === "radio" || input.type === "checkbox") input.checked = Boolean(given?.includes(input.value));
    else if (given) give(input, given[0]);
  }
}

async function takeNumber(known) {
  number = known || (await numbers.next());
  part("number").textContent = number ? `文号 ${number.number}（连同本号还有 ${(await numbers.free()).length} 个没有用）` : navigator.onLine ? "没有领取号码：由平台编号，作出后打印。" : "没有领取号码，没有网络时不能当场交付决定书。";
}

async function begin() {
  const draft = await store.get("drafts", DRAFT);
  numbered = takeNumber(draft?.number);
  const before = await store.recall("penalty-with", { handlers: [], place: "" });
  const mine = String(outbox.me());
  part("staff").replaceChildren(...[...pack.staff].sort((a, b) => (String(b.id) === mine) - (String(a.id) === mine)).map((one) => choice("checkbox", "handlers", one.id, `${one.name}（${one.number || "没有证件"}）`)));
  for (const input of form.querySelectorAll('[name="handlers"]')) input.checked = input.value === mine || before.handlers.includes(input.value);
  form.elements.violation_at.value = local(await moment());
  form.elements.violation_place.value = before.place;
  form.elements.film_pending.value = before.film || (await store.recall("film-device", ""));
  bindFiles(form.querySelector("#p-files"));
  for (const input of form.querySelectorAll("[data-now]")) bindNow(input);
  if (draft) {
    replaces = draft.replaces || null;
    const code = draft.values.find(([name]) => name === "power")?.[1];
    if (code && pack.items.some((one) => one.code === code)) {
      part("items").replaceChildren(choice("radio", "power", code, ""));
      pick("power", code);
      await itemChosen();
    }
    fill(draft.values);
    restore(form, draft.files);
    Object.assign(times, draft.times);
    part("restored").hidden = false;
    part("restart").addEventListener("click", async () => {
      await store.remove("drafts", DRAFT);
      location.reload();
    });
  }
  await listItems();
  refresh();
}

ready.then(async () => {
  await begin();
  let timer = 0;
  form.addEventListener("input", async (event) => {
    if (event.target.matches("[data-item-find]")) return listItems();
    if (event.target.name === "power") await itemChosen();
    if (event.target.name === "violation_place") writeFact();
    if (event.target.name === "notice_reply" && event.target.checked) times.hear_party = (await moment()).toISOString();
    refresh();
    if (form.querySelector(".field-wrong")) check(".field-wrong");
    clearTimeout(timer);
    timer = setTimeout(keep, 600);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
  form.addEventListener("submit", decideNow);
  decide.disabled = false; // a tap before would send the form away and lose it
  await tellShown();
});
