"""Bonuses: money beside the reward, at the requester's discretion (M-60)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import AccountId, AssignmentId, BonusId, RequesterId, WorkerId
from manyhands.ledger.operations import fill_sandbox, posting
from manyhands.work import errors
from manyhands.work.operations.projects import length, within
from manyhands.work.operations.tokens import TOKEN_MAX, repeated

SEND_BONUS = sql.load("manyhands.work", "send_bonus")

REASON_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    bonus_id: BonusId
    amount_minor: int
    fee_minor: int
    at: datetime


def send_bonus(
    *,
    requester_id: RequesterId,
    actor_id: AccountId,
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    amount_minor: int,
    reason: str,
    token: str | None = None,
) -> Given:
    """Pay a worker beside the reward of what they handed in, with words; the fee comes on top.

    One statement. With a token used within a day nothing is paid.
    Raises InvalidInput, NotFound, NotHandedIn, RequestRepeated, InsufficientFunds.
    """
    _check(amount_minor, reason, token)
    fill_sandbox(requester_id=requester_id)
    with posting():
        given = db.one_or_none(
            Given,
            SEND_BONUS,
            requester_id=requester_id,
            worker_id=worker_id,
            assignment_id=assignment_id,
            amount_minor=amount_minor,
            reason=reason.strip(),
            actor_id=actor_id,
            operation="bonus",
            token=token,
        )
    if given is None:
        raise _why_not_given(requester_id, worker_id, assignment_id, token)
    return given


def _check(amount_minor: int, reason: str, token: str | None) -> None:
    found: dict[str, str] = {}
    within(found, "amount_minor", amount_minor, 1, settings.BONUS_MINOR_MAX)
    length(found, "reason", reason, REASON_MAX)
    length(found, "token", token or "", TOKEN_MAX, required=token is not None)
    if "\0" in reason:
        found["reason"] = gettext("Only text can stand here.")
    if found:
        raise InvalidInput(found)


def _why_not_given(
    requester_id: RequesterId, worker_id: WorkerId, assignment_id: AssignmentId, token: str | None
) -> Refusal:
    status = db.one_or_none(
        str,
        "SELECT status FROM assignment WHERE id = %(assignment_id)s AND requester_id = %(requester_id)s"
        " AND worker_id = %(worker_id)s",
        requester_id=requester_id,
        worker_id=worker_id,
        assignment_id=assignment_id,
    )
    if status is None:
        return NotFound()
    if status in {"accepted", "returned", "abandoned"}:
        return errors.NotHandedIn()
    return repeated(requester_id, "bonus", token)
