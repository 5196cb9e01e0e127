"""A requester decides: approve, reject, send back, approve after rejection; or time decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from manyhands.core import db, sql
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.ledger.operations import fill_sandbox, posting
from manyhands.work import errors
from manyhands.work.states import RejectionReason

APPROVE = sql.load("manyhands.work", "approve")
REJECT = sql.load("manyhands.work", "reject")
SEND_BACK = sql.load("manyhands.work", "send_back")

# One statement decides so many; more are decided page by page.
DECISIONS_PER_STATEMENT = 1_000
# MTurk API, ApproveAssignment with OverrideRejection: within 30 days.
OVERRIDE_WINDOW = timedelta(days=30)
WORDS_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision changed: ``decided`` now, ``unchanged`` because already decided or not theirs."""

    decided: tuple[AssignmentId, ...]
    unchanged: tuple[AssignmentId, ...]


def _pages(ids: Sequence[AssignmentId]) -> list[list[AssignmentId]]:
    distinct = sorted(set(ids))
    return [
        distinct[start : start + DECISIONS_PER_STATEMENT]
        for start in range(0, len(distinct), DECISIONS_PER_STATEMENT)
    ]


def _approve(
    *,
    requester_id: RequesterId,
    assignment_ids: Sequence[AssignmentId],
    from_status: str,
    actor_id: AccountId | None,
    feedback: str,
) -> Decided:
    decided: list[int] = []
    for page in _pages(assignment_ids):
        with posting():
            decided += db.many(
                int,
                APPROVE,
                assignment_ids=page,
                requester_id=requester_id,
                from_status=from_status,
                since=timezone.now() - OVERRIDE_WINDOW,
                actor_id=actor_id,
                feedback=feedback[:WORDS_MAX],
            )
    return _decided(assignment_ids, decided)


def _decided(asked: Sequence[AssignmentId], changed: Sequence[int]) -> Decided:
    done = set(changed)
    return Decided(
        tuple(AssignmentId(number) for number in sorted(done)),
        tuple(sorted(number for number in set(asked) if number not in done)),
    )


def approve(
    *,
    requester_id: RequesterId,
    assignment_ids: Sequence[AssignmentId],
    actor_id: AccountId,
    feedback: str = "",
) -> Decided:
    """Approve submissions and pay their workers, reward and fee out of what was reserved.

    submitted -> approved. One statement per thousand; idempotent: what is decided stays as it is.
    """
    return _approve(
        requester_id=requester_id,
        assignment_ids=assignment_ids,
        from_status="submitted",
        actor_id=actor_id,
        feedback=feedback,
    )


def approve_by_time(*, requester_id: RequesterId, assignment_ids: Sequence[AssignmentId]) -> Decided:
    """Approve submissions whose auto-approval delay is over. submitted -> approved."""
    return _approve(
        requester_id=requester_id,
        assignment_ids=assignment_ids,
        from_status="submitted",
        actor_id=None,
        feedback="",
    )


def override_rejection(
    *, requester_id: RequesterId, assignment_id: AssignmentId, actor_id: AccountId, feedback: str = ""
) -> None:
    """Approve after all what was rejected in the last 30 days.

    rejected -> approved. One statement; if the reservation has gone back already, the requester's
    available money pays. Raises NotRejected, InsufficientFunds.
    """
    fill_sandbox(requester_id=requester_id)
    outcome = _approve(
        requester_id=requester_id,
        assignment_ids=[assignment_id],
        from_status="rejected",
        actor_id=actor_id,
        feedback=feedback,
    )
    if not outcome.decided:
        raise errors.NotRejected


def reject(
    *,
    requester_id: RequesterId,
    assignment_ids: Sequence[AssignmentId],
    actor_id: AccountId,
    reason: str,
    words: str,
) -> Decided:
    """Refuse submissions with a reason code and words; their money stays reserved for the appeal window.

    submitted -> rejected. One statement per thousand. Raises ReasonNeeded.
    """
    if reason not in RejectionReason.values or not words.strip():
        raise errors.ReasonNeeded
    decided: list[int] = []
    for page in _pages(assignment_ids):
        decided += db.many(
            int,
            REJECT,
            assignment_ids=page,
            requester_id=requester_id,
            actor_id=actor_id,
            reason=reason,
            words=words.strip()[:WORDS_MAX],
            appeal_window_s=settings.APPEAL_WINDOW_S,
        )
    return _decided(assignment_ids, decided)


@dataclass(frozen=True, slots=True)
class SentBack:
    assignment_id: AssignmentId
    deadline_at: datetime


def send_back(
    *, requester_id: RequesterId, assignment_id: AssignmentId, actor_id: AccountId, words: str
) -> SentBack:
    """Return an answer to its worker for correction, with words and at least a day.

    submitted -> correction. One guarded statement. Not corrected in time, it stands as handed in.
    Raises WordsNeeded, NotFound, NotSubmitted.
    """
    if not words.strip():
        raise errors.WordsNeeded
    sent = db.one_or_none(
        SentBack,
        SEND_BACK,
        requester_id=requester_id,
        assignment_id=assignment_id,
        actor_id=actor_id,
        words=words.strip()[:WORDS_MAX],
    )
    if sent is None:
        raise _why_not_submitted(requester_id, assignment_id)
    return sent


def _why_not_submitted(requester_id: RequesterId, assignment_id: AssignmentId) -> Refusal:
    exists = db.one_or_none(
        int,
        "SELECT 1 FROM assignment WHERE id = %(assignment_id)s AND requester_id = %(requester_id)s",
        assignment_id=assignment_id,
        requester_id=requester_id,
    )
    return NotFound() if exists is None else errors.NotSubmitted()
