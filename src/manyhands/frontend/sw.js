// The service worker: an offline page when there is no network, and notifications.
//
// Nothing private is kept: of the site's pages only /offline is cached, which is the same for everybody.
// Pages come from the network; only their absence is answered from here. Nothing but GETs is touched.
const SHELL = "shell-1";
const OFFLINE = "/offline";
const PARTS = ["/static/built/site.css", "/static/built/site.js", "/static/django_htmx/htmx-2.min.js", "/static/img/favicon.svg"];

const keepShell = async () => {
  const shell = await caches.open(SHELL);
  await shell.addAll([OFFLINE, ...PARTS].map((path) => new Request(path, { cache: "reload" })));
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

// The page asks for the offline page anew when its language has changed.
self.addEventListener("message", (event) => {
  if (event.data === "shell") event.waitUntil(keepShell().catch(() => {}));
});

const page = async (event) => {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE)) || Response.error();
  }
};

const shellPart = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreSearch: true })) || Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (PARTS.includes(url.pathname)) event.respondWith(shellPart(request));
});

/* Notifications ----------------------------------------------------------------------------------- */

const own = (path) => {
  const url = new URL(typeof path === "string" ? path : "/", self.location.origin);
  return url.origin === self.location.origin ? url.href : self.location.origin;
};

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* not ours: a notification must be shown all the same */ }
  const options = { body: String(told.body ?? ""), tag: told.tag, icon: "/static/img/app-192.png", data: { url: own(told.url) } };
  event.waitUntil(self.registration.showNotification(String(told.title || "Manyhands"), options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const url = event.notification.data?.url ?? self.location.origin;
    const open = await self.clients.matchAll({ type: "window" });
    // A page where somebody works is left alone.
    const same = open.find((client) => client.url === url);
    return same ? same.focus() : self.clients.openWindow(url);
  };
  event.waitUntil(show());
});
