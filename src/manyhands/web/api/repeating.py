"""``Idempotency-Key``: a request sent again within the hour gets the first response and does nothing.

The response is kept in the transaction of the deed, by the table of the other wire (mturk/once.py). A
refused request keeps nothing and may be sent again under the same key.
"""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from manyhands.mturk import once
from manyhands.web.api.access import Request
from manyhands.web.api.problems import BrokenRule, Problem

HEADER = "Idempotency-Key"
KEY_MAX = 255
# Before the body: the request's digest and the status.
_DIGEST, _STATUS = 32, 3

Deed = Callable[[], tuple[int, Schema]]


def digest(request: HttpRequest, body: bytes) -> bytes:
    """What tells one request from another under the same key; ``body`` may be a digest itself."""
    parts = (request.META.get("QUERY_STRING", ""), request.content_type or "")
    return hashlib.sha256(b"\0".join((*(part.encode() for part in parts), body))).digest()


def mark_of(request: HttpRequest) -> bytes | None:
    """What the kept response is found by; None without the header."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= KEY_MAX or not key.isascii() or not key.isprintable():
        rule = f"One to {KEY_MAX} printable ASCII characters."
        raise Problem(400, "InvalidInput", rule, errors=[BrokenRule(field=HEADER, rule=rule)])
    return once.invocation(key, f"POST {request.path}", b"api/v1")


def once_only(request: Request, deed: Deed, *, sent: bytes | None = None) -> HttpResponse:
    """Run the deed in one transaction, or give the response kept of it.

    ``sent``: the request's digest, where the body was read as a stream.
    """
    own = sent or digest(request, request.body)

    def kept() -> bytes:
        status, answer = deed()
        return own + str(status).encode() + answer.model_dump_json().encode()

    stored = bytes(once.run(key_id=request.auth.key_id, invocation=mark_of(request), deed=kept))
    if stored[:_DIGEST] != own:
        rule = "This key has been used with another request."
        raise Problem(422, "IdempotencyKeyReused", rule, errors=[BrokenRule(field=HEADER, rule=rule)])
    return HttpResponse(
        stored[_DIGEST + _STATUS :],
        status=int(stored[_DIGEST : _DIGEST + _STATUS]),
        content_type="application/json",
    )
