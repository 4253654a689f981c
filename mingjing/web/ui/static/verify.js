// Verifies a paper without sending it: the digest is computed here, the server is asked by digest only.
const form = document.querySelector("[data-verify]");
const file = form.querySelector("#file");
const drop = form.querySelector("[data-drop]");
const answer = document.querySelector("#answer");
// The words of the page's language.
const said = JSON.parse(form.dataset.verify);
const LARGEST = 200 * 1024 * 1024;

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show(result) {
  const heading = element("h2");
  heading.append(element("span", result.mark, `tag tag-${result.tone}`), ` ${result.title}`);
  const list = element("dl", "", "kv");
  for (const [label, value] of result.paper || []) list.append(element("dt", label), element("dd", value));
  const parts = [heading, element("p", result.text), list];
  if (result.sha256) {
    const line = element("p", said.digest, "small");
    line.append(element("span", result.sha256, "hash-full"));
    parts.push(line);
  }
  if (result.address) {
    const link = element("a", said.decision, "button");
    link.href = result.address;
    parts.push(link);
  }
  answer.replaceChildren(...parts);
  answer.hidden = false;
  answer.scrollIntoView({ block: "nearest" });
}

const fail = (title, text) => show({ mark: said.unverified, tone: "amber", title, text });

async function judge(chosen) {
  if (chosen.size > LARGEST) return fail(said.large, said.large_text);
  const digest = hex(await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
  const code = form.querySelector("#code").value.trim();
  const query = code ? `?code=${encodeURIComponent(code)}` : "";
  const response = await fetch(`${new URL(form.action).pathname}/${digest}${query}`, { headers: { Accept: "application/json" } });
  if (!response.ok) return fail(said.later, said.later_text);
  show(await response.json());
}

// Without WebCrypto (a page not served over HTTPS) the form is sent as it is.
if (globalThis.crypto && crypto.subtle) {
  form.addEventListener("submit", (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    judge(file.files[0]).catch(() => fail(said.later, said.unread_text));
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
