// Every page of the field app: the worker, the badges, the clock, signing out, and sending what waits.
import "./captures.js";
import * as clock from "./clock.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";

const root = document.documentElement;
const part = (name) => document.querySelector(`[data-${name}]`);
export const megabytes = (bytes) => (bytes > 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${Math.round(bytes / 2 ** 20)} MB`);

async function badges() {
  const waiting = await store.unsent();
  const badge = part("unsent");
  badge.hidden = waiting === 0;
  badge.textContent = `未上传 ${waiting} 项`;
  navigator.setAppBadge?.(waiting).catch(() => {});
}

function network(answering) {
  const on = answering ?? navigator.onLine;
  root.dataset.network = on ? "on" : "off";
  part("offline").hidden = on;
}

async function compare() {
  const told = await clock.check();
  network(told !== null);
  part("signed-out").hidden = !told?.out;
  if (!told || told.out) return;
  const other = me() !== null && told.officer !== me();
  if (other) location.reload();
  const off = Math.abs(told.offset) > clock.LARGE;
  part("clock").hidden = !off;
  if (off) part("clock-text").textContent = drift(told.offset);
}

const me = outbox.me;

export function drift(offset) {
  const minutes = Math.round(Math.abs(offset) / 60000);
  return `手机时间比平台${offset > 0 ? "慢" : "快"} ${minutes} 分钟。办理时间按平台时间记录，请在手机设置中打开“自动确定时间”。`;
}

async function space() {
  await store.persist();
  const found = await store.room();
  const shown = part("room");
  if (!found || !shown) return;
  shown.textContent = `可用空间约 ${megabytes(found.free)}${found.kept ? "，系统不会自动清理" : ""}`;
  shown.classList.toggle("low", found.free < 500 * 2 ** 20);
}

function leaving() {
  const form = part("sign-out");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const waiting = await store.unsent();
    const said = part("sign-out-no");
    said.hidden = waiting === 0;
    if (waiting) {
      said.textContent = `还有 ${waiting} 项没有上传，现在不能退出登录。请到有网络的地方等待上传完成，或者在“待上传”中处理。`;
      return;
    }
    await store.clear();
    form.submit();
  });
}

// A new version is loaded beside the old one and taken into use when the person says so; the queue lies elsewhere.
async function worker() {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" });
  if (registration.active && !navigator.serviceWorker.controller) registration.active.postMessage("claim");
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    part("update").hidden = false;
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  part("update-now").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("take-over");
  });
}

// What the pages wait for: the device's own store. Never the network, which may be there and not answer: in the rain
// behind a warehouse a form must work the moment it is seen.
export const ready = (async () => {
  network();
  addEventListener("online", compare);
  addEventListener("offline", () => network(false));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && compare());
  outbox.onChange(badges);
  leaving();
  await badges();
})();

ready.then(async () => {
  await worker().catch(() => {});
  await space().catch(() => {});
  if (me() === null) return;
  await compare();
  outbox.start();
});
