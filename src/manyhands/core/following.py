"""Following a table of events in pages, each event once: what every durable cursor shares.

Ids of events are drawn before their transactions commit, so an event may appear below one already seen.
Hence two steps. *Survey*: note the highest visible id together with the survey's own transaction id.
*Take*: once every transaction older than that one has ended, all events up to that id are visible or
will never be. This rests on writers having a transaction id before they draw an event's id: each writes
an event for a row it has just locked or changed in the same statement.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import LiteralString

from django.db import transaction

from manyhands.core import db

_LOOK_AGAIN_S = 0.05

_BEGIN = """
INSERT INTO {table} ({column}, done_to, seen_to, seen_xid) VALUES (%(key)s, 0, 0, 0) ON CONFLICT DO NOTHING
"""

# The transaction id is drawn by this statement, after its snapshot was taken.
_SURVEY = """
UPDATE {table}
   SET seen_to = greatest(seen_to, (SELECT coalesce(max(id), 0) FROM {events})),
       seen_xid = pg_current_xact_id()::text::bigint
 WHERE {column} = %(key)s AND done_to = seen_to
   AND done_to < (SELECT coalesce(max(id), 0) FROM {events})
"""

_SPAN = """
SELECT done_to, least(seen_to, done_to + %(page)s),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= seen_xid
  FROM {table}
 WHERE {column} = %(key)s AND done_to < seen_to
   FOR NO KEY UPDATE SKIP LOCKED
"""

_DONE = """
UPDATE {table} SET done_to = %(up_to)s WHERE {column} = %(key)s
"""


@dataclass(frozen=True, slots=True)
class Span:
    """The events to take next, ``after`` one id and ``up_to`` another; not before they are settled."""

    after: int
    up_to: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row that says how far a reader of ``events`` has come: the one of ``table`` whose ``column`` is ``key``.

    Events up to ``done_to`` are taken. Those up to ``seen_to`` can be, once every transaction that is older
    than ``seen_xid`` has ended.
    """

    table: LiteralString
    column: LiteralString
    key: int | str
    events: LiteralString

    def follow(self, take: Callable[[Span], int], *, page: int, patience_s: float) -> int:
        """Give ``take`` every event not taken yet, ``page`` at a time; how much the pages did in all.

        Each page and the cursor are one transaction: killed at any moment, a reader loses nothing and takes
        nothing twice. Waits up to ``patience_s`` for transactions that may still add events below those
        surveyed; what it leaves, the next run takes.
        """
        self._run(_BEGIN)
        return follow(lambda: self._run(_SURVEY), lambda: self._take_page(take, page), patience_s=patience_s)

    def _take_page(self, take: Callable[[Span], int], page: int) -> tuple[Span | None, int]:
        with transaction.atomic():
            span = db.one_or_none(Span, self._statement(_SPAN), key=self.key, page=page)
            if span is None or not span.is_settled:
                return span, 0
            done = take(span)
            self._run(_DONE, up_to=span.up_to)
        return span, done

    def _run(self, statement: LiteralString, **params: int) -> int:
        return db.run(self._statement(statement), key=self.key, **params)

    def _statement(self, statement: LiteralString) -> LiteralString:
        return statement.format(table=self.table, column=self.column, events=self.events)


def follow(
    survey: Callable[[], int], take_page: Callable[[], tuple[Span | None, int]], *, patience_s: float
) -> int:
    """Survey and take page after page until nothing is left; how much the pages did in all.

    Waits up to ``patience_s`` for transactions that may still add events below those surveyed.
    """
    done_in_all = 0
    end = time.monotonic() + patience_s
    while True:
        surveyed = survey()
        span, done = take_page()
        done_in_all += done
        if span is None and not surveyed:
            return done_in_all  # nothing new, or another process is at it
        if span is not None and not span.is_settled:
            if time.monotonic() > end:
                return done_in_all
            time.sleep(_LOOK_AGAIN_S)
