// One field of a form on a phone: the button for the present moment, and what is wrong with it.
import { now } from "./clock.js";

const two = (number) => String(number).padStart(2, "0");
// A moment as an input of date and time takes it.
export const local = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

// The present moment by the platform's clock, in one tap, where the moment cannot lie ahead.
export function bindNow(input) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "big quiet", textContent: input.dataset.now });
  button.addEventListener("click", async () => {
    const { at, offset } = await now();
    const moment = local(new Date(Date.parse(at) + offset));
    input.value = input.type === "date" ? moment.slice(0, 10) : moment;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const beside = Object.assign(document.createElement("div"), { className: "with-now" });
  input.replaceWith(beside);
  beside.append(input, button);
}

// Says at a field what is wrong with it, under its name; an empty text takes the word back.
export function mark(field, text) {
  field.classList.toggle("field-wrong", Boolean(text));
  let note = field.querySelector(":scope > .error");
  if (!note && text) {
    note = Object.assign(document.createElement("span"), { className: "error" });
    const name = field.querySelector(":scope > legend, :scope > label, :scope > .label");
    if (name) name.after(note);
    else field.prepend(note);
  }
  if (note) note.textContent = text;
}

// Puts a kept value into an input; a signature is drawn anew.
export function give(input, value) {
  input.value = value;
  if ("signatureDrawn" in input.dataset) input.dispatchEvent(new Event("change"));
}
