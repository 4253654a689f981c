// A recording beside its marks: moments are links into it, keys move it, M notes what is seen at this moment.
const player = document.querySelector("[data-player] video, [data-player] audio");
const mark = document.querySelector("form[data-mark]");

const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place || shown.length === 2 ? String(part).padStart(2, "0") : part)).join(":");
};

function seek(ms) {
  player.currentTime = ms / 1000;
  player.play().catch(() => {}); // a browser may want a click on the player first
  player.scrollIntoView({ block: "nearest" });
}

function note() {
  if (!mark) return;
  player.pause();
  mark.elements.moment.value = clock(player.currentTime);
  mark.elements.text.focus();
}

const KEYS = {
  " ": () => (player.paused ? player.play().catch(() => {}) : player.pause()),
  ArrowLeft: () => (player.currentTime = Math.max(0, player.currentTime - 5)),
  ArrowRight: () => (player.currentTime = Math.min(player.duration || Infinity, player.currentTime + 5)),
  m: note,
  M: note,
};

// A recording of a browser tells no length; played to its end once, it does, and can then be moved about in.
function measure() {
  if (player.duration !== Infinity) return;
  const asked = player.currentTime;
  player.addEventListener("durationchange", () => (player.currentTime = asked), { once: true });
  player.currentTime = 1e101;
}

if (player) {
  if (player.readyState >= 1) measure();
  else player.addEventListener("loadedmetadata", measure, { once: true });
  document.addEventListener("click", (event) => {
    const moment = event.target.closest("[data-seek]");
    if (!moment) return;
    event.preventDefault();
    seek(Number(moment.dataset.seek));
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target) || event.target.matches("button, summary, a, video, audio")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const input of document.querySelectorAll("[data-now]")) {
    input.addEventListener("focus", () => {
      if (!input.value) input.value = clock(player.currentTime);
    });
  }
  // The line of the transcript that is being spoken.
  const lines = [...document.querySelectorAll(".transcript [data-from]")];
  player.addEventListener("timeupdate", () => {
    const now = player.currentTime * 1000;
    const spoken = lines.findLast((line) => Number(line.dataset.from) <= now);
    for (const line of lines) line.toggleAttribute("data-spoken", line === spoken);
  });
}
