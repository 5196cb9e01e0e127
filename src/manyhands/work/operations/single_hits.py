"""What is done to one HIT: more places, another end, parked, moved to other terms, disposed of.

Each act locks the HIT's batch before the HIT, as acts on the whole batch do, and keeps a line of history.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, BatchId, HITId, HITTypeId, RequesterId
from manyhands.ledger.accounts import AccountKind, account_id
from manyhands.ledger.fees import requester_fee
from manyhands.ledger.operations import fill_sandbox, posting, transfer
from manyhands.work import errors
from manyhands.work.models import HIT, Batch, BatchEvent, HITType
from manyhands.work.operations import batches, tokens
from manyhands.work.operations.hits import ASSIGNMENTS_MAX, batch_of_api
from manyhands.work.operations.projects import length, within
from manyhands.work.states import BatchStatus, HITStatus

EXPIRE = sql.load("manyhands.work", "expire_batch")
DISPOSE = sql.load("manyhands.work", "dispose_batch")
SET_REVIEWING = sql.load("manyhands.work", "set_reviewing")

# MTurk API, CreateAdditionalAssignmentsForHIT.
MANY = 10


def _locked(requester_id: RequesterId, hit_id: HITId, *further: BatchId) -> HIT:
    """One's own HIT with its batch, both locked until the transaction ends; then ``further`` batches' rows.

    Raises NotFound, WrongHITState (disposed of).
    """
    while True:
        batch_id = (
            HIT.objects.filter(pk=hit_id, batch__requester_id=requester_id)
            .values_list("batch_id", flat=True)
            .first()
        )
        if batch_id is None:
            raise NotFound
        list(Batch.objects.select_for_update(no_key=True).filter(pk__in=[batch_id, *further]).order_by("pk"))
        hit = HIT.objects.select_for_update(no_key=True).filter(pk=hit_id, batch_id=batch_id).first()
        if hit is not None:  # else it was moved to another batch meanwhile
            break
    if hit.status == HITStatus.DISPOSED:
        raise errors.WrongHITState(hit.status)
    if hit.available and hit.expires_at <= timezone.now():
        # Its end has come, and no sweep has run yet.
        with posting():
            db.run(EXPIRE, batch_id=hit.batch_id, hit_id=hit_id)
        hit.refresh_from_db()
    return hit


def extend_hit(
    *,
    requester_id: RequesterId,
    actor_id: AccountId,
    hit_id: HITId,
    more_assignments: int = 0,
    expires_at: datetime | None = None,
    token: str | None = None,
) -> batches.Extended:
    """Give a HIT more places, a later end, or both, and reserve their money; past its end places wait for a later one.

    reviewable | unassignable | reviewing -> assignable where places become free. One transaction.
    Raises InvalidInput, EndInThePast, NotFound, WrongHITState, TooManyAssignments, RequestRepeated,
    InsufficientFunds.
    """
    found: dict[str, str] = {}
    within(found, "more_assignments", more_assignments, 0 if expires_at else 1, ASSIGNMENTS_MAX)
    length(found, "token", token or "", tokens.TOKEN_MAX, required=token is not None)
    if found:
        raise InvalidInput(found)
    with transaction.atomic():
        hit = _locked(requester_id, hit_id)
        after = hit.max_assignments + more_assignments
        if settings.TEN_ASSIGNMENTS_RULE and hit.max_assignments < MANY <= after:
            raise errors.TooManyAssignments
        if after > ASSIGNMENTS_MAX:
            most = {"most": ASSIGNMENTS_MAX}
            raise InvalidInput({"more_assignments": gettext("At most %(most)s in all.") % most})
        if token is not None:
            tokens.claim(requester_id=requester_id, operation="extend", token=token, result_id=hit_id)
        return batches.extend_batch(
            requester_id=requester_id,
            batch_id=BatchId(hit.batch_id),
            actor_id=actor_id,
            more_assignments=more_assignments,
            expires_at=expires_at,
            hit_id=hit_id,
        )


def set_expiration(
    *, requester_id: RequesterId, actor_id: AccountId, hit_id: HITId, expires_at: datetime
) -> None:
    """Set a HIT's end: past, it ends now; ahead, the places that had been withdrawn are free again.

    Withdrawn places give their money back and take it again. One transaction.
    Raises NotFound, WrongHITState, InsufficientFunds.
    """
    with transaction.atomic():
        batch_id = BatchId(_locked(requester_id, hit_id).batch_id)
        if expires_at <= timezone.now():
            batches.expire_batch(
                requester_id=requester_id, batch_id=batch_id, actor_id=actor_id, hit_id=hit_id
            )
        else:
            batches.extend_batch(
                requester_id=requester_id,
                batch_id=batch_id,
                actor_id=actor_id,
                expires_at=expires_at,
                hit_id=hit_id,
            )


def set_reviewing(*, requester_id: RequesterId, hit_id: HITId, revert: bool = False) -> None:
    """Park a HIT that waits for review, or take it back. It changes nothing for its answers.

    reviewable -> reviewing, or with ``revert`` reviewing -> reviewable. One guarded statement; when it
    finds nothing to change, others see whether time has made the HIT reviewable.
    Raises NotFound, WrongHITState.
    """
    before, after = (HITStatus.REVIEWABLE, HITStatus.REVIEWING)
    if revert:
        before, after = after, before
    asked: dict[str, Any] = {
        "requester_id": requester_id, "hit_id": hit_id, "from_status": before.value, "to_status": after.value,
    }  # fmt: skip
    if db.run(SET_REVIEWING, **asked):
        return
    with transaction.atomic():
        status = _locked(requester_id, hit_id).status
        if not db.run(SET_REVIEWING, **asked):
            raise errors.WrongHITState(status)


def dispose_hit(*, requester_id: RequesterId, actor_id: AccountId, hit_id: HITId) -> None:
    """Close a HIT for good once nothing is free, out or undecided; its answers stay.

    reviewable | reviewing -> disposed. Raises NotFound, WrongHITState, HITNotFinished.
    """
    with transaction.atomic():
        hit = _locked(requester_id, hit_id)
        disposed, _ = db.one(lambda done, left: (done, left), DISPOSE, batch_id=hit.batch_id, hit_id=hit_id)
        if not disposed:
            raise errors.HITNotFinished(hit.status)
        BatchEvent.objects.create(
            batch_id=hit.batch_id, hit_id=hit_id, act="disposed", actor_id=actor_id, facts={"hits": 1}
        )


def change_hit_type(
    *, requester_id: RequesterId, actor_id: AccountId, hit_id: HITId, hit_type_id: HITTypeId
) -> None:
    """Move a HIT nobody has worked on to another type: its terms, its price, its group.

    One transaction: what was reserved at the old price goes back, the new price is reserved.
    Raises NotFound, WrongHITState, HITTouched, HITOfFile, InsufficientFunds.
    """
    with transaction.atomic():
        fill_sandbox(requester_id=requester_id)
        target = HITType.objects.filter(pk=hit_type_id, requester_id=requester_id).first()
        if target is None:
            raise NotFound
        batch_id = batch_of_api(requester_id, hit_type_id)
        hit = _locked(requester_id, hit_id, batch_id)
        if hit.pending or hit.submitted or hit.approved or hit.rejected:
            raise errors.HITTouched(hit.status)
        if hit.question_id is None:
            raise errors.HITOfFile
        if not Batch.objects.filter(pk=batch_id, status=BatchStatus.PUBLISHED).exists():
            raise errors.BatchNotPublished  # closed a moment ago: asked again, there is another
        if hit.hit_type_id == hit_type_id:
            return
        _move(requester_id, hit, target, batch_id)
        BatchEvent.objects.create(
            batch_id=hit.batch_id,
            hit_id=hit_id,
            act="moved",
            actor_id=actor_id,
            facts={"to_batch": batch_id, "reward_minor": target.reward_minor},
        )


def _move(requester_id: RequesterId, hit: HIT, target: HITType, batch_id: BatchId) -> None:
    """Change the HIT's row and the open counts, and then the money, which is locked after HITs."""
    old = HITType.objects.get(pk=hit.hit_type_id)
    fee_minor = requester_fee(target.reward_minor)
    moves = hit.releases + 1
    db.run(_MOVE, hit_id=hit.pk, hit_type_id=target.pk, batch_id=batch_id, fee_minor=fee_minor, moves=moves)
    if hit.max_assignments > 1:
        HITType.objects.filter(pk=target.pk, has_several_places=False).update(has_several_places=True)
    available, reserved = (
        account_id(requester_id, kind)
        for kind in (AccountKind.REQUESTER_AVAILABLE, AccountKind.REQUESTER_RESERVED)
    )
    back_minor = hit.available * (old.reward_minor + hit.fee_minor)
    if back_minor:
        transfer(
            debit_account=reserved, credit_account=available, amount_minor=back_minor,
            idempotency_key=f"release:{hit.pk}:{moves}", purpose="release", batch_id=hit.batch_id,
        )  # fmt: skip
    price_minor = hit.available * (target.reward_minor + fee_minor)
    if price_minor:
        transfer(
            debit_account=available, credit_account=reserved, amount_minor=price_minor,
            idempotency_key=f"reserve:hit:{hit.pk}:{moves}", purpose="reserve", batch_id=batch_id,
        )  # fmt: skip


_MOVE = """
WITH before AS (
    SELECT id, hit_type_id, expires_at, is_open FROM hit WHERE id = %(hit_id)s
), counted AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT before.hit_type_id, date_trunc('minute', before.expires_at), -1 FROM before WHERE before.is_open
     UNION ALL
    SELECT %(hit_type_id)s, date_trunc('minute', before.expires_at), 1 FROM before WHERE before.is_open
)
UPDATE hit
   SET hit_type_id = %(hit_type_id)s,
       batch_id = %(batch_id)s,
       fee_minor = %(fee_minor)s,
       releases = %(moves)s,
       position = nextval('hit_position')
  FROM before
 WHERE hit.id = before.id
"""
