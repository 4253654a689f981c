// The device's clock against the platform's: the error is reckoned whenever the platform answers and goes with each act.
import * as store from "./store.js";

const ASK = "/field/status";
const PATIENCE = 5000; // ms; a network that says nothing for so long is none
export const LARGE = 120000; // ms; beyond, the person is told

// A question to the platform that is given up when nothing answers.
export async function ask(address, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await fetch(address, { headers: { Accept: "application/json" }, redirect: "error", ...options, signal: patience.signal });
  } finally {
    clearTimeout(timer);
  }
}

// Asks the platform who is signed in and what time it has. Null where it does not answer; { out: true } where nobody is signed in.
export async function check() {
  const asked = Date.now();
  let answer;
  try {
    answer = await ask(ASK, { cache: "no-store" });
  } catch (error) {
    return null;
  }
  if (answer.status === 401) return { out: true };
  if (!answer.ok) return null;
  const told = await answer.json();
  const back = Date.now();
  // The answer was written about half way between asking and hearing it.
  const offset = Math.round(Date.parse(told.now) - (asked + back) / 2);
  await store.remember("clock", { offset, checked: back }).catch(() => {});
  return { ...told, offset };
}

// The moment of an act: what the device's clock said, and its error as last known (ms, platform minus device).
export async function now() {
  const clock = await store.recall("clock", { offset: 0, checked: null }).catch(() => ({ offset: 0, checked: null }));
  return { at: new Date().toISOString(), offset: clock.offset, checked: clock.checked && new Date(clock.checked).toISOString() };
}

// Whether the clock was turned back since it was last compared: its time is then behind its own past.
export const turnedBack = (clock) => Boolean(clock?.checked) && Date.now() < clock.checked - LARGE;
