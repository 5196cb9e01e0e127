// Files that a worker chooses in the frame are sent from here, because the frame may connect to nothing.
//
// The frame hands a file over piece by piece, since browsers let no other document read it. Each file is one
// request. The frame names it by an id of its own and is told how far it is, and how it ended: kept, refused
// (the server said why), or failed (it may go with the answer instead).
const TELL_MS = 200;

/** `urls()` has filesUrl while files are taken; `send` speaks to the frame; `changed` hears of a refusal. */
export function fileHandlers({ urls, send, token, changed }) {
  const requests = new Map();
  // Blobs, which browsers move out of memory when they grow.
  const pieces = new Map();

  const tell = (id, state, more) => send({ manyhands: "file", id, state, ...more });
  const address = (url, values) => `${url}?${new URLSearchParams({ ...values, format: "json" })}`;
  const answerOf = (request) => {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  };

  function post(id, url, body, { onKept, onProgress }) {
    const request = new XMLHttpRequest();
    requests.get(id)?.abort();
    requests.set(id, request);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (onProgress) request.upload.addEventListener("progress", onProgress);
    request.addEventListener("loadend", () => {
      if (requests.get(id) === request) requests.delete(id);
    });
    request.addEventListener("load", () => {
      const answer = answerOf(request);
      if (request.status === 200) onKept(answer);
      else if (request.status >= 500 || !answer.message) tell(id, "failed");
      else {
        tell(id, "refused", { message: answer.message });
        if ([409, 410].includes(request.status)) changed();
      }
    });
    request.addEventListener("error", () => tell(id, "failed"));
    request.send(body);
  }

  return {
    /** Whether something is still being sent. */
    isBusy: () => requests.size > 0,
    handlers: {
      "file-piece"({ id, piece }) {
        if (!urls().filesUrl || !(piece instanceof ArrayBuffer)) return;
        if (!pieces.has(id)) pieces.set(id, []);
        pieces.get(id).push(new Blob([piece]));
      },
      "file-send"({ id, field, name, type }) {
        const url = urls().filesUrl;
        if (!url) return;
        const body = new Blob(pieces.get(id) ?? []);
        pieces.delete(id);
        let toldAt = 0;
        post(id, address(url, { field: String(field), name: String(name), type: String(type) }), body, {
          onKept: (kept) => tell(id, "kept", { name: kept.name, size: kept.size }),
          onProgress(event) {
            if (!event.lengthComputable || Date.now() - toldAt < TELL_MS) return;
            toldAt = Date.now();
            tell(id, "sending", { share: event.loaded / event.total });
          },
        });
      },
      "file-stop"({ id }) {
        pieces.delete(id);
        requests.get(id)?.abort();
      },
      "file-remove"({ id, field }) {
        const url = urls().filesUrl;
        if (url) post(id, address(`${url}/remove`, { field: String(field) }), null, { onKept: () => tell(id, "removed") });
      },
    },
  };
}
