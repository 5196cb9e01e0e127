"""What programs of workers read of their own work (MTurk API, 4.4). One statement each."""

from dataclasses import dataclass
from datetime import date, datetime

from manyhands.core import db, sql
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, RequesterId, WorkerId
from manyhands.work.queries.worker import HELD_MAX

DAY_PAGE = 20
DAYS = 45


@dataclass(frozen=True, slots=True)
class Queued:
    """An assignment the worker holds. ``now`` is the database's clock."""

    assignment_id: AssignmentId
    hit_id: HITId
    hit_type_id: HITTypeId
    question_id: int | None
    accepted_at: datetime
    deadline_at: datetime
    now: datetime

    @property
    def left_s(self) -> int:
        return max(0, int((self.deadline_at - self.now).total_seconds()))


_QUEUE = """
SELECT assignment.id, assignment.hit_id, assignment.hit_type_id, hit.question_id, assignment.accepted_at,
       assignment.deadline_at, now()
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
 WHERE assignment.worker_id = %(worker_id)s
   AND assignment.status IN ('accepted', 'correction')
   AND assignment.deadline_at > now()
 ORDER BY assignment.deadline_at, assignment.id
 LIMIT %(limit)s
"""


def queue(*, worker_id: WorkerId) -> list[Queued]:
    """What the worker holds, the most urgent first."""
    return db.many(Queued, _QUEUE, worker_id=worker_id, limit=HELD_MAX)


@dataclass(frozen=True, slots=True)
class DayLine:
    """A submission of one day; ``found_count`` is how many that day had."""

    assignment_id: AssignmentId
    hit_id: HITId
    requester_id: RequesterId
    requester_name: str
    title: str
    reward_minor: int
    status: str
    feedback: str
    found_count: int


_DAY = sql.load("manyhands.work", "worker_day")


def day(*, worker_id: WorkerId, begins: datetime, ends: datetime, page: int) -> list[DayLine]:
    """What the worker handed in between two instants, twenty to a page, newest first."""
    offset = (page - 1) * DAY_PAGE
    return db.many(
        DayLine, _DAY, worker_id=worker_id, begins=begins, ends=ends, limit=DAY_PAGE, offset=offset
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The submissions of a day, by what became of them, and what the approved ones paid."""

    date: date
    submitted: int
    approved: int
    rejected: int
    pending: int
    earned_minor: int


_DAYS = sql.load("manyhands.work", "worker_days")


def days(*, worker_id: WorkerId, zone: str) -> list[Day]:
    """The latest days on which the worker handed something in, by the midnights of a zone."""
    return db.many(Day, _DAYS, worker_id=worker_id, zone=zone, limit=DAYS)
