"""What pages read of ratings: one round trip each."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.catalog.queries import RATERS_MIN
from manyhands.core import db
from manyhands.core.ids import AssignmentId, RequesterId, WorkerId
from manyhands.reputation.operations import RATE_WITHIN_DAYS

__all__ = ["RATERS_MIN", "BothSides", "Spoken", "WorkerRating", "both_sides", "of_worker"]


@dataclass(frozen=True, slots=True)
class WorkerRating:
    """What requesters' opened ratings say of a worker: 0 to 100, and how many requesters."""

    rating: int | None
    rater_count: int
    approved: int
    rejected: int

    @property
    def stars(self) -> float | None:
        return None if self.rating is None else 1 + self.rating / 25


_OF_WORKER = """
SELECT rating, rater_count, approved, rejected FROM worker_standing WHERE worker_id = %(worker_id)s
"""


def of_worker(*, worker_id: WorkerId) -> WorkerRating:
    return db.one_or_none(WorkerRating, _OF_WORKER, worker_id=worker_id) or WorkerRating(None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rating of one task. The stars one's side does not give are None."""

    pay: int | None
    fairness: int | None
    communication: int | None
    speed: int | None
    work: int | None
    words: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class BothSides:
    """What stands about a task, as one of its two parties sees it.

    ``mine``: what I said. ``theirs``: what the other side said, once opened. ``may_rate``: I may still speak.
    ``sealed_until``: when all is opened at the latest.
    """

    mine: Spoken | None
    theirs: Spoken | None
    may_rate: bool
    sealed_until: datetime | None


_BOTH = """
SELECT assignment.submitted_at + make_interval(days => %(within_days)s),
       coalesce(assignment.submitted_at + make_interval(days => %(within_days)s) > now(), false),
       mine.pay, mine.fairness, mine.communication, mine.speed, mine.work, mine.words, mine.rated_at,
       theirs.pay, theirs.fairness, theirs.communication, theirs.speed, theirs.work, theirs.words, theirs.rated_at
  FROM assignment
  LEFT JOIN rating AS mine ON mine.assignment_id = assignment.id AND mine.side = %(side)s
  LEFT JOIN rating AS theirs
    ON theirs.assignment_id = assignment.id
   AND theirs.side <> %(side)s
   AND (mine.id IS NOT NULL OR theirs.sealed_until <= now())
 WHERE assignment.id = %(assignment_id)s
   AND CASE %(side)s WHEN 'worker' THEN assignment.worker_id ELSE assignment.requester_id END = %(party_id)s
"""


def _both(sealed_until: datetime | None, in_time: bool, *stars: object) -> BothSides:
    mine, theirs = stars[:7], stars[7:]
    return BothSides(
        mine=Spoken(*mine) if mine[6] else None,  # type: ignore[arg-type]  # as the statement orders them
        theirs=Spoken(*theirs) if theirs[6] else None,  # type: ignore[arg-type]
        may_rate=in_time and not mine[6],
        sealed_until=sealed_until,
    )


def both_sides(
    *, assignment_id: AssignmentId, worker_id: WorkerId | None = None, requester_id: RequesterId | None = None
) -> BothSides | None:
    """What both said of a task, for its worker or for its requester; None when it is another's.

    The other side's word is opened when I have spoken too, or when the time is over.
    """
    side, party = ("worker", worker_id) if requester_id is None else ("requester", requester_id)
    return db.one_or_none(
        _both, _BOTH, assignment_id=assignment_id, side=side, party_id=party, within_days=RATE_WITHIN_DAYS
    )
