// The form of a step outdoors: kept as a draft while it is filled in, put into the queue when it is done.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { now } from "./clock.js";
import { bindAids } from "./aids.js";
import { carried } from "./carried.js";
import { bindNow, give, mark } from "./fields.js";
import { bindFiles, filesOf, restore } from "./photos.js";
import { offerRecordings } from "./recordings.js";

const form = document.querySelector("[data-field-step]");
const said = document.querySelector("[data-step-said]");
const save = document.querySelector("[data-step-save]");
// Facts, recordings ticked for a file field, and the device that holds a recording.
const NAMES = /^((recorded\.)?fact\.|film_pending$)/;
const WAIT = 6000; // ms; so long the platform's word is waited for before going on without it

const say = (text) => {
  said.textContent = text;
  said.hidden = !text;
};

// What was filled in, without what a condition hides: [[name, value]] in the order of the form.
export function valuesOf(form) {
  const found = [];
  for (const input of form.elements) {
    if (!NAMES.test(input.name) || input.type === "file" || input.closest("[hidden]")) continue;
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) continue;
    if (input.value.trim()) found.push([input.name, input.value]);
  }
  return found;
}

// `only` leaves alone what the values do not name; else what was ticked before is what they tell, and nothing more.
export function fill(form, values, { only = false } = {}) {
  const byName = new Map();
  for (const [name, value] of values) byName.set(name, [...(byName.get(name) || []), value]);
  for (const input of form.elements) {
    const given = byName.get(input.name);
    if (!NAMES.test(input.name) || input.type === "file" || (only && !given)) continue;
    if (input.type === "radio" || input.type === "checkbox") input.checked = Boolean(given?.includes(input.value));
    else if (given) give(input, given[0]);
  }
}

function isMissing(field) {
  if (!field.querySelector(".must") || field.closest("[hidden]") || field.querySelector("[name^='recorded.']:checked")) return false;
  const names = [...valuesOf(form).map(([name]) => name), ...filesOf(form).map(({ name }) => name)];
  return !names.some((name) => field.querySelector(`[name="${CSS.escape(name)}"]`));
}

// What is still missing, told at its field; the platform judges the rest.
function missing() {
  const fields = [...form.querySelectorAll(".field")];
  for (const field of fields) mark(field, isMissing(field) ? "此项必填，尚未填写。" : "");
  return fields.find(isMissing);
}

// What was wrong and has been filled in is wrong no longer.
function mended(event) {
  const field = event.target.closest(".field-wrong");
  if (!field || isMissing(field)) return;
  mark(field, "");
  if (!form.querySelector(".field-wrong")) say("");
}

// What the device knows of today: the certificate was shown in this matter, so the form says so until somebody says no.
async function shownToday() {
  const strip = document.querySelector("[data-shown-today]");
  if (!strip) return;
  const { at, offset } = await now();
  const day = new Date(Date.parse(at) + offset + 8 * 3600 * 1000).toISOString().slice(0, 10);
  const shown = await store.recall(`shown:${form.dataset.case}:${day}`);
  if (!shown) return;
  strip.textContent = `今天 ${new Date(shown).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })} 已出示证件`;
  strip.hidden = false;
  const boxes = [...form.querySelectorAll('[name="fact.certificates_shown"]')];
  if (!boxes.some((box) => box.checked)) boxes.find((box) => box.value === "yes")?.click();
}

// What was filled in today in this case and the page does not know of yet; the officer is told, for it is his to check.
async function carry() {
  const values = await carried(form, JSON.parse(form.dataset.sources));
  if (!values.length) return;
  fill(form, values, { only: true });
  const note = document.querySelector("[data-carried]");
  note.textContent = `有 ${new Set(values.map(([name]) => name)).size} 项按本案今天在手机上的办理填好，请核对。`;
  note.hidden = false;
}

// How the fields are called, for the queue to tell what was filled in.
const labelsOf = (form) =>
  Object.fromEntries([...form.querySelectorAll(".field")].map((field) => [field.querySelector("[name]")?.name, field.querySelector("legend, label")?.firstChild?.textContent.trim()]));

let replaces = null;
const draftId = () => `${form.dataset.case}/${form.dataset.stepId}`;

async function keep() {
  try {
    await store.put("drafts", { id: draftId(), values: valuesOf(form), files: filesOf(form), at: Date.now(), replaces });
  } catch (error) {
    say(error.message);
  }
}

async function submit(event) {
  event.preventDefault();
  const first = missing();
  if (first) {
    say("还有必填的没有填写。");
    first.scrollIntoView({ block: "center" });
    return;
  }
  busy(true);
  say("");
  const { case: no, stepId: step, title, base, label } = form.dataset;
  try {
    const act = { kind: "step", case: no, step, title: `${title} · ${label}`, base: Number(base), values: valuesOf(form), files: filesOf(form), place: await outbox.place(), replaces };
    act.labels = labelsOf(form);
    if (form.elements.film_pending) await store.remember("film-device", form.elements.film_pending.value.trim());
    const row = await outbox.add(act);
    await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, WAIT))]);
    await after(await store.get("acts", row.key));
  } catch (error) {
    say(error.message);
    busy(false);
  }
}

const word = save?.textContent;
function busy(on) {
  save.disabled = on;
  save.textContent = on ? "正在保存……" : word;
}

// Where the platform said no at once, it is mended here; otherwise the act waits in the queue.
async function after(row) {
  if (row.state === "refused") {
    await store.remove("acts", row.key);
    outbox.tell();
    const { reason, remedy = "", fields = {} } = row.answer;
    for (const [name, text] of Object.entries(fields)) {
      const field = document.getElementById(`fact-${name}`)?.closest(".field");
      if (field) mark(field, text);
    }
    say(`${reason}${remedy}`);
    form.querySelector(".field-wrong")?.scrollIntoView({ block: "center" });
    busy(false);
    return;
  }
  await store.remove("drafts", draftId());
  location.href = row.state === "conflict" ? "/field/queue" : `/field/cases/${row.case}`;
}

if (form) {
  ready.then(async () => {
    for (const input of form.querySelectorAll("input[type=file]")) if (!input.closest("[data-signature]")) bindFiles(input);
    await offerRecordings(form);
    const draft = await store.get("drafts", draftId());
    if (draft) {
      replaces = draft.replaces || null;
      fill(form, draft.values);
      restore(form, draft.files);
      const note = document.querySelector("[data-restored]");
      note.hidden = false;
      note.querySelector("[data-restart]").addEventListener("click", async () => {
        await store.remove("drafts", draftId());
        location.reload();
      });
    } else await carry();
    const film = form.elements.film_pending;
    if (film && !film.value) film.value = await store.recall("film-device", "");
    for (const input of form.querySelectorAll("[data-now]")) bindNow(input);
    bindAids(form, JSON.parse(form.dataset.aids));
    await shownToday();
    let timer = 0;
    form.addEventListener("input", (event) => {
      mended(event);
      clearTimeout(timer);
      timer = setTimeout(keep, 600);
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
    form.querySelector("[data-conditions]")?.dispatchEvent(new Event("input", { bubbles: true }));
    form.addEventListener("submit", submit);
    save.disabled = false; // a tap before would send the form away and lose it
  });
}
