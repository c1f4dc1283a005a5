/**
 * Keeps the built page on this machine: after the first visit it opens without a network. The build fills in the list
 * of files and the name of their set (see vite.config.ts).
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const files = "__FILES__" as unknown as readonly string[];
const cacheName = "gridclear-__VERSION__";

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll([...files]))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  const others = caches
    .keys()
    .then((names) => names.filter((name) => name.startsWith("gridclear-") && name !== cacheName))
    .then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    caches
      .open(cacheName)
      .then((cache) => cache.match(event.request, { ignoreSearch: true }))
      .then((kept) => kept ?? fetch(event.request)),
  );
});
