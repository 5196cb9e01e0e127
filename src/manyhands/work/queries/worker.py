"""What the worker's pages read of the work. One statement each, cost independent of the size of a group."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db, sql
from manyhands.core.ids import AssignmentId, BatchId, HITId, HITTypeId, WorkerId

HELD_MAX = 100
HISTORY_PAGE = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """A group, and the task of it that this worker may take next (``hit_id`` None: there is none).

    ``is_own``, ``is_blocked`` and ``missing`` say what stands in the way of accepting.
    """

    hit_type_id: HITTypeId
    title: str
    description: str
    keywords: str
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int
    requester_name: str
    category_name: str
    sub_category_name: str
    hit_id: HITId | None
    open_count: int
    is_own: bool
    is_blocked: bool
    missing: list[str] | None
    preview_guarded: bool
    held_assignment_id: AssignmentId | None
    question_id: int | None

    @property
    def may_accept(self) -> bool:
        return not (self.is_own or self.is_blocked or self.missing)


# The order of the next task is that of work/sql/accept_next.sql and accept_wrapped.sql: first after the
# last one had, then from the start.
_PREVIEW = """
WITH grp AS (
    SELECT hit_type.*, span.low, span.high,
           greatest(span.low, (SELECT position FROM worker_progress
                                WHERE worker_progress.worker_id = %(worker_id)s
                                  AND worker_progress.hit_type_id = hit_type.id)) AS position
      FROM hit_type
     CROSS JOIN LATERAL (
           SELECT CASE WHEN asked.open THEN 0 ELSE -9223372036854775808 END AS low,
                  CASE WHEN asked.open THEN 9223372036854775807 ELSE 0 END AS high
             FROM (SELECT hit_type.in_job_type_id IS NULL OR EXISTS (
                          SELECT FROM qualification
                           WHERE qualification.worker_id = %(worker_id)s
                             AND qualification.qualification_type_id = hit_type.in_job_type_id
                             AND qualification.status = 'granted') AS open) AS asked) AS span
     WHERE hit_type.id = %(hit_type_id)s
), unmet AS (
    SELECT array_agg(DISTINCT qualification_type.name) AS missing,
           coalesce(bool_or(requirement.actions_guarded <> 'Accept'), false) AS preview_guarded
      FROM qualification_requirement AS requirement
      JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
      LEFT JOIN held_qualification AS held ON held.worker_id = %(worker_id)s
           AND held.qualification_type_id = requirement.qualification_type_id
     WHERE requirement.hit_type_id = %(hit_type_id)s
       AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale)
)
SELECT preview.*, (SELECT hit.question_id FROM hit WHERE hit.id = preview.hit_id)
  FROM (
SELECT grp.id, grp.title, grp.description, grp.keywords, grp.reward_minor, grp.assignment_duration_s,
       grp.auto_approval_delay_s, requester.display_name, category.name, sub_category.name,
       CASE WHEN %(hit_id)s::bigint IS NOT NULL THEN
           (SELECT hit.id FROM hit
             WHERE hit.id = %(hit_id)s AND hit.hit_type_id = grp.id
               AND hit.position > grp.low AND hit.position <= grp.high
               AND hit.is_open AND hit.expires_at > now()
               AND NOT EXISTS (SELECT FROM assignment AS had
                                WHERE had.hit_id = hit.id AND had.worker_id = %(worker_id)s
                                  AND had.status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected')))
       ELSE coalesce(
           (SELECT hit.id FROM hit
             WHERE hit.hit_type_id = grp.id AND hit.is_open AND hit.position > grp.position
               AND hit.position <= grp.high AND hit.expires_at > now()
               AND NOT EXISTS (SELECT FROM assignment AS had
                                WHERE had.hit_id = hit.id AND had.worker_id = %(worker_id)s
                                  AND had.status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected'))
               AND NOT EXISTS (SELECT FROM hit_skip
                                WHERE hit_skip.worker_id = %(worker_id)s AND hit_skip.hit_id = hit.id
                                  AND hit_skip.until > now())
             ORDER BY hit.position LIMIT 1),
           (SELECT hit.id FROM hit
             WHERE hit.hit_type_id = grp.id AND hit.is_open
               AND hit.position > grp.low AND hit.position <= grp.high AND hit.expires_at > now()
               AND NOT EXISTS (SELECT FROM assignment AS had
                                WHERE had.hit_id = hit.id AND had.worker_id = %(worker_id)s
                                  AND had.status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected'))
               AND NOT EXISTS (SELECT FROM hit_skip
                                WHERE hit_skip.worker_id = %(worker_id)s AND hit_skip.hit_id = hit.id
                                  AND hit_skip.until > now())
             ORDER BY hit.position LIMIT 1)) END AS hit_id,
       (SELECT coalesce(sum(change), 0)::bigint FROM hit_type_open
         WHERE hit_type_id = grp.id AND expires_minute > now()),
       grp.requester_id = %(worker_id)s,
       EXISTS (SELECT FROM worker_block
                WHERE worker_block.requester_id = grp.requester_id AND worker_block.worker_id = %(worker_id)s),
       unmet.missing, unmet.preview_guarded,
       (SELECT assignment.id FROM assignment
         WHERE assignment.worker_id = %(worker_id)s AND assignment.hit_type_id = grp.id
           AND assignment.status IN ('accepted', 'correction') AND assignment.deadline_at > now()
           AND (%(hit_id)s::bigint IS NULL OR assignment.hit_id = %(hit_id)s)
         ORDER BY assignment.deadline_at LIMIT 1)
  FROM grp
  JOIN requester ON requester.account_id = grp.requester_id
  JOIN sub_category ON sub_category.id = grp.sub_category_id
  JOIN category ON category.id = sub_category.category_id
 CROSS JOIN unmet
) AS preview
"""


def preview(*, worker_id: WorkerId, hit_type_id: HITTypeId, hit_id: HITId | None = None) -> Preview | None:
    """The task this worker would get next of the group, without taking it; or this one if still open.

    None when there is no such group.
    """
    return db.one_or_none(Preview, _PREVIEW, worker_id=worker_id, hit_type_id=hit_type_id, hit_id=hit_id)


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment the worker may still hand in. ``now`` is the database's clock."""

    assignment_id: AssignmentId
    hit_type_id: HITTypeId
    title: str
    requester_name: str
    status: str
    reward_minor: int
    accepted_at: datetime
    deadline_at: datetime
    draft_saved_at: datetime | None
    now: datetime

    @property
    def left_s(self) -> float:
        return max(0.0, (self.deadline_at - self.now).total_seconds())


_HELD = """
SELECT assignment.id, assignment.hit_type_id, hit_type.title, requester.display_name, assignment.status,
       assignment.reward_minor, assignment.accepted_at, assignment.deadline_at, assignment_draft.saved_at, now()
  FROM assignment
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
  LEFT JOIN assignment_draft ON assignment_draft.assignment_id = assignment.id
 WHERE assignment.worker_id = %(worker_id)s
   AND assignment.status IN ('accepted', 'correction')
   AND assignment.deadline_at > now()
 ORDER BY assignment.deadline_at, assignment.id
 LIMIT %(limit)s
"""


def held(*, worker_id: WorkerId) -> list[Held]:
    """What the worker holds, the most urgent first; past its deadline nothing is held, swept or not."""
    return db.many(Held, _HELD, worker_id=worker_id, limit=HELD_MAX)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One assignment as its worker's page shows it.

    ``status`` is what time has made of it: an accepted one past its deadline is ``expired``, a submission
    whose automatic approval is due is ``approved``. ``answer`` is what was handed in, or typed so far.
    ``test_name``: the qualification whose tasks these are, ``test_done`` of ``test_needed`` submitted.
    """

    assignment_id: AssignmentId
    hit_id: HITId
    hit_type_id: HITTypeId
    batch_id: BatchId
    status: str
    title: str
    description: str
    keywords: str
    requester_name: str
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int
    accepted_at: datetime
    deadline_at: datetime
    submitted_at: datetime | None
    auto_approve_at: datetime | None
    decided_at: datetime | None
    rejection_reason: str
    feedback: str
    corrections: int
    draft_saved_at: datetime | None
    answer: list[list[str]] | None
    open_count: int
    now: datetime
    question_id: int | None
    test_name: str | None
    test_needed: int | None
    test_done: int

    @property
    def is_held(self) -> bool:
        return self.status in {"accepted", "correction"}

    @property
    def left_s(self) -> int:
        return max(0, int((self.deadline_at - self.now).total_seconds()))


_TASK_PAGE = sql.load("manyhands.work", "task_page")


def task_page(*, worker_id: WorkerId, assignment_id: AssignmentId) -> TaskPage | None:
    """The assignment, when it is this worker's."""
    return db.one_or_none(TaskPage, _TASK_PAGE, worker_id=worker_id, assignment_id=assignment_id)


@dataclass(frozen=True, slots=True)
class Submission:
    """A line of the worker's own history; ``status`` as time has made it."""

    assignment_id: AssignmentId
    hit_type_id: HITTypeId
    title: str
    requester_name: str
    status: str
    reward_minor: int
    submitted_at: datetime
    auto_approve_at: datetime | None
    decided_at: datetime | None
    rejection_reason: str
    feedback: str


_SUBMISSIONS = sql.load("manyhands.work", "worker_submissions")


def submissions(
    *, worker_id: WorkerId, status: str = "", before: int = 2**62, limit: int = HISTORY_PAGE
) -> list[Submission]:
    """What the worker handed in, newest first; ``before`` is the last id of the page above."""
    return db.many(Submission, _SUBMISSIONS, worker_id=worker_id, status=status, before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class Earnings:
    """What the worker's submissions came to: sums in minor units, and counts."""

    approved_minor: int
    approved_count: int
    pending_minor: int
    pending_count: int
    rejected_count: int
    today_minor: int


_EARNINGS = """
SELECT coalesce(sum(reward_minor) FILTER (WHERE paid), 0)::bigint,
       count(*) FILTER (WHERE paid),
       coalesce(sum(reward_minor) FILTER (WHERE NOT paid AND status IN ('submitted', 'correction')), 0)::bigint,
       count(*) FILTER (WHERE NOT paid AND status IN ('submitted', 'correction')),
       count(*) FILTER (WHERE status = 'rejected'),
       coalesce(sum(reward_minor) FILTER (
            WHERE paid AND coalesce(decided_at, auto_approve_at) >= %(today)s), 0)::bigint
  FROM (SELECT reward_minor, status, decided_at, auto_approve_at,
               status = 'approved' OR (status = 'submitted' AND auto_approve_at <= now()) AS paid
          FROM assignment
         WHERE worker_id = %(worker_id)s
           AND status IN ('submitted', 'correction', 'approved', 'rejected')) AS submission
"""


def earnings(*, worker_id: WorkerId, today: datetime) -> Earnings:
    """Earnings so far; ``today`` is the instant the worker's day began."""
    return db.one(Earnings, _EARNINGS, worker_id=worker_id, today=today)


@dataclass(frozen=True, slots=True)
class TaskName:
    """What an assignment was about, for the lines of an account statement."""

    assignment_id: AssignmentId
    title: str
    requester_name: str


_BONUS_REASONS = """
SELECT transfer.id, bonus.reason
  FROM transfer
  JOIN bonus ON bonus.assignment_id = transfer.assignment_id
            AND transfer.idempotency_key = 'bonus:' || bonus.id
 WHERE transfer.id = ANY(%(transfer_ids)s)
   AND transfer.purpose = 'bonus'
   AND bonus.worker_id = %(worker_id)s
"""


def bonus_reasons(*, worker_id: WorkerId, transfer_ids: list[int]) -> dict[int, str]:
    """What requesters said with these bonuses of the worker's, by transfer."""
    return dict(
        db.many(
            lambda number, reason: (number, reason),
            _BONUS_REASONS,
            worker_id=worker_id,
            transfer_ids=transfer_ids,
        )
    )


_TASK_NAMES = """
SELECT assignment.id, hit_type.title, requester.display_name
  FROM assignment
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
 WHERE assignment.worker_id = %(worker_id)s
   AND assignment.id = ANY(%(assignment_ids)s)
"""


def task_names(*, worker_id: WorkerId, assignment_ids: list[Any]) -> dict[int, TaskName]:
    """Title and requester of some of the worker's assignments, by id. No more than were asked for."""
    rows = db.many(TaskName, _TASK_NAMES, worker_id=worker_id, assignment_ids=assignment_ids)
    return {row.assignment_id: row for row in rows}
