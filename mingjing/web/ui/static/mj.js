// What scripts add to pages that work without them: keys, type size, conditional fields, drafts of focus.
import { holds } from "./conditions.js";
import { bindSignature } from "./signature.js";
import { bindUpload } from "./upload.js";

const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

function bindKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && event.target.form) {
      event.target.form.requestSubmit();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.matches("input") ? target.focus() : target.click();
  });
}

function bindSize() {
  const root = document.documentElement;
  for (const link of document.querySelectorAll("[data-size-toggle]")) {
    const label = () => {
      link.textContent = root.dataset.size ? link.dataset.standard : link.dataset.large;
    };
    label();
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (root.dataset.size) delete root.dataset.size;
      else root.dataset.size = "l";
      try {
        localStorage.setItem("size", root.dataset.size || "");
      } catch (error) {
        // Storage is switched off: the size holds for this page.
      }
      label();
    });
  }
}

// A field's value as the conditions see it: money in fen, answers as true or false, absent as null.
function valueOf(field) {
  const inputs = [...field.querySelectorAll("input, select, textarea")];
  if (inputs.some((input) => input.type === "checkbox")) return inputs.filter((input) => input.checked).map((input) => input.value);
  if (inputs.some((input) => input.type === "radio")) {
    const chosen = inputs.find((input) => input.checked);
    if (!chosen) return null;
    return { true: true, false: false }[chosen.value] ?? chosen.value;
  }
  const [input] = inputs;
  const text = input.value.trim();
  if (!text) return null;
  if (field.querySelector(".with-unit")) return Math.round(Number(text.replaceAll(",", "")) * 100);
  return input.inputMode === "numeric" || input.inputMode === "decimal" ? Number(text) : text;
}

function bindConditions(form) {
  const fields = [...form.querySelectorAll(".field")];
  const known = JSON.parse(form.dataset.conditions);
  const nameOf = (field) => field.querySelector("[name]")?.name.replace(/^fact\./, "");
  const refresh = () => {
    const facts = { ...known };
    for (const field of fields) {
      if (field.dataset.when) field.hidden = !holds(JSON.parse(field.dataset.when), facts);
      if (!field.hidden && nameOf(field)) facts[nameOf(field)] = valueOf(field);
    }
  };
  form.addEventListener("input", refresh);
  refresh();
}

function bindCopies() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.textContent = "已复制";
    });
  });
}

// A date that cannot lie ahead is mostly today's: one press instead of eight keys. The moment is local time.
function bindNow(input) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small now";
  button.textContent = input.dataset.now;
  button.addEventListener("click", () => {
    const told = new Date().toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).replace(" ", "T");
    input.value = told.slice(0, input.type === "date" ? 10 : 16);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.after(" ", button);
}

function start(root) {
  // The field app has larger buttons of its own, which go by the platform's clock.
  for (const input of root.querySelectorAll("[data-now]")) if (!input.closest(".field-app")) bindNow(input);
  for (const form of root.querySelectorAll("[data-conditions]")) bindConditions(form);
  for (const box of root.querySelectorAll("[data-signature]")) bindSignature(box);
  for (const input of root.querySelectorAll("form[data-step] input[type=file][multiple]")) bindUpload(input);
  root.querySelector("[data-focus]")?.focus();
}

bindKeys();
bindSize();
bindCopies();
start(document);
for (const button of document.querySelectorAll("[data-print]")) {
  // The sheet that was asked for: a3, or only the flowchart on a4-flow or a3-flow. See print.css.
  button.addEventListener("click", () => {
    document.documentElement.dataset.sheet = button.dataset.print;
    window.print();
  });
}
// What htmx swaps in starts like a page; its first event is for the body, which has been started already.
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) start(event.target);
});
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});
// A refusal comes as 401, 403, 404, 409 or 422 with a fragment worth showing.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([401, 403, 404, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});
