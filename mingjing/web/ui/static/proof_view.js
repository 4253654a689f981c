// Shows in plain words what a bundle or proof proves, who signed, who cosigned, and what is not proven.
import { hex } from "./proof.js";

// A sayer of the words of verify.py in one language; values are put in as text, never as markup.
export const sayer = (words) => (word, values = {}) =>
  (words[word] || word).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

export function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function within(parent, ...children) {
  parent.append(...children);
  return parent;
}

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const short = (hash) => `${hex(hash).slice(0, 8)}…${hex(hash).slice(-4)}`;

export function heading(mark, tone, title) {
  return within(element("h2"), element("span", mark, `tag tag-${tone}`), ` ${title}`);
}

// The parts of the answer, in order, for the page to put where it likes.
export function answerOf(found, say) {
  const [mark, tone, word] = found.trusted ? ["genuine", "green", "proven"] : ["consistent", "amber", "consistent"];
  const parts = [heading(say(`mark-${mark}`), tone, say(word))];
  for (const file of found.files) parts.push(element("p", say("file", file)));
  for (const one of found.records) parts.push(recordOf(one, say));
  return [...parts, element("h3", say("open")), openOf(found, say)];
}

export function refusalOf(refusal, say) {
  const [mark, tone, word] = refusal.usable ? ["changed", "red", "not-proven"] : ["unusable", "amber", "unusable"];
  return [heading(say(`mark-${mark}`), tone, say(word)), element("p", say("reason", { why: say(refusal.word, refusal.values) }))];
}

function recordOf(one, say) {
  const list = element("ol", "", "proof-steps");
  for (const [title, ...lines] of stepsOf(one, say)) {
    const item = within(element("li"), element("b", title));
    for (const line of lines) item.append(typeof line === "string" ? element("p", line, "small") : line);
    list.append(item);
  }
  const { record } = one;
  const matter = say("matter", { subject: record.subject, seq: record.seq, kind: record.kind });
  const box = within(element("section", "", "proof-record"), element("h3", one.name ? say(`name-${one.name}`) : say("name-proof")));
  box.append(element("p", `${matter} · ${say("time", { at: record.at })}`, "small"));
  return within(box, list);
}

function stepsOf(one, say) {
  const seen = one.cosigned.map((each) => say("cosigned", each)).join(" ");
  const witnessed = one.quorum === "none" ? say("no-witness") + seen : say("witnessed", { quorum: one.quorum }) + seen;
  const values = Object.entries(one.record.plain).map(([name, value]) => say("plain", { name, value: shown(value) }));
  values.push(...one.disclosed.map(([name, value]) => say("disclosed", { name, value: shown(value) })));
  return [
    [say("step-signed"), say("signed", { key: one.key }), witnessed],
    [say("step-record"), ...values],
    [say("step-climb"), say("log", one), ladderOf(one.way, say)],
  ];
}

// The inclusion proof as a ladder: on each rung the two hashes that are hashed together, ours in bold.
function ladderOf(way, say) {
  const ladder = element("ol", "", "ladder");
  ladder.append(within(element("li"), element("span", say("leaf")), element("code", short(way.start), "mine")));
  for (const step of way.steps) {
    const pair = ["left", "right"].map((side) => element("code", short(step[side]), step.mine === side ? "mine" : ""));
    ladder.append(within(element("li"), ...pair, element("span", "→"), element("code", short(step.above), "mine")));
  }
  ladder.append(within(element("li"), element("span", say("root")), element("code", short(way.root), "mine")));
  const full = within(element("details"), element("summary", say("ladder", { count: way.steps.length })), ladder);
  full.open = way.steps.length <= 4;
  return full;
}

function openOf(found, say) {
  const given = new Set(found.files.map((file) => file.sha256));
  const lines = [say("open-truth")];
  for (const one of found.records) {
    const mark = one.name ? `${say(`name-${one.name}`)}：` : "";
    const missing = one.record.files.filter((file) => !given.has(file.sha256));
    lines.push(...missing.map((file) => mark + say("open-file-here", { file: file.name })));
    if (one.withheld) lines.push(mark + say("open-withheld", { count: one.withheld }));
    lines.push(...one.unchecked.map((line) => mark + say("open-line", { line })));
  }
  lines.push(...found.strays.map((name) => say("open-stray", { name })));
  if (found.records.some((one) => one.quorum === "none")) lines.push(say("open-split"));
  if (!found.trusted) lines.push(say("open-key-here"));
  return within(element("ul"), ...lines.map((line) => element("li", line)));
}
