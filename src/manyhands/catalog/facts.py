"""What is measured of each group, so that its listing is honest: pay per hour, rejections, waiting, people.

Counted from the history of assignments, page by page, never when a list is read. Nothing here runs in the
statements that decide. Cursor and facts are one transaction: killed at any moment, a run loses nothing and
counts nothing twice.

Ids of events are drawn before their transactions commit, so an event may appear below one already seen.
Hence two steps. *Survey*: note the highest visible id together with the survey's own transaction id.
*Count*: once every transaction older than that one has ended, all events up to that id are visible or
will never be.
"""

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.following import Span, follow

_COUNT = sql.load("manyhands.catalog", "count_decisions")

# Below so many decisions, numbers would tell more of chance than of the group.
DECISIONS_MIN = 10
# Medians are of the latest decisions: requesters change, and old habits should not hide it.
SAMPLES_MAX = 500
PAGE = 5_000
# How long one run waits for transactions under way before it leaves the rest to the next run.
PATIENCE_S = 2.0

_BEGIN = """
INSERT INTO facts_cursor (id, done_to, seen_to, seen_xid) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING
"""

# The transaction id is drawn by this statement, after its snapshot was taken.
_SURVEY = """
UPDATE facts_cursor
   SET seen_to = greatest(seen_to, (SELECT coalesce(max(id), 0) FROM assignment_event)),
       seen_xid = pg_current_xact_id()::text::bigint
 WHERE done_to = seen_to
   AND done_to < (SELECT coalesce(max(id), 0) FROM assignment_event)
"""

_SPAN = """
SELECT done_to, least(seen_to, done_to + %(page)s),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= seen_xid
  FROM facts_cursor
 WHERE done_to < seen_to
   FOR NO KEY UPDATE SKIP LOCKED
"""


def count_decisions(*, page: int = PAGE, patience_s: float = PATIENCE_S) -> int:
    """Count every decision not counted yet; how many groups' facts were written, a group once per page.

    Pages of ``page`` events, each a transaction of three statements. Waits up to ``patience_s`` for
    transactions that may still add events below those it sees; what it leaves, the next run counts.
    """
    db.run(_BEGIN)
    return follow(lambda: db.run(_SURVEY), lambda: _count_page(page), patience_s=patience_s)


def _count_page(page: int) -> tuple[Span | None, int]:
    with transaction.atomic():
        span = db.one_or_none(Span, _SPAN, page=page)
        if span is None or not span.is_settled:
            return span, 0
        changed = db.many(
            int,
            _COUNT,
            after=span.after,
            up_to=span.up_to,
            decisions_min=DECISIONS_MIN,
            samples_max=SAMPLES_MAX,
        )
        db.run("UPDATE facts_cursor SET done_to = %(up_to)s", up_to=span.up_to)
    return span, len(changed)
