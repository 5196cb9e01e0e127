"""What an owner does to qualifications: a requester to their own types, an operator to the platform's.

Each function checks who acts, and what is done by the power of the operator's role leaves an audit entry
in the same transaction. The rules themselves are in ``types``, ``granting`` and ``importing``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from manyhands.accounts import audit
from manyhands.accounts.operators import require_operator
from manyhands.core.ids import AccountId, QualificationRequestId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications.errors import RequestDecided
from manyhands.qualifications.operations import deciding, granting, importing, types
from manyhands.qualifications.operations.importing import Imported, ScoreRow
from manyhands.qualifications.operations.types import TypeTerms
from manyhands.qualifications.states import RequestStatus, TypeStatus


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose types: a requester's, or with None the platform's; ``actor_id`` is who acts for them."""

    requester_id: RequesterId | None
    actor_id: AccountId

    def check(self) -> None:
        """Raise OperatorsOnly unless the platform's types are in an active operator's hands."""
        if self.requester_id is None:
            require_operator(self.actor_id)


def create_type(*, owner: Owner, name: str, terms: TypeTerms) -> QualificationTypeId:
    """Make a type. Raises OperatorsOnly, and what ``types.create_qualification_type`` refuses."""
    owner.check()
    with transaction.atomic():
        made = types.create_qualification_type(requester_id=owner.requester_id, name=name, terms=terms)
        _note(owner, "create", made, name=name)
    return made


def update_type(*, owner: Owner, qualification_type_id: QualificationTypeId, terms: TypeTerms) -> None:
    """Change a type. Raises OperatorsOnly, and what ``types.update_qualification_type`` refuses."""
    owner.check()
    with transaction.atomic():
        types.update_qualification_type(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id, terms=terms
        )
        _note(owner, "update", qualification_type_id, route=terms.route.value)


def set_status(*, owner: Owner, qualification_type_id: QualificationTypeId, status: TypeStatus) -> None:
    """Offer a type or stop offering it: active <-> inactive. Raises as ``types.set_type_status``, OperatorsOnly."""
    owner.check()
    with transaction.atomic():
        types.set_type_status(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id, status=status
        )
        _note(owner, "set-status", qualification_type_id, status=status.value)


def dispose_type(*, owner: Owner, qualification_type_id: QualificationTypeId) -> None:
    """Delete a type. Raises OperatorsOnly, and what ``types.dispose_qualification_type`` refuses."""
    owner.check()
    with transaction.atomic():
        types.dispose_qualification_type(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id
        )
        _note(owner, "dispose", qualification_type_id)


def grant(
    *,
    owner: Owner,
    qualification_type_id: QualificationTypeId,
    worker_id: WorkerId,
    score: int,
    words: str = "",
) -> None:
    """Give a worker a score, or change it. Raises OperatorsOnly, and what ``grant_qualification`` refuses."""
    owner.check()
    with transaction.atomic():
        granting.grant_qualification(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id,
            worker_id=worker_id, score=score, words=words, actor_id=owner.actor_id,
        )  # fmt: skip
        _note(owner, "grant", qualification_type_id, worker=worker_id, score=score)


def revoke(
    *, owner: Owner, qualification_type_id: QualificationTypeId, worker_id: WorkerId, words: str = ""
) -> None:
    """Take a qualification away. Raises OperatorsOnly, and what ``revoke_qualification`` refuses."""
    owner.check()
    with transaction.atomic():
        granting.revoke_qualification(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id,
            worker_id=worker_id, words=words, actor_id=owner.actor_id,
        )  # fmt: skip
        _note(owner, "revoke", qualification_type_id, worker=worker_id)


def import_scores(
    *, owner: Owner, qualification_type_id: QualificationTypeId, rows: Sequence[ScoreRow]
) -> Imported:
    """Give and take by a file, all or nothing. Raises OperatorsOnly, and what ``importing`` refuses."""
    owner.check()
    with transaction.atomic():
        done = importing.import_scores(
            qualification_type_id=qualification_type_id, requester_id=owner.requester_id,
            actor_id=owner.actor_id, rows=rows,
        )  # fmt: skip
        _note(owner, "import", qualification_type_id, granted=done.granted, revoked=done.revoked)
    return done


def accept_request(
    *, owner: Owner, request_id: QualificationRequestId, score: int | None = None, words: str = ""
) -> RequestStatus:
    """Grade a request that waits; ``score`` None: the key's. Raises as ``deciding.accept_request``, OperatorsOnly."""
    owner.check()
    with transaction.atomic():
        status = deciding.accept_request(
            request_id=request_id, requester_id=owner.requester_id, score=score, words=words,
            actor_id=owner.actor_id,
        )  # fmt: skip
        _note_request(owner, "accept", request_id, score=score, status=status.value)
    return status


def accept_requests(*, owner: Owner, request_ids: Sequence[QualificationRequestId]) -> list[RequestStatus]:
    """Accept each that still waits, with the key's score: one transaction each, so that no two wait in a ring.

    What came of those decided here; others were decided meanwhile. Raises OperatorsOnly, NotFound.
    """
    owner.check()
    outcomes = []
    for request_id in request_ids:
        try:
            outcomes.append(accept_request(owner=owner, request_id=request_id))
        except RequestDecided:
            continue
    return outcomes


def refuse_request(*, owner: Owner, request_id: QualificationRequestId, words: str) -> None:
    """Refuse a request that waits, with words. Raises OperatorsOnly, and as ``deciding.refuse_request``."""
    owner.check()
    with transaction.atomic():
        deciding.refuse_request(
            request_id=request_id, requester_id=owner.requester_id, words=words, actor_id=owner.actor_id
        )
        _note_request(owner, "refuse", request_id)


def _note_request(
    owner: Owner, act: str, request_id: QualificationRequestId, **facts: str | int | bool | None
) -> None:
    if owner.requester_id is None:
        subject = f"qualification_request:{request_id}"
        audit.record(actor_id=owner.actor_id, act=f"qualification_request.{act}", subject=subject, **facts)


def _note(
    owner: Owner, act: str, qualification_type_id: QualificationTypeId, **facts: str | int | bool | None
) -> None:
    if owner.requester_id is None:
        subject = f"qualification_type:{qualification_type_id}"
        audit.record(actor_id=owner.actor_id, act=f"qualification_type.{act}", subject=subject, **facts)
