"""Tokens that clients give their requests, so that a request sent again is not carried out again (MTurk API)."""

from manyhands.core import db
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import RequesterId
from manyhands.work import errors

TOKEN_MAX = 64

_CLAIM = """
INSERT INTO request_token (requester_id, operation, token, result_id)
VALUES (%(requester_id)s, %(operation)s, %(token)s, %(result_id)s)
    ON CONFLICT (requester_id, operation, token) DO UPDATE SET result_id = excluded.result_id, at = now()
 WHERE request_token.at < now() - interval '1 day'
"""


def claim(*, requester_id: RequesterId, operation: str, token: str, result_id: int) -> None:
    """Use a token up within the caller's transaction. Raises RequestRepeated when it was within a day."""
    if not db.run(_CLAIM, requester_id=requester_id, operation=operation, token=token, result_id=result_id):
        raise repeated(requester_id, operation, token)


def repeated(requester_id: RequesterId, operation: str, token: str | None) -> Refusal:
    """The refusal of a token used before, with what the first request made."""
    result_id = db.one_or_none(
        int,
        "SELECT result_id FROM request_token WHERE requester_id = %(requester_id)s"
        " AND operation = %(operation)s AND token = %(token)s",
        requester_id=requester_id,
        operation=operation,
        token=token,
    )
    return NotFound() if result_id is None else errors.RequestRepeated(result_id=result_id)
