"""Setting a worker's score: the one place that writes it, for every way a qualification is come by.

Authorisation is the caller's: an operation of this or of a higher domain that has checked who asks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, QualificationTypeId, WorkerId
from manyhands.qualifications.errors import QualificationNotHeld, ScoreOutOfRange
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import ChangeReason, ScoreKind

SET_SCORE = sql.load("manyhands.qualifications", "set_score")
SCORE_MAX = 100
INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1

_LOCK_WORKER = "SELECT account_id FROM worker WHERE account_id = %(worker_id)s FOR NO KEY UPDATE"
_HELD = """
SELECT score FROM qualification
 WHERE worker_id = %(worker_id)s AND qualification_type_id = %(qualification_type_id)s
   AND status = 'granted' AND (expires_at IS NULL OR expires_at > now())
"""


@dataclass(frozen=True, slots=True)
class Change:
    """Why a score changes: the rule, the figures it went by, words for the worker, and who, if anybody."""

    reason: ChangeReason
    inputs: Mapping[str, Any]
    words: str = ""
    actor_id: AccountId | None = None


def set_score(
    *, worker_id: WorkerId, qualification_type_id: QualificationTypeId, score: int, why: Change
) -> None:
    """Give the worker this score, or change the one held; the change is written down with its reason.

    (nothing) | revoked | granted -> granted. One transaction of three statements; the worker is locked,
    so that nobody accepts by a score that is no longer held. Raises NotFound, ScoreOutOfRange.
    """
    with transaction.atomic():
        kind = _locked(worker_id, qualification_type_id)
        if not _is_in_range(kind, score):
            raise ScoreOutOfRange
        _write(worker_id, kind, score, why)


def move_score(
    *, worker_id: WorkerId, qualification_type_id: QualificationTypeId, by: int, why: Change
) -> int:
    """Raise or lower the score held, staying between 0 and 100; the score after.

    granted -> granted. One transaction, the worker locked: two moves at once both count.
    Raises NotFound, QualificationNotHeld.
    """
    with transaction.atomic():
        kind = _locked(worker_id, qualification_type_id)
        held = db.one_or_none(int, _HELD, worker_id=worker_id, qualification_type_id=qualification_type_id)
        if held is None:
            raise QualificationNotHeld
        score = min(SCORE_MAX, max(0, held + by))
        _write(worker_id, kind, score, why)
    return score


def take_away(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId, why: Change) -> None:
    """Revoke the qualification; the row stays as history.

    granted -> revoked. One transaction, the worker locked. Raises NotFound, QualificationNotHeld.
    """
    with transaction.atomic():
        kind = _locked(worker_id, qualification_type_id)
        if not _write(worker_id, kind, None, why):
            raise QualificationNotHeld


def lock_worker(worker_id: WorkerId) -> None:
    """Lock the worker: the first lock of whatever changes a score or asks for one. Raises NotFound."""
    if db.one_or_none(int, _LOCK_WORKER, worker_id=worker_id) is None:
        raise NotFound


def _locked(worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> QualificationType:
    lock_worker(worker_id)
    kind = QualificationType.objects.filter(pk=qualification_type_id).first()
    if kind is None:
        raise NotFound
    return kind


def _is_in_range(kind: QualificationType, score: int) -> bool:
    least, most = (0, SCORE_MAX) if kind.score_kind == ScoreKind.PERCENT else (INTEGER_MIN, INTEGER_MAX)
    return least <= score <= most


def readable(kind: QualificationType, text: str) -> int | None:
    """The score a text says, or None when it is none of this type."""
    bare = text.strip()
    if len(bare) > len(str(INTEGER_MIN)) or not bare.removeprefix("-").isdecimal() or not bare.isascii():
        return None
    score = int(bare)
    return score if _is_in_range(kind, score) else None


def _write(worker_id: WorkerId, kind: QualificationType, score: int | None, why: Change) -> bool:
    rows = db.many(
        _one,
        SET_SCORE,
        worker_id=worker_id,
        qualification_type_id=kind.pk,
        score=score,
        validity_s=kind.validity_s,
        reason=why.reason.value,
        inputs=json.dumps(dict(why.inputs)),
        words=why.words,
        actor_id=why.actor_id,
    )
    return bool(rows)


def _one(before: int | None) -> int | None:
    return before
