// 查依据: narrows the list to what holds every word; no network needed.
const find = document.querySelector("[data-find]");
const said = document.querySelector("[data-find-said]");
const rows = [...document.querySelectorAll("[data-words]")];

find.addEventListener("input", () => {
  const words = find.value.trim().split(/\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.words.includes(word));
  const shown = rows.filter((row) => !row.hidden).length;
  said.textContent = shown ? `${shown} 个权责事项` : "没有这样的事项。请换一个词，或者在工作台查全文。";
});
