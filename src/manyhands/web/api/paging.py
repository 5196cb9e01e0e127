"""Pages of lists by cursors: signed, opaque, good for the same list and the same requester only."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import orjson

from manyhands.core.ids import RequesterId
from manyhands.mturk.paging import read_token, token_of
from manyhands.web.api.problems import BrokenRule, Problem

Row = TypeVar("Row")


def bound(requester_id: RequesterId, name: str, *filters: str | None) -> bytes:
    """What a cursor of this list is bound to."""
    return orjson.dumps(["api/v1", name, int(requester_id), filters])


def after(cursor: str | None, bound_to: bytes, *, start: int) -> int:
    """The id of the last row of the page before, or ``start``. Raises Problem for a foreign cursor."""
    if cursor is None:
        return start
    key = read_token(cursor, bound_to)
    if key is None:
        rule = "This is not a cursor of this list."
        raise Problem(422, "InvalidInput", rule, errors=[BrokenRule(field="cursor", rule=rule)])
    return key[0]


def page(
    rows: Sequence[Row], limit: int, bound_to: bytes, *, key: Callable[[Row], int]
) -> tuple[Sequence[Row], str | None]:
    """The page of ``limit + 1`` rows asked for, and the cursor of the next when there is one."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], token_of((key(rows[limit - 1]),), bound_to)
