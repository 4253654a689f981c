// What is typed into a long form stays in this window until it has been sent: a reload, a crash of the browser or a
// lost connection loses nothing. Kept per person and page, offered on the next visit, gone with the window, when it
// is sent or when the person signs out. Files, signatures and the box that says “I have read it” are never kept.
const WAIT_MS = 400;
const KEY = "unsent:";

const typed = (form) =>
  [...form.elements].filter(
    (one) => one.name && !["hidden", "file", "password", "submit", "button"].includes(one.type) && !one.closest("[data-afresh]"),
  );

const chooses = (one) => one.type === "checkbox" || one.type === "radio";

// [name, value] of what is filled in; a box or an option counts where it is chosen.
const read = (form) => typed(form).filter((one) => (chooses(one) ? one.checked : one.value)).map((one) => [one.name, one.value]);

const has = (kept, one) => kept.some(([name, value]) => name === one.name && (!chooses(one) || value === one.value));

function write(form, kept) {
  for (const one of typed(form)) {
    if (chooses(one)) one.checked = has(kept, one);
    else one.value = kept.find(([name]) => name === one.name)?.[1] ?? "";
  }
  // Fields that hang on others show themselves, and the browser asks before the page is left.
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch (error) {
    return null; // Storage is switched off.
  }
}

function store(key, what) {
  try {
    if (what) sessionStorage.setItem(key, JSON.stringify(what));
    else sessionStorage.removeItem(key);
  } catch (error) {
    // Storage is switched off or full: the form works as without scripts.
  }
}

function keys() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(KEY));
  } catch (error) {
    return [];
  }
}

const made = (tag, properties) => Object.assign(document.createElement(tag), properties);

function offer(form, kept, key) {
  const box = made("div", { className: "notice notice-info no-print" });
  box.setAttribute("role", "status");
  const restore = made("button", { type: "button", className: "button button-small", textContent: "恢复" });
  const drop = made("button", { type: "button", className: "button button-small", textContent: "不要了" });
  restore.addEventListener("click", () => {
    write(form, kept.fields);
    box.replaceChildren("已经恢复，请核对后提交；选择过的文件请重新选择。");
  });
  drop.addEventListener("click", () => {
    store(key, null);
    box.remove();
  });
  box.append(`您 ${kept.at} 填写、还没有提交的内容仍在这个窗口里。 `, restore, " ", drop);
  form.before(box);
}

function watch(form, person) {
  const key = `${KEY}${person}:${location.pathname}${location.search}`;
  const kept = stored(key);
  if (kept && JSON.stringify(kept.fields) !== JSON.stringify(read(form))) offer(form, kept, key);
  let timer = 0;
  let changed = false;
  const keep = () => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const at = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    store(key, { at, fields: read(form) });
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    keep();
    // A preview opens beside the page. Whether the rest has arrived, only the next page knows.
    const unsent = stored(key);
    if (unsent && event.submitter?.formTarget !== "_blank") store(key, { ...unsent, sent: true });
  });
  window.addEventListener("pagehide", keep);
}

// The page after a form was sent says that it was taken: then nothing is left to keep.
function forgetSent(main) {
  const taken = main.querySelector(".notice-good");
  for (const key of keys()) {
    const kept = stored(key);
    if (!kept?.sent) continue;
    if (taken) store(key, null);
    else store(key, { ...kept, sent: undefined });
  }
}

export function keepUnsent() {
  const main = document.querySelector("[data-person]");
  if (!main) return;
  forgetSent(main);
  for (const form of document.querySelectorAll("form[data-step], form[data-unsent]")) watch(form, main.dataset.person);
  // Who signs out leaves nothing behind for the next person at this computer.
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => keys().forEach((key) => store(key, null)));
}
