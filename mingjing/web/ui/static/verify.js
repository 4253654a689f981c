// Verifies without sending anything away: bundles and proofs are reckoned here, step by step; of a paper the
// digest is computed here and the server is asked by digest only.
import { isBundle, isProof, hex, parsePolicy, Refusal, sha256, verifyBundle, verifyProof } from "./proof.js";
import { answerOf, element, heading, refusalOf, sayer } from "./proof_view.js";

const form = document.querySelector("[data-verify]");
const file = form.querySelector("#file");
const policy = form.querySelector("#policy");
const drop = form.querySelector("[data-drop]");
const answer = document.querySelector("#answer");
// The words of the page's language.
const say = sayer(JSON.parse(form.dataset.verify));
const LARGEST = 200 * 1024 * 1024;

function show(parts) {
  answer.replaceChildren(...parts);
  answer.hidden = false;
  answer.scrollIntoView({ block: "nearest" });
}

const fail = (title, text) => show([heading(say("unverified"), "amber", title), element("p", text)]);

// The policy that the reader chose, else the one this site publishes; which of the two is told with the answer.
async function trusted() {
  if (policy.files.length) return [await parsePolicy(await policy.files[0].text()), say("policy-own")];
  const response = await fetch("/log/policy");
  return response.ok ? [await parsePolicy(await response.text()), say("policy-site")] : [null, ""];
}

async function prove(verify, bytes, documents) {
  try {
    const [rules, whose] = await trusted();
    const parts = answerOf(await verify(bytes, rules, documents), say);
    return whose ? [...parts, element("p", whose, "small muted")] : parts;
  } catch (error) {
    if (error instanceof Refusal) return refusalOf(error, say);
    throw error;
  }
}

async function judgePaper(name, bytes) {
  const digest = hex(await sha256(bytes));
  const code = form.querySelector("#code").value.trim();
  const query = code ? `?code=${encodeURIComponent(code)}` : "";
  const address = `${new URL(form.action).pathname}/${digest}`;
  const response = await fetch(address + query, { headers: { Accept: "application/json" } });
  if (!response.ok) return fail(say("later"), say("later_text"));
  const result = await response.json();
  show(told(result));
  if (result.proof) answer.append(...(await proofOf(result.proof, name, bytes)));
}

// A paper that is genuine by our word: its proof, so that nobody needs to take our word for it.
async function proofOf(address, name, bytes) {
  const response = await fetch(address);
  if (!response.ok) return [element("p", say("not_sealed"), "small muted")];
  const proof = new Uint8Array(await response.arrayBuffer());
  return prove(verifyProof, proof, new Map([[name, bytes]]));
}

function told(result) {
  const list = element("dl", "", "kv");
  for (const [label, value] of result.paper || []) list.append(element("dt", label), element("dd", value));
  const line = element("p", say("digest"), "small");
  line.append(element("span", result.sha256, "hash-full"));
  const parts = [heading(result.mark, result.tone, result.title), element("p", result.text), list, line];
  if (result.address) {
    const link = element("a", say("decision"), "button");
    link.href = result.address;
    parts.push(link);
  }
  return parts;
}

async function judge(chosen) {
  if (chosen.some((one) => one.size > LARGEST)) return fail(say("large"), say("large_text"));
  const read = new Map();
  for (const one of chosen) read.set(one.name, new Uint8Array(await one.arrayBuffer()));
  for (const [name, bytes] of read) {
    const verify = isBundle(bytes) ? verifyBundle : isProof(bytes) ? verifyProof : null;
    if (!verify) continue;
    read.delete(name);
    return show(await prove(verify, bytes, read));
  }
  for (const [name, bytes] of read) return judgePaper(name, bytes);
}

// Without WebCrypto (a page not served over HTTPS) the form is sent as it is.
if (globalThis.crypto && crypto.subtle) {
  file.multiple = true;
  form.querySelector("[data-policy]").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    judge([...file.files]).catch(() => fail(say("later"), say("unread_text")));
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("drop-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("drop-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop-over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
