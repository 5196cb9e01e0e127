"""Pages of lists: keyset tokens, signed, good only for the same operation, filters and requester.

An action reads ``page_of(call)``, asks its query for ``limit`` rows after the ``after`` values, and
returns ``page.result("HITs", rows, key)``. Every page that is not empty has a NextToken; the page after
the last is empty and has none. Real clients count on both.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from django.conf import settings

from manyhands.mturk.faults import invalid_value

if TYPE_CHECKING:
    from manyhands.mturk.actions import Call

Row = TypeVar("Row")
DEFAULT = 10
_VERSION = "p1:"
_MAC_BYTES = 12
_NOT_FILTERS = {"NextToken", "MaxResults"}


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list was asked for: rows after these key values; None is from the start."""

    limit: int
    after: tuple[int, ...] | None
    bound_to: bytes

    def result(
        self,
        name: str,
        rows: Sequence[Row],
        *,
        key: Callable[[Row], Sequence[int]],
        shown: Callable[[Row], dict[str, Any]],
    ) -> dict[str, Any]:
        """The answer of a list operation: the rows as ``shown``, their number, and the way on.

        ``key`` gives the whole numbers a row is ordered by, as ``after`` will bring them back.
        """
        answer: dict[str, Any] = {name: [shown(row) for row in rows], "NumResults": len(rows)}
        if rows:
            answer["NextToken"] = self.token(key(rows[-1]))
        return answer

    def token(self, key: Sequence[int]) -> str:
        """The way on, after the row with this key."""
        return token_of(key, self.bound_to)


def page_of(call: "Call") -> Page:
    """The page a call asks for. Raises ParameterValidationError for a token that is not of this list."""
    given = call.input
    filters = {name: value for name, value in given.items() if name not in _NOT_FILTERS}
    bound_to = orjson.dumps(
        [call.operation, int(call.requester_id), filters], option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z
    )
    token = given.get("NextToken")
    after = None
    if token is not None:
        after = read_token(token, bound_to)
        if after is None:
            raise invalid_value(token, "NextToken")
    return Page(given.get("MaxResults", DEFAULT), after, bound_to)


def token_of(key: Sequence[int], bound_to: bytes) -> str:
    """A token for the rows after this key; ``bound_to`` names the list it is good for."""
    body = orjson.dumps([int(each) for each in key])
    return _VERSION + base64.urlsafe_b64encode(_mac(body, bound_to) + body).decode()


def read_token(token: str, bound_to: bytes) -> tuple[int, ...] | None:
    """The key of a token; None when it is not of this list."""
    if not token.startswith(_VERSION) or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token.removeprefix(_VERSION))
    except ValueError:
        return None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, bound_to)):
        return None
    return tuple(orjson.loads(body))


def _mac(body: bytes, bound_to: bytes) -> bytes:
    digest = hashlib.blake2b(key=_key(), digest_size=_MAC_BYTES)
    digest.update(len(body).to_bytes(4, "big") + body + bound_to)
    return digest.digest()


@cache
def _key() -> bytes:
    return hashlib.sha256(b"mturk page token/" + settings.SECRET_KEY.encode()).digest()
