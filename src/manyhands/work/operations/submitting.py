"""A worker hands an answer in, and keeps drafts of it until then."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, RequesterId, WorkerId
from manyhands.work import errors
from manyhands.work.operations.accepting import Accepted, accept_next, limits, why_not_held
from manyhands.work.operations.reviewing import approve_by_time

SUBMIT_AND_NEXT = db.hot("submit_and_next", sql.load("manyhands.work", "submit_and_next"))

ANSWER_BYTES_MAX = 1024 * 1024
# ``[field, value]`` pairs in the order of the form; a repeated field keeps each of its values.
Answer = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Row:
    assignment_id: AssignmentId
    hit_type_id: HITTypeId
    requester_id: RequesterId
    approved_at_once: bool
    auto_accept_next: bool
    next_id: AssignmentId | None
    next_hit_id: HITId
    next_layout_id: int | None
    next_question_id: int | None
    next_input: dict[str, str]
    next_deadline_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Submitted:
    """An answer handed in. ``next`` is the task taken in the same breath, when auto-accept is on;
    ``finished`` says why there is none (NoAssignableHIT: the group is finished for this worker)."""

    assignment_id: AssignmentId
    hit_type_id: HITTypeId
    auto_accept_next: bool
    next: Accepted | None
    finished: Refusal | None


def submit(
    *,
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    answer: Answer,
    received_at: datetime,
    reported: Mapping[str, int] | None = None,
    files: Collection[str] | None = None,
) -> Submitted:
    """Hand in an accepted assignment and, with auto-accept on, take the next task of its group.

    accepted | correction -> submitted (and nothing -> accepted). One statement; what counts is when the
    request arrived, ``received_at``. The same answer again is the same submission. ``reported``: what the
    page counted, kept beside the answer and no part of it. ``files``: for a task that takes files, the keys in
    the answer; 3 statements more in one transaction see under the locks that they are what is kept.
    Raises EmptyAnswer, AnswerTooLarge, FilesChanged, AssignmentExpired, AlreadySubmitted, AssignmentNotHeld.
    """
    if not answer:
        raise errors.EmptyAnswer
    with transaction.atomic() if files is not None else nullcontext():
        if files is not None:
            _check_files(worker_id, assignment_id, files)
        row = _submit(worker_id, assignment_id, _encoded(answer), received_at, reported)
    if row is None:
        return _same_submission(worker_id, assignment_id, answer)
    if row.approved_at_once:
        approve_by_time(requester_id=row.requester_id, assignment_ids=[row.assignment_id])
    if not row.auto_accept_next:
        return Submitted(row.assignment_id, row.hit_type_id, False, None, None)
    if row.next_id is not None:
        taken = Accepted(
            row.next_id,
            row.next_hit_id,
            row.hit_type_id,
            row.next_layout_id,
            row.next_question_id,
            row.next_input,
            row.next_deadline_at,
            row.now,
        )
        return Submitted(row.assignment_id, row.hit_type_id, True, taken, None)
    try:
        taken = accept_next(worker_id=worker_id, hit_type_id=row.hit_type_id)
    except Refusal as refusal:
        return Submitted(row.assignment_id, row.hit_type_id, True, None, refusal)
    return Submitted(row.assignment_id, row.hit_type_id, True, taken, None)


def _check_files(worker_id: WorkerId, assignment_id: AssignmentId, keys: Collection[str]) -> None:
    """Hold off uploads, in the order in which the statement itself locks, and look at what is kept."""
    db.run("SELECT FROM worker WHERE account_id = %(id)s FOR NO KEY UPDATE", id=worker_id)
    db.run("SELECT FROM assignment WHERE id = %(id)s FOR NO KEY UPDATE", id=assignment_id)
    kept = db.many(
        str,
        "SELECT key FROM answer_file WHERE assignment_id = %(id)s AND dropped_at IS NULL",
        id=assignment_id,
    )
    if set(kept) != set(keys):
        raise errors.FilesChanged


def _submit(
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    encoded: str,
    received_at: datetime,
    reported: Mapping[str, int] | None,
) -> _Row | None:
    room = limits()
    # The one being handed in still counts as held in the statement's snapshot.
    room["at_once_max"] += 1
    return db.hot_one_or_none(
        _Row,
        SUBMIT_AND_NEXT,
        worker_id=worker_id,
        assignment_id=assignment_id,
        answer=encoded,
        reported=None if reported is None else orjson.dumps(reported).decode(),
        received_at=received_at,
        **room,
    )


def _encoded(answer: Answer) -> str:
    """As JSON text; NUL characters, which PostgreSQL cannot hold, are left out."""
    text = orjson.dumps(answer)
    if b"\\u0000" in text:
        text = orjson.dumps([(name.replace("\0", ""), value.replace("\0", "")) for name, value in answer])
    if len(text) > ANSWER_BYTES_MAX:
        raise errors.AnswerTooLarge
    return text.decode()


@dataclass(frozen=True, slots=True)
class _Before:
    status: str
    hit_type_id: HITTypeId
    same: bool
    auto_accept_next: bool


_BEFORE = """
SELECT assignment.status, assignment.hit_type_id, assignment.answer = %(answer)s::jsonb,
       worker.auto_accept_next
  FROM assignment
  JOIN worker ON worker.account_id = assignment.worker_id
 WHERE assignment.id = %(assignment_id)s AND assignment.worker_id = %(worker_id)s
"""


def _same_submission(worker_id: WorkerId, assignment_id: AssignmentId, answer: Answer) -> Submitted:
    before = db.one_or_none(
        _Before,
        _BEFORE,
        worker_id=worker_id,
        assignment_id=assignment_id,
        answer=_encoded(answer),
    )
    if before is None or not before.same or before.status in {"returned", "abandoned", "accepted"}:
        reason = why_not_held(worker_id=worker_id, assignment_id=assignment_id)
        if isinstance(reason, errors.CannotReturnCorrection):
            raise errors.AssignmentExpired
        raise reason
    return Submitted(assignment_id, before.hit_type_id, before.auto_accept_next, None, None)


_SAVE_DRAFT = """
INSERT INTO assignment_draft (assignment_id, answer, saved_at)
SELECT assignment.id, %(answer)s::jsonb, now()
  FROM assignment
 WHERE assignment.id = %(assignment_id)s
   AND assignment.worker_id = %(worker_id)s
   AND assignment.status IN ('accepted', 'correction')
   AND assignment.deadline_at > now()
    ON CONFLICT (assignment_id) DO UPDATE SET answer = excluded.answer, saved_at = excluded.saved_at
RETURNING saved_at
"""


def save_draft(*, worker_id: WorkerId, assignment_id: AssignmentId, answer: Answer) -> datetime:
    """Keep what has been typed so far; returns when it was saved. One statement.

    Raises AnswerTooLarge, AssignmentExpired, AlreadySubmitted, AssignmentNotHeld.
    """
    saved_at = db.one_or_none(
        _instant,
        _SAVE_DRAFT,
        worker_id=worker_id,
        assignment_id=assignment_id,
        answer=_encoded(answer),
    )
    if saved_at is None:
        raise why_not_held(worker_id=worker_id, assignment_id=assignment_id)
    return saved_at


def _instant(value: datetime) -> datetime:
    return value
