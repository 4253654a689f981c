// What scripts add to public pages, which all work without them: keys, print, copying.
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
});

for (const button of document.querySelectorAll("[data-print]")) {
  // The sheet that was asked for: a3, or only the flowchart on a4-flow or a3-flow. See print.css.
  button.hidden = false;
  button.addEventListener("click", () => {
    document.documentElement.dataset.sheet = button.dataset.print;
    window.print();
  });
}

for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).textContent);
    button.textContent = button.dataset.done;
  });
}
