"""State changes of qualifications: making a type, granting, revoking."""

from django.db import IntegrityError

from manyhands.accounts.models import Worker
from manyhands.core.errors import NotFound
from manyhands.core.ids import QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications.errors import QualificationNotHeld, QualificationTypeExists, ScoreOutOfRange
from manyhands.qualifications.models import Qualification, QualificationType
from manyhands.qualifications.states import QualificationStatus

SCORE_MAX = 100


def create_qualification_type(
    *, requester_id: RequesterId | None, name: str, description: str = ""
) -> QualificationTypeId:
    """Make a type; ``requester_id`` None makes one of the platform's.

    Raises QualificationTypeExists when the owner has one of this name.
    """
    try:
        made = QualificationType.objects.create(requester_id=requester_id, name=name, description=description)
    except IntegrityError:
        raise QualificationTypeExists from None
    return QualificationTypeId(made.pk)


def _owned(qualification_type_id: QualificationTypeId, requester_id: RequesterId | None) -> None:
    if not QualificationType.objects.filter(pk=qualification_type_id, requester_id=requester_id).exists():
        raise NotFound


def grant_qualification(
    *,
    qualification_type_id: QualificationTypeId,
    requester_id: RequesterId | None,
    worker_id: WorkerId,
    score: int,
) -> None:
    """Give the worker this score, 0 to 100, or change the one held.

    (nothing) | revoked -> granted. One upsert.
    Raises NotFound for another owner's type or no such worker, ScoreOutOfRange.
    """
    if not 0 <= score <= SCORE_MAX:
        raise ScoreOutOfRange
    _owned(qualification_type_id, requester_id)
    if not Worker.objects.filter(pk=worker_id).exists():
        raise NotFound
    Qualification.objects.bulk_create(
        [
            Qualification(
                worker_id=worker_id,
                qualification_type_id=qualification_type_id,
                score=score,
                status=QualificationStatus.GRANTED,
            )
        ],
        update_conflicts=True,
        unique_fields=["worker", "qualification_type"],
        update_fields=["score", "status", "granted_at"],
    )


def revoke_qualification(
    *, qualification_type_id: QualificationTypeId, requester_id: RequesterId | None, worker_id: WorkerId
) -> None:
    """Take the qualification away; the row stays as history.

    granted -> revoked. One guarded UPDATE. Raises NotFound, QualificationNotHeld.
    """
    _owned(qualification_type_id, requester_id)
    changed = Qualification.objects.filter(
        worker_id=worker_id,
        qualification_type_id=qualification_type_id,
        status=QualificationStatus.GRANTED,
    ).update(status=QualificationStatus.REVOKED)
    if not changed:
        raise QualificationNotHeld
