// Keys of the desk: g t and g c go somewhere, j and k walk a list, Enter opens the chosen row, ? shows the sheet.
// Everything here has a link or a button on the page; nothing depends on it.
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
