// 现场执法 service worker, one version of the shell. It keeps files; what was done lies in IndexedDB, which it never touches.
const VERSION = "{{ version }}";
const SHELL = `field-shell-${VERSION}`;
const PAGES = "field-pages";
const FILES = {{ files|tojson }};
const OFFLINE = "{{ url('field:offline') }}";
const WAIT = 6000; // ms; beyond, a page the device has is better than one that may come
const SCOPE = new URL(self.registration.scope).pathname;

self.addEventListener("install", (event) => {
  const fresh = [...FILES, OFFLINE].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith("field-shell-") && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

// A new version waits until the person says so: no form is torn away under his hands.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  // A page that was being opened while this worker started up belongs to nobody until it asks.
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

const isPage = (request, address) =>
  request.method === "GET" && address.pathname.startsWith(SCOPE) && (request.headers.get("Accept") || "").includes("text/html");

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (FILES.includes(address.pathname)) event.respondWith(shellFile(event.request, address.pathname));
  else if (isPage(event.request, address)) event.respondWith(page(event.request, address));
});

async function shellFile(request, path) {
  const cache = await caches.open(SHELL);
  return (await cache.match(path)) || fetch(request);
}

async function page(request, address) {
  const key = address.pathname + address.search;
  const cache = await caches.open(PAGES);
  const kept = await cache.match(key);
  const asked = fetch(request).then(async (answer) => {
    // A redirect leads to the sign-in form, which is no copy of the page.
    if (answer.ok && !answer.redirected && answer.type === "basic") await keep(cache, key, answer.clone());
    return answer;
  });
  asked.catch(() => {});
  try {
    return kept ? await Promise.race([asked, timeout()]) : await asked;
  } catch (error) {
    return kept || (await caches.match(OFFLINE)) || Response.error();
  }
}

const timeout = () => new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), WAIT));

// A full disk costs the copy, never the page.
async function keep(cache, key, answer) {
  try {
    await cache.put(key, answer);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
  }
}
