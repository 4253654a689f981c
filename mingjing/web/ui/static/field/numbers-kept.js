// The numbers that this device drew: fetched when there is a network, used one by one without one.
import { ask } from "./clock.js";
import * as store from "./store.js";

const NAME = "numbers";

// Brings the device's list up to what the platform says is free, minus what waits in the queue.
export async function refresh() {
  let answer;
  try {
    answer = await ask("/field/numbers.json");
  } catch (error) {
    return;
  }
  if (!answer.ok) return;
  const { blocks } = await answer.json();
  const device = await store.recall("device");
  const used = new Set((await store.all("acts")).filter((one) => one.number).map((one) => one.number));
  const mine = blocks.filter((block) => block.device === device).flatMap((block) => block.numbers.map((one) => ({ ...one, year: block.year, block: block.block })));
  await store.remember(NAME, mine.filter((one) => !used.has(one.seq)).sort((a, b) => a.seq - b.seq));
}

// A number counts in its own year only. Source: GB/T 9704-2012 7.2.5.
export const free = async () => (await store.recall(NAME, [])).filter((one) => one.year === new Date().getFullYear());

export async function next() {
  await refresh();
  return (await free())[0] || null;
}

// The change that takes the number off the list, to be written together with the act that uses it.
export async function without(number) {
  const rest = (await store.recall(NAME, [])).filter((one) => !number || one.seq !== number.seq);
  return ["kept", { name: NAME, value: rest }];
}

export async function giveBack(number) {
  if (!number) return;
  const list = (await store.recall(NAME, [])).filter((one) => one.seq !== number.seq);
  await store.remember(NAME, [number, ...list].sort((a, b) => a.seq - b.seq));
}
