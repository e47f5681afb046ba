/**
 * Serves the page while the service is out of reach. The build writes FILES and VERSION above this.
 *
 * What is in front of a user is always the newest page that can be had: what the network has, if it
 * answers soon, or what was kept of it. Everything else has its content in its name, or comes along.
 */
const PREFIX = `todos of ${registration.scope} `;
const CACHE = PREFIX + VERSION;
const PAGE = registration.scope;
const KEPT = new Set(FILES.map((file) => new URL(file, PAGE).href));

/** Milliseconds that the network may take to answer with the page. */
const SOON = 3_000;

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(takeOver()));
addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const address = url.replace(/[?#].*$/, '');
  if (method !== 'GET' || !KEPT.has(address)) return;
  event.respondWith(address === PAGE ? newest(event.request) : kept(event.request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...KEPT].map((url) => new Request(url, { cache: 'no-cache' })));
  await skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function newest(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(SOON) });
    if (answer.status < 500) return answer;
  } catch {
    // out of reach, or too slow
  }
  return kept(request);
}
