"""The API in front of the site's WSGI application: its requests never meet Django's middleware.

No session, no CSRF, no language, no cookie: a request is who signed it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from manyhands.mturk import wire
from manyhands.mturk.wire import Response

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def before(site: Application) -> Application:
    """The API's requests answered here, every other one by the site."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
        if path != "/" or method not in {"POST", "OPTIONS"}:
            return site(environ, start_response)
        headers = _headers(environ)
        if not wire.is_ours(method, path, headers):
            return site(environ, start_response)
        response = _answered(method, path, headers, environ)
        length = ("Content-Length", str(len(response.body)))
        start_response(response.status_line, [*response.headers, length])
        return [response.body]

    return application


def _answered(method: str, path: str, headers: dict[str, str], environ: Environ) -> Response:
    if method == "OPTIONS":
        return wire.handle(method, path, headers, b"")
    body = _body(environ)
    if body is None:
        return wire.too_large()
    return wire.handle(method, path, headers, body, str(environ.get("QUERY_STRING", "")))


def _body(environ: Environ) -> bytes | None:
    """The whole body, or None when it is larger than any request needs; then it is not read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        return b""
    if length > wire.BODY_BYTES_MAX:
        return None
    body: bytes = environ["wsgi.input"].read(length if length >= 0 else wire.BODY_BYTES_MAX + 1)
    return None if len(body) > wire.BODY_BYTES_MAX else body


def _headers(environ: Environ) -> dict[str, str]:
    named = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            named[name.replace("_", "-").lower()] = str(environ[name])
    return named
