"""From what happened to HITs to what is on its way to requesters: ``event_delivery``, the outbox of events.

Reads ``assignment_event`` and ``hit_event`` behind two durable cursors (core/following.py says why a survey
comes before the reading). Both are surveyed and read together, so that what a HIT's two histories tell gets
into one order. Cursors and deliveries are one transaction: killed at any moment, it loses nothing and puts
nothing on its way twice.

The cursors begin with the first subscription of all; without one there is nothing to do.
"""

from dataclasses import dataclass

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.following import Span, follow

_CAPTURE = sql.load("manyhands.messaging", "capture_events")

PATIENCE_S = 2.0

# What has a lower id and commits later began before there was a subscription.
_BEGIN = """
INSERT INTO event_cursor (name, done_to, seen_to, seen_xid)
SELECT 'events of assignments', id, id, 0 FROM (SELECT coalesce(max(id), 0) AS id FROM assignment_event) AS last
 UNION ALL
SELECT 'events of hits', id, id, 0 FROM (SELECT coalesce(max(id), 0) AS id FROM hit_event) AS last
ON CONFLICT DO NOTHING
"""

# The transaction id is drawn by this statement, after its snapshot was taken.
_SURVEY = """
WITH last AS (
    SELECT 'events of assignments' AS name, (SELECT coalesce(max(id), 0) FROM assignment_event) AS id
     UNION ALL
    SELECT 'events of hits', (SELECT coalesce(max(id), 0) FROM hit_event)
), cursors AS (
    SELECT name, done_to, seen_to FROM event_cursor
     WHERE name IN ('events of assignments', 'events of hits')
     ORDER BY name
       FOR NO KEY UPDATE
)
UPDATE event_cursor
   SET seen_to = greatest(event_cursor.seen_to, last.id),
       seen_xid = greatest(event_cursor.seen_xid, pg_current_xact_id()::text::bigint)
  FROM last, cursors
 WHERE last.name = event_cursor.name
   AND cursors.name = event_cursor.name
   AND NOT EXISTS (SELECT FROM cursors AS ahead WHERE ahead.done_to < ahead.seen_to)
   AND EXISTS (SELECT FROM cursors AS behind
                 JOIN last AS newest ON newest.name = behind.name
                WHERE behind.done_to < newest.id)
"""

_SETTLED = """
SELECT done_to, seen_to, pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= seen_xid
  FROM event_cursor
 WHERE name IN ('events of assignments', 'events of hits')
 ORDER BY name
   FOR NO KEY UPDATE SKIP LOCKED
"""
_DONE = """
UPDATE event_cursor SET done_to = seen_to WHERE name IN ('events of assignments', 'events of hits')
"""


@dataclass(frozen=True, slots=True)
class _Both:
    """The spans of both tables; there are none before the first subscription."""

    assignments: Span
    hits: Span

    @property
    def is_settled(self) -> bool:
        return self.assignments.is_settled and self.hits.is_settled

    @property
    def is_empty(self) -> bool:
        return all(span.after >= span.up_to for span in (self.assignments, self.hits))


def begin() -> None:
    """Start to read with what happens next, when a first subscription is made; in its transaction."""
    db.run(_BEGIN)


def capture(*, patience_s: float = PATIENCE_S) -> int:
    """Put every event not read yet on its way to the subscriptions that ask for it; how many deliveries.

    One transaction of three statements for all that a survey found. Waits up to ``patience_s`` for
    transactions that may still add events below; what it leaves, the next run reads.
    """
    return follow(lambda: db.run(_SURVEY), _capture_surveyed, patience_s=patience_s)


def _capture_surveyed() -> tuple[Span | None, int]:
    with transaction.atomic():
        spans = db.many(Span, _SETTLED)
        if len(spans) < 2:
            return None, 0  # no subscription yet, or another process is at it
        both = _Both(*spans)
        if both.is_empty:
            return None, 0
        if not both.is_settled:
            return Span(0, 0, is_settled=False), 0
        written = db.one(
            int,
            _CAPTURE,
            assignments_after=both.assignments.after,
            assignments_up_to=both.assignments.up_to,
            hits_after=both.hits.after,
            hits_up_to=both.hits.up_to,
        )
        db.run(_DONE)
    return both.assignments, written
