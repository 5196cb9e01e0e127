// <form data-passkey="add|use|enter">: asks the device for a key and sends the form with what it answers.
// The options stand in <script type="application/json" id="js_data">, or (enter) are fetched from the action.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

async function create(options, passwordless) {
  const wanted = structuredClone(options.publicKey ?? options);
  const choice = (wanted.authenticatorSelection ??= {});
  choice.residentKey = passwordless ? "required" : "discouraged";
  choice.requireResidentKey = passwordless;
  if (passwordless) choice.userVerification = "required";
  const made = await navigator.credentials.create({
    publicKey: {
      ...wanted,
      challenge: bytes(wanted.challenge),
      user: { ...wanted.user, id: bytes(wanted.user.id) },
      excludeCredentials: listed(wanted.excludeCredentials),
    },
  });
  const answer = made.response;
  return {
    id: made.id, rawId: text(made.rawId), type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(answer.clientDataJSON), attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const wanted = options.publicKey ?? options;
  const found = await navigator.credentials.get({
    publicKey: { ...wanted, challenge: bytes(wanted.challenge), allowCredentials: listed(wanted.allowCredentials) },
  });
  const answer = found.response;
  return {
    id: found.id, rawId: text(found.rawId), type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
    response: {
      clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature), userHandle: answer.userHandle ? text(answer.userHandle) : null,
    },
  };
}

async function ask(form) {
  const kind = form.dataset.passkey;
  const given = JSON.parse(document.getElementById("js_data")?.textContent ?? "null");
  if (kind === "add") return create(given.creation_options, form.elements.passwordless?.checked ?? false);
  if (kind === "use") return get(given.request_options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return get((await answer.json()).request_options);
}

const able = "credentials" in navigator && "PublicKeyCredential" in window;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !able;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const refused = form.querySelector("[data-passkey-refused]");
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
}
