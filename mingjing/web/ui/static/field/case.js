// The page of a case: what the device still holds of it, and reading anew once the platform has it.
import { ready } from "./field.js";
import * as outbox from "./outbox.js";

const said = document.querySelector("[data-here]");
const no = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1));
let held = null;

async function show() {
  const waiting = (await outbox.acts()).filter((one) => one.case === no && one.state !== "done");
  said.hidden = waiting.length === 0;
  said.textContent = `本机还有 ${waiting.length} 项没有上传：${waiting.map((one) => one.title.split(" · ")[0]).join("、")}。下面是上一次从平台读到的情况。`;
  if (held && waiting.length < held && navigator.onLine) location.reload();
  held = waiting.length;
}

ready.then(show);
outbox.onChange(show);
