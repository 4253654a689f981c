// 出示证件: the code on the screen is made anew each minute, with or without a network; the showing is an act with its
// own time and place, kept on the device and uploaded like any other. Made as kernel/card_code.py says.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { svg } from "./qr.js";

const card = document.querySelector("[data-card]");
const button = document.querySelector("[data-show]");
const said = document.querySelector("[data-shown]");
const clock = document.querySelector("[data-card-clock]");
const picture = document.querySelector("[data-card-code]");
const scans = document.querySelector("[data-scans]");
const asked = new URLSearchParams(location.hash.slice(1));
const visit = asked.get("case") || "";
const about = visit || asked.get("for") || ""; // a penalty on the spot has no matter yet: "penalty"
const POLL = 5000; // ms between two questions whether the code was scanned
const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const localDay = (at) => new Date(at + 8 * 3600 * 1000).toISOString().slice(0, 10); // Shanghai keeps no summer time
const { seeds, step } = JSON.parse(card.dataset.seeds);

// The platform's time as far as the device knows it.
const platformNow = async () => Date.now() + (await store.recall("clock", { offset: 0 })).offset;

// The word for this visit: random, the same all day for one matter, telling nothing of it. That of a penalty on the
// spot is forgotten once it is decided (penalty.js): the next party is another visit.
async function tokenOf(day) {
  const name = `visit:${about}:${day}`;
  const known = await store.recall(name);
  if (known) return known;
  const made = [...crypto.getRandomValues(new Uint8Array(6))].map((one) => one.toString(16).padStart(2, "0")).join("");
  await store.remember(name, made);
  return made;
}

async function codeOf(at) {
  const day = localDay(Math.floor(at / 1000 / step) * step * 1000);
  if (!seeds[day] || !crypto.subtle) return null;
  const head = new Uint8Array(10);
  new DataView(head.buffer).setUint32(0, Math.floor(at / 1000 / step));
  head.set((await tokenOf(day)).match(/../g).map((two) => parseInt(two, 16)), 4);
  const key = await crypto.subtle.importKey("raw", bytesOf(seeds[day]), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const told = new Uint8Array([...new TextEncoder().encode(`mingjing-card-1\n${card.dataset.number}\n`), ...head]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, told)).slice(0, 10);
  return btoa(String.fromCharCode(...head, ...mac)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

let drawn = "";

async function tick() {
  const at = await platformNow();
  const code = await codeOf(at);
  const address = code ? `${card.dataset.address}?c=${code}` : card.dataset.address;
  if (address !== drawn) {
    picture.innerHTML = svg(address);
    drawn = address;
  }
  const left = step - (Math.floor(at / 1000) % step);
  const time = new Date(at).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
  clock.textContent = code ? `${time} · 动态码 ${left} 秒后更换` : "手机离开网络太久，二维码不再更换，只能用来核对证件本身。联网后打开本页恢复。";
  clock.classList.toggle("seal-bad", !code);
}

async function askScans() {
  if (document.hidden || !navigator.onLine) return;
  const token = await tokenOf(localDay(await platformNow()));
  const answer = await fetch(`${card.dataset.asks}?token=${token}`, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  const told = answer?.ok ? await answer.json() : null;
  if (!told?.scans.length) return;
  scans.textContent = told.scans.map(({ at, confirmed }) => `${at} 当事人已扫码核验${confirmed ? "，确认是本人" : ""}`).join("；");
  scans.hidden = false;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const token = await tokenOf(localDay(await platformNow()));
    const act = { kind: "certificate", title: "出示执法证件", number: button.dataset.number, token, place: await outbox.place() };
    if (visit) act.case = visit;
    const row = await outbox.add(act);
    await store.remember(`shown:${about}:${localDay(Date.parse(row.at) + row.offset)}`, row.at);
    said.textContent = `已记下：${new Date(row.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" })} 出示证件${row.place ? "（含位置）" : ""}。`;
  } catch (error) {
    said.textContent = error.message;
    button.disabled = false;
  }
  said.hidden = false;
});

ready.then(async () => {
  const back = document.querySelector("[data-back-to-case]");
  if (visit && back) back.href = `/field/cases/${encodeURIComponent(visit)}`;
  if (!visit && about && back) back.href = "/field/penalty";
  if (about) document.querySelector("[data-visit]").textContent = visit ? `用于案件 ${visit}` : "用于这一次当场处罚";
  await tick();
  setInterval(tick, 1000);
  if (scans) setInterval(askScans, POLL);
});
// A screen that goes dark in the party's hand is of no use.
navigator.wakeLock?.request("screen").catch(() => {});
