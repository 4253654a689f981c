// 今天: fetches the day's pages in advance, so that they open without a network, and says how far it is.
import { ready } from "./field.js";
import * as numbers from "./numbers-kept.js";

const said = document.querySelector("[data-pack]");

// The forms that the page of a case leads to are fetched with it.
async function fetchPage(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html", "X-Ahead": "1" } });
  if (!answer.ok || answer.redirected) return [];
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("a[data-keep]")].map((link) => link.getAttribute("href"));
}

ready.then(async () => {
  if (!navigator.onLine || !navigator.serviceWorker) return;
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  const count = said.textContent;
  const addresses = JSON.parse(said.dataset.addresses);
  const done = new Set();
  try {
    await numbers.refresh();
    while (addresses.length) {
      const address = addresses.shift();
      if (done.has(address)) continue;
      done.add(address);
      addresses.push(...(await fetchPage(address)));
    }
    said.textContent = `${count} · 离线资料已备好（${done.size} 页）`;
  } catch (error) {
    said.textContent = `${count} · 离线资料没有备齐，有网络时再打开本页`;
  }
});
