"""A worker takes a task, gives it up, or asks for another."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, WorkerId
from manyhands.work import errors

ACCEPT_NEXT = sql.load("manyhands.work", "accept_next")
ACCEPT_WRAPPED = sql.load("manyhands.work", "accept_wrapped")
ACCEPT_HIT = sql.load("manyhands.work", "accept_hit")
RETURN_ASSIGNMENT = sql.load("manyhands.work", "return_assignment")

ONCE_PER_WORKER = "assignment_once_per_worker"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A task now held. It asks its ``question_id``, or else the layout filled with the row ``input``;
    ``now`` is the database's clock."""

    assignment_id: AssignmentId
    hit_id: HITId
    hit_type_id: HITTypeId
    layout_id: int | None
    question_id: int | None
    input: dict[str, str]
    deadline_at: datetime
    now: datetime


def limits() -> dict[str, int]:
    return {
        "daily_max": settings.ASSIGNMENTS_PER_WORKER_AND_DAY_MAX,
        "at_once_max": settings.ACCEPTED_AT_ONCE_MAX,
    }


def _take(statement: Any, **params: int) -> Accepted | None:
    """Run an accepting statement; the same worker in two windows at once is told apart by a constraint."""
    # Inside a transaction of the caller's a savepoint keeps that transaction usable.
    savepoint = transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()
    try:
        with savepoint:
            return db.one_or_none(Accepted, statement, **params, **limits())
    except psycopg.errors.UniqueViolation as broken:
        if broken.diag.constraint_name != ONCE_PER_WORKER:
            raise
        return None


def accept_next(*, worker_id: WorkerId, hit_type_id: HITTypeId) -> Accepted:
    """Give the worker the next open HIT of a group.

    (nothing) -> accepted. One statement, one HIT row locked with SKIP LOCKED; only when nothing lies
    ahead of the worker a second one looks from the start of the group and waits for locked rows.
    Raises NoAssignableHIT, NotQualified, Blocked, OwnTask, AccountNotActive, DailyLimitReached,
    TooManyAccepted, FirstQuestionsOpen, NotFound.
    """
    accepted = _take(ACCEPT_NEXT, worker_id=worker_id, hit_type_id=hit_type_id) or _take(
        ACCEPT_WRAPPED, worker_id=worker_id, hit_type_id=hit_type_id
    )
    if accepted is None:
        raise why_refused(worker_id=worker_id, hit_type_id=hit_type_id)
    return accepted


def accept_hit(*, worker_id: WorkerId, hit_id: HITId) -> Accepted:
    """Give the worker this one HIT.

    (nothing) -> accepted. One statement, the HIT row locked; a second one when it gave nothing, because
    another window of the worker's may have accepted something else while the first waited.
    Raises HITNotAvailable, AlreadyDone, and what ``accept_next`` raises.
    """
    accepted = _take(ACCEPT_HIT, worker_id=worker_id, hit_id=hit_id) or _take(
        ACCEPT_HIT, worker_id=worker_id, hit_id=hit_id
    )
    if accepted is None:
        raise _why_hit_refused(worker_id=worker_id, hit_id=hit_id)
    return accepted


@dataclass(frozen=True, slots=True)
class Returned:
    assignment_id: AssignmentId
    hit_id: HITId
    hit_type_id: HITTypeId


def return_assignment(*, worker_id: WorkerId, assignment_id: AssignmentId) -> Returned:
    """Give an accepted task up; it is available to others at once, and costs the worker nothing.

    accepted -> returned. One guarded statement.
    Raises AssignmentNotHeld, AssignmentExpired, AlreadySubmitted, CannotReturnCorrection.
    """
    returned = db.one_or_none(Returned, RETURN_ASSIGNMENT, worker_id=worker_id, assignment_id=assignment_id)
    if returned is None:
        raise why_not_held(worker_id=worker_id, assignment_id=assignment_id)
    return returned


_SKIP = """
INSERT INTO hit_skip (worker_id, hit_id, hit_type_id, until)
SELECT %(worker_id)s, hit.id, hit.hit_type_id, now() + make_interval(secs => %(cool_down_s)s)
  FROM hit
 WHERE hit.id = %(hit_id)s
    ON CONFLICT (worker_id, hit_id) DO UPDATE SET until = excluded.until
RETURNING hit_type_id
"""


