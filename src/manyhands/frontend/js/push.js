// The card of the notification settings that turns this browser's notifications on and off.
const box = document.querySelector("[data-push]");

const keyBytes = (key) =>
  Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const tell = (method, subscription) =>
  fetch(box.dataset.push, {
    method,
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify(subscription),
  });

async function show(manager) {
  const subscribed = Boolean(await manager.getSubscription());
  box.querySelector("[data-push-on]").hidden = subscribed;
  box.querySelector("[data-push-off]").hidden = !subscribed;
}

async function start() {
  // Without a service worker nothing could show a notification.
  const registration = await navigator.serviceWorker.ready;
  const manager = registration.pushManager;
  const refused = box.querySelector("[data-push-refused]");
  box.hidden = false;
  await show(manager);
  box.querySelector("[data-push-on]").addEventListener("click", async () => {
    try {
      const options = { userVisibleOnly: true, applicationServerKey: keyBytes(box.dataset.pushKey) };
      const subscription = await manager.subscribe(options);
      const answer = await tell("POST", subscription.toJSON());
      if (!answer.ok) await subscription.unsubscribe();
      refused.hidden = answer.ok;
    } catch {
      refused.hidden = false;
    }
    await show(manager);
  });
  box.querySelector("[data-push-off]").addEventListener("click", async () => {
    const subscription = await manager.getSubscription();
    if (subscription) {
      await tell("DELETE", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    await show(manager);
  });
}

if (box && "serviceWorker" in navigator && "PushManager" in window) start();
