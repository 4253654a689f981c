// Keys of the desk: g t and g c go somewhere, j and k walk a list, Enter opens the chosen row, ? shows the sheet.
// Everything here has a link or a button on the page; nothing depends on it.
import { keepUnsent } from "./unsent.js";

const PLACES = { t: "/desk", c: "/desk/cases" };
const PATIENCE_MS = 1200;

const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

let started = 0;
let chosen = -1;

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function choose(place) {
  const all = rows();
  if (!all.length) return;
  all[chosen]?.classList.remove("chosen");
  chosen = Math.max(0, Math.min(place, all.length - 1));
  const row = all[chosen];
  row.classList.add("chosen");
  row.scrollIntoView({ block: "nearest" });
  // The focus goes along, so that Enter opens the row and a screen reader says where one is.
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
}

function go(event) {
  const place = PLACES[event.key];
  const soon = event.timeStamp - started < PATIENCE_MS;
  started = 0;
  if (!place || !soon) return false;
  window.location.assign(place);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
  if (started && go(event)) return;
  if (event.key === "g") started = event.timeStamp;
  else if (event.key === "j") choose(chosen + 1);
  else if (event.key === "k") choose(chosen - 1);
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else return;
  event.preventDefault();
});

keepUnsent();

// Leaving a form with typed text behind: the browser asks.
for (const form of document.querySelectorAll("form[data-step]")) {
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", (event) => {
    // A preview opens beside the page: what was typed is still unsaved.
    if (event.submitter?.formTarget !== "_blank") changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// What cannot be taken back is asked about once more.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// The way back from a page leads to the list as it was left: its filters, its order, its page. Kept per person and
// for this window only; without scripts the links lead to the whole list.
const person = document.querySelector("[data-person]")?.dataset.person;
const crumbs = document.querySelector(".crumbs");

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(`lists:${person}`)) || {};
  } catch (error) {
    return {}; // Storage is switched off.
  }
}

function keep(lists) {
  try {
    sessionStorage.setItem(`lists:${person}`, JSON.stringify(lists));
  } catch (error) {
    // Storage is switched off or full: the links stay as they are.
  }
}

function leadBack() {
  const { last, ...addresses } = kept();
  for (const link of crumbs.querySelectorAll("a")) {
    if (!link.search && addresses[link.pathname]) link.href = addresses[link.pathname];
  }
  const known = [...crumbs.querySelectorAll("a")].some((link) => link.pathname === last?.path);
  if (!last || known || last.path === window.location.pathname) return;
  const link = document.createElement("a");
  link.href = addresses[last.path];
  link.textContent = `← ${last.title}`;
  crumbs.prepend(link, "　");
}

function remember() {
  const title = document.querySelector("h1").firstChild.textContent.trim();
  const path = window.location.pathname;
  keep({ ...kept(), [path]: path + window.location.search, last: { path, title } });
}

if (person && crumbs) leadBack();
// A list is a page with filters, or a page of rows that lies under no other.
if (person && document.querySelector(crumbs ? ".filters" : ".filters, [data-row]")) remember();
// Who goes through the menu or searches has left the list behind.
for (const way of document.querySelectorAll(".doors, .side, .bar-search")) {
  for (const kind of ["click", "submit"]) way.addEventListener(kind, () => keep({ ...kept(), last: undefined }));
}

// The publisher marks what was left unmasked: selected words go into the list, and the page is masked anew.
const chosenWords = () => {
  const selection = window.getSelection();
  const within = selection?.anchorNode?.parentElement?.closest(".publish .original");
  const words = selection?.toString().trim() ?? "";
  return within && words.length > 1 && words.length <= 100 ? words.replace(/\s+/g, " ") : "";
};
const maskButton = document.querySelector("[data-mask-chosen]");
if (maskButton) {
  maskButton.hidden = false;
  maskButton.disabled = true;
  document.addEventListener("selectionchange", () => {
    const words = chosenWords();
    maskButton.disabled = !words;
    if (words) maskButton.dataset.words = words;
  });
  // Pressing the button must not take the selection away before it is read.
  maskButton.addEventListener("mousedown", (event) => event.preventDefault());
  maskButton.addEventListener("click", () => {
    const more = document.getElementById("more");
    more.value = [more.value.trim(), maskButton.dataset.words].filter(Boolean).join("\n");
    document.querySelector("[data-mask]").click();
  });
}
