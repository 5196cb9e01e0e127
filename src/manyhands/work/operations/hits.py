"""Single HITs are made. What is done to them later: ``operations.single_hits``.

The API and the requester's site use the same operations. A HIT of the API belongs to its type's batch of
the API, so that everything that holds for batches holds for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import BatchId, HITId, HITTypeId, RequesterId
from manyhands.ledger.operations import fill_sandbox, posting
from manyhands.qualifications.states import TypeStatus
from manyhands.work import errors
from manyhands.work.models import Batch, HITType, QualificationRequirement
from manyhands.work.operations.projects import YEAR_S, length, within
from manyhands.work.operations.questions import Asked
from manyhands.work.operations.tokens import TOKEN_MAX, repeated
from manyhands.work.states import BatchStatus

PRICE_OF = sql.load("manyhands.work", "price_of")
MAKE_API_BATCH = sql.load("manyhands.work", "make_api_batch")
CREATE_HIT = sql.load("manyhands.work", "create_hit")

ASSIGNMENTS_MAX = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NewHIT:
    """What one HIT is made of besides its type. ``policies``: rules of review by level, as given."""

    question: Asked
    lifetime_s: int
    max_assignments: int = 1
    annotation: str = ""
    policies: Mapping[str, Any] | None = None
    token: str | None = None

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule (MTurk API, CreateHIT)."""
        found: dict[str, str] = {}
        within(found, "lifetime_s", self.lifetime_s, 30, YEAR_S)
        within(found, "max_assignments", self.max_assignments, 1, ASSIGNMENTS_MAX)
        length(found, "annotation", self.annotation, 255, required=False)
        length(found, "token", self.token or "", TOKEN_MAX, required=self.token is not None)
        if found:
            raise InvalidInput(found)


@dataclass(frozen=True, slots=True)
class Created:
    hit_id: HITId
    hit_type_id: HITTypeId
    batch_id: BatchId
    expires_at: datetime


def create_hit(*, requester_id: RequesterId, hit_type_id: HITTypeId, new: NewHIT) -> Created:
    """Make one HIT of a type and reserve reward and fee of all its places, or nothing.

    (nothing) -> assignable. One statement; the type's first HIT of the API makes its batch before it.
    A token used within a day makes nothing.
    Raises InvalidInput, NotFound, AccountNotActive, QualificationTypeNotActive, RequestRepeated,
    InsufficientFunds.
    """
    new.check()
    fill_sandbox(requester_id=requester_id)
    made = _create(requester_id, hit_type_id, new)
    if made is None:
        db.run(MAKE_API_BATCH, requester_id=requester_id, hit_type_id=hit_type_id)
        made = _create(requester_id, hit_type_id, new)
    if made is None:
        raise _why_not_created(requester_id, hit_type_id, new.token)
    return made


def _create(requester_id: RequesterId, hit_type_id: HITTypeId, new: NewHIT) -> Created | None:
    with posting():
        return db.one_or_none(
            Created,
            CREATE_HIT,
            requester_id=requester_id,
            hit_type_id=hit_type_id,
            kind=new.question.kind,
            content=new.question.content,
            digest=new.question.digest,
            layout_id=new.question.layout_id,
            annotation=new.annotation,
            max_assignments=new.max_assignments,
            lifetime_s=new.lifetime_s,
            policies=orjson.dumps(new.policies or {}).decode(),
            operation="create",
            token=new.token,
        )


def price_of(*, requester_id: RequesterId, hit_type_id: HITTypeId, places: int) -> int:
    """Reward and fee of so many places of a type today, in minor units. One statement. Raises NotFound."""
    price_minor = db.one_or_none(
        int, PRICE_OF, requester_id=requester_id, hit_type_id=hit_type_id, places=places
    )
    if price_minor is None:
        raise NotFound
    return price_minor


def _why_not_created(requester_id: RequesterId, hit_type_id: HITTypeId, token: str | None) -> Refusal:
    if not HITType.objects.filter(pk=hit_type_id, requester_id=requester_id).exists():
        return NotFound()
    if not Account.objects.filter(pk=requester_id, status=AccountStatus.ACTIVE).exists():
        return errors.AccountNotActive()
    asked = QualificationRequirement.objects.filter(hit_type_id=hit_type_id)
    if asked.exclude(qualification_type__status=TypeStatus.ACTIVE).exists():
        return errors.QualificationTypeNotActive()
    return repeated(requester_id, "create", token)


def batch_of_api(requester_id: RequesterId, hit_type_id: HITTypeId) -> BatchId:
    """The batch that takes in a type's HITs of the API, made when there is none. Raises NotFound."""
    made = db.one_or_none(int, MAKE_API_BATCH, requester_id=requester_id, hit_type_id=hit_type_id)
    found = made or (
        Batch.objects.filter(
            requester_id=requester_id,
            hit_type_id=hit_type_id,
            source=Batch.Source.API,
            status=BatchStatus.PUBLISHED,
        )
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise NotFound
    return BatchId(found)