def skip_hit(*, worker_id: WorkerId, hit_id: HITId) -> HITTypeId:
    """Do not offer this HIT to the worker for the cool-down time; no trace in reputation.

    An accepted one is returned by the same act. Returns its group. Raises NotFound.
    """
    with transaction.atomic():
        held = db.one_or_none(
            int,
            "SELECT id FROM assignment WHERE hit_id = %(hit_id)s AND worker_id = %(worker_id)s"
            " AND status = 'accepted' AND deadline_at > now()",
            hit_id=hit_id,
            worker_id=worker_id,
        )
        if held is not None:
            return_assignment(worker_id=worker_id, assignment_id=AssignmentId(held))
        hit_type_id = db.one_or_none(
            int, _SKIP, worker_id=worker_id, hit_id=hit_id, cool_down_s=settings.SKIP_COOL_DOWN_S
        )
    if hit_type_id is None:
        raise NotFound
    return HITTypeId(hit_type_id)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Why a worker may not accept in a group, as facts."""

    group_exists: bool
    active: bool
    own: bool
    blocked: bool
    unmet: bool
    waits: bool
    today: int
    held: int


_STANDING = """
SELECT hit_type.id IS NOT NULL,
       coalesce(account.status = 'active' AND account.is_worker, false),
       coalesce(hit_type.requester_id = %(worker_id)s, false),
       EXISTS (SELECT FROM worker_block
                WHERE requester_id = hit_type.requester_id AND worker_id = %(worker_id)s),
       EXISTS (SELECT FROM qualification_requirement AS requirement
                 LEFT JOIN held_qualification AS held ON held.worker_id = %(worker_id)s
                      AND held.qualification_type_id = requirement.qualification_type_id
                WHERE requirement.hit_type_id = hit_type.id
                  AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale)),
       hit_type.in_job_type_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM qualification
            WHERE worker_id = %(worker_id)s AND qualification_type_id = hit_type.in_job_type_id
              AND status = 'granted'),
       coalesce(CASE WHEN worker.accepted_day = current_date THEN worker.accepted_day_count END, 0),
       (SELECT count(*) FROM assignment
         WHERE worker_id = %(worker_id)s AND status IN ('accepted', 'correction') AND deadline_at > now())
  FROM (SELECT 1) AS always
  LEFT JOIN hit_type ON hit_type.id = %(hit_type_id)s
  LEFT JOIN account ON account.id = %(worker_id)s
  LEFT JOIN worker ON worker.account_id = account.id
"""


def why_refused(*, worker_id: WorkerId, hit_type_id: HITTypeId) -> Refusal:
    """The reason a worker got nothing of a group, for the right words. Reads only."""
    standing = db.one(_Standing, _STANDING, worker_id=worker_id, hit_type_id=hit_type_id)
    reasons = (
        (not standing.group_exists, errors.HITNotAvailable),
        (not standing.active, errors.AccountNotActive),
        (standing.own, errors.OwnTask),
        (standing.blocked, errors.Blocked),
        (standing.unmet, errors.NotQualified),
        (standing.today >= settings.ASSIGNMENTS_PER_WORKER_AND_DAY_MAX, errors.DailyLimitReached),
        (standing.held >= settings.ACCEPTED_AT_ONCE_MAX, errors.TooManyAccepted),
        (standing.waits, errors.FirstQuestionsOpen),
    )
    return next((error for holds, error in reasons if holds), errors.NoAssignableHIT)()


@dataclass(frozen=True, slots=True)
class _HITStanding:
    hit_type_id: HITTypeId
    is_open: bool
    had: bool


def _why_hit_refused(*, worker_id: WorkerId, hit_id: HITId) -> Refusal:
    found = db.one_or_none(
        _HITStanding,
        "SELECT hit_type_id, is_open AND expires_at > now(), EXISTS (SELECT FROM assignment"
        " WHERE hit_id = hit.id AND worker_id = %(worker_id)s"
        " AND status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected'))"
        " FROM hit WHERE id = %(hit_id)s",
        worker_id=worker_id,
        hit_id=hit_id,
    )
    if found is None:
        return errors.HITNotAvailable()
    if found.had:
        return errors.AlreadyDone()
    reason = why_refused(worker_id=worker_id, hit_type_id=found.hit_type_id)
    return errors.HITNotAvailable() if isinstance(reason, errors.NoAssignableHIT) else reason


def why_not_held(*, worker_id: WorkerId, assignment_id: AssignmentId) -> Refusal:
    """The reason a worker's act on an assignment found nothing to change. Reads only."""
    status = db.one_or_none(
        str,
        "SELECT status FROM assignment WHERE id = %(assignment_id)s AND worker_id = %(worker_id)s",
        assignment_id=assignment_id,
        worker_id=worker_id,
    )
    by_status = {
        "accepted": errors.AssignmentExpired,
        "abandoned": errors.AssignmentExpired,
        "correction": errors.CannotReturnCorrection,
        "submitted": errors.AlreadySubmitted,
        "approved": errors.AlreadySubmitted,
        "rejected": errors.AlreadySubmitted,
    }
    return by_status.get(status or "", errors.AssignmentNotHeld)()
