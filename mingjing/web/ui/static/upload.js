// Big files are sent ahead, piece by piece, by the protocol tus 1.0 (tus.io), and go on where they stopped: after a
// lost connection, a pause, or a reload of the page. Without this script the form sends them itself, up to 512 MB.
const PLACE = "/uploads/";
const PIECE = 16 * 1024 * 1024;
const SMALL = 4 * 1024 * 1024; // what the form may as well carry
const RETRIES_MS = [1000, 3000, 5000, 10000, 20000, 30000];
const REMEMBERED = "uploads";

const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
// Of the cookie first: somebody who signed in again in another window has a new one, the page still the old.
const token = () =>
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const mb = (bytes) => (bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`);

// --- what is remembered between pages: which upload belongs to which file of which form ---

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch (error) {
    return {};
  }
}

function remember(change) {
  const all = remembered();
  change(all);
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(all));
  } catch (error) {
    // Storage is switched off: a reload then begins from the start.
  }
}

const printOf = (input, file) => [location.pathname, input.name, file.name, file.size, file.lastModified].join("|");

// --- the protocol ---

async function ask(method, place, headers = {}, body = null) {
  const common = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token() };
  const answer = await fetch(place, { method, body, headers: { ...common, ...headers }, credentials: "same-origin" });
  if (answer.ok) return answer;
  const why = Object.assign(new Error(await answer.text()), { status: answer.status });
  throw why;
}

async function begin(file) {
  const said = `filename ${base64(file.name)},filetype ${base64(file.type || "application/octet-stream")}`;
  const answer = await ask("POST", PLACE, { "Upload-Length": String(file.size), "Upload-Metadata": said });
  return new URL(answer.headers.get("Location"), location.href).pathname;
}

async function offsetOf(place) {
  const answer = await ask("HEAD", place);
  return Number(answer.headers.get("Upload-Offset"));
}

// XMLHttpRequest tells how much of the body has gone out; fetch does not.
function send(place, offset, piece, told, job) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("PATCH", place);
    request.setRequestHeader("Tus-Resumable", "1.0.0");
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Upload-Offset", String(offset));
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.upload.addEventListener("progress", (event) => told(offset + event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 204) done(Number(request.getResponseHeader("Upload-Offset")));
      else failed(Object.assign(new Error(request.responseText), { status: request.status }));
    });
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => failed(new Error(end)));
    request.send(piece);
  });
}

// Trying again helps against a bad line, a restarted server and a busy upload, not against a no.
const passing = (why) => !why.status || why.status >= 500 || [409, 423, 429].includes(why.status);

// --- one file ---

class Job {
  constructor(box, input, file, place = null) {
    Object.assign(this, { box, input, file, place, paused: false, done: false, request: null, kept: 0 });
    this.name = file.name;
    this.size = file.size;
    this.draw();
  }

  draw() {
    this.line = made("li", { className: "sending" });
    this.bar = made("progress", { max: this.size, value: 0 });
    this.bar.setAttribute("aria-label", `“${this.name}”的上传进度`);
    this.said = made("span", { className: "small muted" });
    this.said.setAttribute("role", "status");
    this.pause = made("button", { type: "button", className: "button button-small", textContent: "暂停" });
    const drop = made("button", { type: "button", className: "button button-small", textContent: "移除" });
    this.pause.addEventListener("click", () => (this.paused ? this.run() : this.stop()));
    drop.addEventListener("click", () => this.drop());
    this.line.append(made("b", { textContent: this.name }), this.bar, this.said, this.pause, drop);
    this.box.append(this.line);
  }

  tell(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  progress(bytes) {
    this.bar.value = bytes;
    this.tell(`${Math.floor((bytes / this.size) * 100)}%，共 ${mb(this.size)}`);
  }

  async run() {
    this.paused = false;
    this.pause.textContent = "暂停";
    for (let tries = 0; !this.paused && !this.done; ) {
      const before = this.kept;
      try {
        await this.sendAll();
      } catch (why) {
        if (this.paused) break;
        if (!passing(why) || tries >= RETRIES_MS.length) return this.fail(why);
        tries = this.kept > before ? 1 : tries + 1;
        this.tell("连接中断，正在重试…");
        await wait(RETRIES_MS[tries - 1]);
      }
    }
  }

  async sendAll() {
    const print = printOf(this.input, this.file);
    this.place ??= remembered()[print]?.place ?? null;
    let offset = this.place ? await offsetOf(this.place).catch((why) => this.lost(why)) : null;
    if (offset === null) {
      this.place = await begin(this.file);
      offset = 0;
      remember((all) => (all[print] = { place: this.place, name: this.name, size: this.size, input: this.input.name }));
    }
    while (offset < this.size) {
      if (this.paused) return;
      const piece = this.file.slice(offset, offset + PIECE);
      offset = await send(this.place, offset, piece, (bytes) => this.progress(Math.min(bytes, this.size)), this);
      this.kept = offset;
      this.progress(offset);
    }
    this.finish();
  }

  // The upload that was remembered has expired: begin anew. Anything else is told.
  lost(why) {
    if (why.status !== 404 && why.status !== 410) throw why;
    return null;
  }

  finish() {
    this.done = true;
    this.bar.value = this.size;
    this.tell(`已传完，共 ${mb(this.size)}`);
    this.pause.hidden = true;
    const key = this.place.split("/").pop();
    this.hidden = made("input", { type: "hidden", name: `sent.${this.input.name}`, value: key });
    this.line.append(this.hidden);
    changed(this.input);
  }

  fail(why) {
    this.paused = true;
    this.pause.textContent = "重试";
    this.tell(why.status ? why.message || "没有收下这个文件。" : "连接不上服务器，已传的部分还在。");
    changed(this.input);
  }

  stop() {
    this.paused = true;
    this.pause.textContent = "继续";
    this.request?.abort();
    this.tell(`已暂停，已传 ${Math.floor((this.bar.value / this.size) * 100)}%`);
  }

  drop() {
    this.paused = true;
    this.request?.abort();
    this.line.remove();
    this.removed = true;
    if (this.place) {
      const place = this.place;
      remember((all) => {
        for (const [print, one] of Object.entries(all)) if (one.place === place) delete all[print];
      });
      ask("DELETE", place).catch(() => {}); // it expires by itself
    }
    changed(this.input);
  }
}

// --- a form ---

const jobs = new Map(); // input → its jobs

const live = (input) => (jobs.get(input) ?? []).filter((job) => !job.removed);

// What was asked for is there once a file went ahead; until then the browser asks.
function changed(input) {
  input.required = input.dataset.required === "yes" && !live(input).length && !input.files.length;
  input.form.dispatchEvent(new CustomEvent("uploads"));
}

function take(input) {
  const big = [...input.files].filter((file) => file.size > SMALL);
  if (!big.length) return;
  const rest = new DataTransfer();
  for (const file of input.files) if (file.size <= SMALL) rest.items.add(file);
  input.files = rest.files;
  for (const file of big) {
    const job = new Job(boxOf(input), input, file);
    jobs.set(input, [...live(input), job]);
    job.run();
  }
  changed(input);
}

function boxOf(input) {
  if (!input.uploadBox) {
    input.uploadBox = made("ul", { className: "plain-list sendings" });
    input.nextElementSibling.after(input.uploadBox);
  }
  return input.uploadBox;
}

// After a reload: what came whole is offered again; what did not asks for its file, which only a person can choose.
async function restore(input) {
  for (const [print, one] of Object.entries(remembered())) {
    if (one.input !== input.name || !print.startsWith(`${location.pathname}|`)) continue;
    let offset;
    try {
      offset = await offsetOf(one.place);
    } catch (why) {
      if (why.status === 404 || why.status === 410) remember((all) => delete all[print]);
      continue;
    }
    const job = new Job(boxOf(input), input, { name: one.name, size: one.size }, one.place);
    jobs.set(input, [...live(input), job]);
    if (offset === one.size) job.finish();
    else {
      job.progress(offset);
      job.pause.hidden = true;
      job.tell(`已传 ${Math.floor((offset / one.size) * 100)}%，请重新选择同一个文件，从断处继续。`);
      job.waits = print;
    }
  }
  changed(input);
}

export function bindUpload(input) {
  if (input.dataset.upload !== undefined || !input.form) return;
  input.dataset.upload = "";
  input.dataset.required = input.required ? "yes" : "no";
  input.after(made("span", { className: "help", textContent: "大文件选定后即开始上传，可以暂停；断线、刷新之后从断处继续。" }));
  input.addEventListener("change", () => {
    const prints = new Set([...input.files].map((file) => printOf(input, file)));
    for (const job of live(input)) if (job.waits && prints.has(job.waits)) Object.assign(job, { removed: job.line.remove() ?? true });
    take(input);
  });
  restore(input);
  if (input.form.uploadsBound) return;
  input.form.uploadsBound = true;
  bindSubmit(input.form);
}

function bindSubmit(form) {
  const under = () => [...form.querySelectorAll("input[data-upload]")].flatMap(live).filter((job) => !job.done);
  form.addEventListener("submit", (event) => {
    // A preview or a draft does not take the files along.
    if (event.submitter?.formTarget === "_blank") return;
    const open = under();
    if (!open.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const stuck = open.find((job) => job.paused || job.waits);
    if (stuck) {
      stuck.tell(`${stuck.said.textContent} 请继续上传或者移除后再提交。`);
      stuck.line.scrollIntoView({ block: "center" });
      return;
    }
    const button = event.submitter;
    const again = () => {
      if (under().length) return;
      form.removeEventListener("uploads", again);
      form.requestSubmit(button);
    };
    open[0].tell("传完后自动提交，请不要关闭本页。");
    form.addEventListener("uploads", again);
  }, { capture: true });
}

// For pages that send a file without an input of a form: the key under which it lies, once all of it is there. Goes on
// where an earlier try stopped; rejects with a text that people can read.
export async function sendAhead(file, mediaType, told = () => {}) {
  const print = [location.pathname, "", file.name, file.size, file.lastModified].join("|");
  for (let tries = 0; ; tries += 1) {
    try {
      let place = remembered()[print]?.place ?? null;
      let offset = place ? await offsetOf(place).catch(() => null) : null;
      if (offset === null) {
        place = await begin(new File([file], file.name, { type: mediaType }));
        offset = 0;
        remember((all) => (all[print] = { place, name: file.name, size: file.size, input: "" }));
      }
      while (offset < file.size) {
        offset = await send(place, offset, file.slice(offset, offset + PIECE), told, {});
        told(offset);
      }
      remember((all) => delete all[print]);
      return place.split("/").pop();
    } catch (why) {
      if (!passing(why) || tries >= RETRIES_MS.length) throw new Error(why.status ? why.message : "连接不上服务器，已传的部分还在，请再试。");
      await wait(RETRIES_MS[tries]);
    }
  }
}
