// The page for saving: verifies bundles and proofs with nothing but what is inside this one file.
import { isBundle, isProof, parsePolicy, Refusal, verifyBundle, verifyProof } from "./proof.js";
import { answerOf, refusalOf, sayer } from "./proof_view.js";

const chosen = document.querySelector("#file");
const policy = document.querySelector("#policy");
const answer = document.querySelector("#answer");
const say = sayer(JSON.parse(document.querySelector("#words").textContent));

async function judge() {
  const read = new Map();
  for (const one of chosen.files) read.set(one.name, new Uint8Array(await one.arrayBuffer()));
  const found = [...read].find(([, bytes]) => isBundle(bytes) || isProof(bytes));
  if (!found) throw new Refusal("bad-zip", {}, false);
  const [name, bytes] = found;
  read.delete(name);
  const rules = policy.value.trim() ? await parsePolicy(`${policy.value.trim()}\n`) : null;
  return answerOf(await (isBundle(bytes) ? verifyBundle : verifyProof)(bytes, rules, read), say);
}

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!chosen.files.length) return;
  try {
    answer.replaceChildren(...(await judge()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer.replaceChildren(...refusalOf(error, say));
  }
});
