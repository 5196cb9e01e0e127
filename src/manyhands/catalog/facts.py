"""What is measured of each group, so that its listing is honest: pay per hour, rejections, waiting, people.

Counted from the history of assignments, page by page, never when a list is read. Nothing here runs in the
statements that decide. Cursor and facts are one transaction: killed at any moment, a run loses nothing and
counts nothing twice (see core/following.py).
"""

from manyhands.core import db, sql
from manyhands.core.following import Cursor, Span

_COUNT = sql.load("manyhands.catalog", "count_decisions")

# Below so many decisions, numbers would tell more of chance than of the group.
DECISIONS_MIN = 10
# Medians are of the latest decisions: requesters change, and old habits should not hide it.
SAMPLES_MAX = 500
PAGE = 5_000
# How long one run waits for transactions under way before it leaves the rest to the next run.
PATIENCE_S = 2.0

_CURSOR = Cursor("facts_cursor", "id", 1, events="assignment_event")


def count_decisions(*, page: int = PAGE, patience_s: float = PATIENCE_S) -> int:
    """Count every decision not counted yet; how many groups' facts were written, a group once per page.

    Pages of ``page`` events, each a transaction of three statements. Waits up to ``patience_s`` for
    transactions that may still add events below those it sees; what it leaves, the next run counts.
    """
    return _CURSOR.follow(_count_span, page=page, patience_s=patience_s)


def _count_span(span: Span) -> int:
    changed = db.many(
        int,
        _COUNT,
        after=span.after,
        up_to=span.up_to,
        decisions_min=DECISIONS_MIN,
        samples_max=SAMPLES_MAX,
    )
    return len(changed)
