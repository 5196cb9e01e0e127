"""What was handed in is read from the history of assignments, in pages, each event once, seconds behind.

The cursor and what is found are one transaction: killed at any moment, a run loses nothing and measures
nothing twice (see core/following.py, and catalog/facts.py on ids drawn before their commit).
"""

from django.db import transaction

from manyhands.core import db
from manyhands.core.following import Span, follow
from manyhands.quality.operations import known_answers, reviews, signals

PAGE = 1_000
# How long one run waits for transactions under way before it leaves the rest to the next run.
PATIENCE_S = 2.0

_BEGIN = """
INSERT INTO submission_cursor (id, done_to, seen_to, seen_xid) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING
"""

# The transaction id is drawn by this statement, after its snapshot was taken.
_SURVEY = """
UPDATE submission_cursor
   SET seen_to = greatest(seen_to, (SELECT coalesce(max(id), 0) FROM assignment_event)),
       seen_xid = pg_current_xact_id()::text::bigint
 WHERE done_to = seen_to
   AND done_to < (SELECT coalesce(max(id), 0) FROM assignment_event)
"""

_SPAN = """
SELECT done_to, least(seen_to, done_to + %(page)s),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= seen_xid
  FROM submission_cursor
 WHERE done_to < seen_to
   FOR NO KEY UPDATE SKIP LOCKED
"""


def read(*, page: int = PAGE, patience_s: float = PATIENCE_S) -> int:
    """Measure every submission not measured yet; how many had known answers. Then what follows from it.

    Scores move by known answers, and review policies judge.
    """
    db.run(_BEGIN)
    found = follow(lambda: db.run(_SURVEY), lambda: _read_page(page), patience_s=patience_s)
    while known_answers.apply_due() == known_answers.WORKERS_AT_ONCE:
        pass
    reviews.carry_out_due()
    return found


def _read_page(page: int) -> tuple[Span | None, int]:
    with transaction.atomic():
        span = db.one_or_none(Span, _SPAN, page=page)
        if span is None or not span.is_settled:
            return span, 0
        found = known_answers.score_span(after=span.after, up_to=span.up_to)
        signals.note_span(after=span.after, up_to=span.up_to)
        reviews.note_span(after=span.after, up_to=span.up_to)
        db.run("UPDATE submission_cursor SET done_to = %(up_to)s", up_to=span.up_to)
    return span, found
