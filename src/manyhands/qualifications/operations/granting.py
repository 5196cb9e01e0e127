"""An owner gives a worker a score, or takes it away."""

from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import scores
from manyhands.qualifications.errors import ComputedByPlatform
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import ChangeReason, Route


def grant_qualification(
    *,
    qualification_type_id: QualificationTypeId,
    requester_id: RequesterId | None,
    worker_id: WorkerId,
    score: int,
    words: str = "",
    actor_id: AccountId | None = None,
) -> None:
    """Give the worker this score, or change the one held (MTurk API, AssociateQualificationWithWorker).

    (nothing) | revoked | granted -> granted. ``requester_id`` None: the platform, which checks elsewhere who
    asks. ``scores.set_score`` says what is locked.
    Raises NotFound for another owner's type or no such worker, ScoreOutOfRange, ComputedByPlatform.
    """
    owned(qualification_type_id, requester_id)
    why = scores.Change(ChangeReason.GRANTED, {}, words, actor_id or _actor(requester_id))
    scores.set_score(worker_id=worker_id, qualification_type_id=qualification_type_id, score=score, why=why)


def revoke_qualification(
    *,
    qualification_type_id: QualificationTypeId,
    requester_id: RequesterId | None,
    worker_id: WorkerId,
    words: str = "",
    actor_id: AccountId | None = None,
) -> None:
    """Take the qualification away; ``words`` are shown to the worker, and the row stays as history.

    granted -> revoked. Raises NotFound, QualificationNotHeld, ComputedByPlatform.
    """
    owned(qualification_type_id, requester_id)
    why = scores.Change(ChangeReason.REVOKED, {}, words, actor_id or _actor(requester_id))
    scores.take_away(worker_id=worker_id, qualification_type_id=qualification_type_id, why=why)


def _actor(requester_id: RequesterId | None) -> AccountId | None:
    return None if requester_id is None else AccountId(requester_id)


def owned(qualification_type_id: QualificationTypeId, requester_id: RequesterId | None) -> QualificationType:
    """The type, when it is this owner's to give. Raises NotFound, ComputedByPlatform."""
    kind = QualificationType.objects.filter(pk=qualification_type_id, requester_id=requester_id).first()
    if kind is None:
        raise NotFound
    if kind.route == Route.SYSTEM:
        raise ComputedByPlatform
    return kind
