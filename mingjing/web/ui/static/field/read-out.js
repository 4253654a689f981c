// 宣读告知: the words on the whole screen, in large letters, in the party's language; reading them to the end fills in
// the form. Everything is in the page, so it works wherever the page does.
const dialog = document.querySelector("[data-read-out-dialog]");
const buttons = [...dialog.querySelectorAll("[data-language]")];
const INTERPRETED = "interpreter"; // the answer of the form where no text of ours was read

function choose(language) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  for (const text of dialog.querySelectorAll("[data-spoken]")) text.hidden = text.dataset.spoken !== language;
  const untranslated = !dialog.querySelector(`[data-spoken="${language}"] h3`);
  dialog.querySelector("[data-read-out-done]").textContent = untranslated ? "已由翻译人员口译" : "已宣读完毕";
}

const chosen = () => buttons.find((button) => button.getAttribute("aria-pressed") === "true").dataset.language;

// Ticks the answer of the form, as a finger would.
function answer(name, value) {
  for (const input of document.querySelectorAll(`[name="fact.${name}"], [name="${name}"]`)) {
    if (input.type === "radio" || input.type === "checkbox") {
      if (input.value === value && !input.checked) input.click();
    } else if (input.value !== value) {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

// Before a penalty on the spot the matter is what was chosen on the page, by its title.
const OPEN = "所选定的违法行为";
const texts = [...dialog.querySelectorAll("p")].map((place) => [place, place.textContent]);

function nameMatter() {
  const matter = document.querySelector('[name="power"]:checked')?.closest("label")?.textContent.trim();
  for (const [place, text] of texts) place.textContent = text.replaceAll(OPEN, matter || OPEN);
}

document.querySelector("[data-read-out]").addEventListener("click", () => {
  nameMatter();
  dialog.showModal();
});
dialog.querySelector("[data-read-out-close]").addEventListener("click", () => dialog.close());
for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.language));
dialog.querySelector("[data-read-out-done]").addEventListener("click", () => {
  const language = chosen();
  const spoken = dialog.querySelector(`[data-spoken="${language}"] h3`);
  answer("rights_told", "yes");
  answer("notice_language", spoken ? language : INTERPRETED);
  dialog.close();
  document.querySelector('[name="fact.notice_reply"], [name="notice_reply"]')?.closest(".field")?.scrollIntoView({ block: "center" });
});
