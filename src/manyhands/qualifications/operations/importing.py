"""Scores given and taken by a file: every row is checked before the first is applied."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from manyhands.accounts.models import Worker
from manyhands.core import db, ids
from manyhands.core.ids import AccountId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import scores
from manyhands.qualifications.errors import ImportRefused, QualificationNotHeld
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.operations.granting import owned
from manyhands.qualifications.states import ChangeReason

ROWS_MAX = 5_000
REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row of the file: its number, a worker's public id, and a score, ``Revoke``, or nothing to leave it."""

    number: int
    worker: str
    value: str


@dataclass(frozen=True, slots=True)
class Imported:
    granted: int
    revoked: int


@dataclass(frozen=True, slots=True)
class _Change:
    """``score`` None takes the qualification away."""

    number: int
    worker_id: WorkerId
    score: int | None


def import_scores(
    *,
    qualification_type_id: QualificationTypeId,
    requester_id: RequesterId | None,
    actor_id: AccountId,
    rows: Sequence[ScoreRow],
) -> Imported:
    """Give, change and take scores as the rows say: all of them, or none when any row cannot be.

    (nothing) | revoked | granted -> granted; granted -> revoked. One transaction; workers locked in id order.
    Raises NotFound, ComputedByPlatform, ImportRefused that names every bad row.
    """
    kind = owned(qualification_type_id, requester_id)
    wanted = [row for row in rows if row.value.strip()]
    found: dict[int, str] = {}
    if len(wanted) > ROWS_MAX:
        found[wanted[ROWS_MAX].number] = gettext("At most %(count)s rows in one file.") % {"count": ROWS_MAX}
        raise ImportRefused(found)
    with transaction.atomic():
        changes = _checked(kind, wanted, found)
        _refuse_not_held(kind, changes, found)
        if found:
            raise ImportRefused(found)
        for change in sorted(changes, key=lambda each: each.worker_id):
            _apply(kind, change, actor_id)
    revoked = sum(change.score is None for change in changes)
    return Imported(len(changes) - revoked, revoked)


def _checked(kind: QualificationType, rows: Sequence[ScoreRow], found: dict[int, str]) -> list[_Change]:
    decoded = {row.number: ids.decode_account(row.worker.strip()) for row in rows}
    known = set(
        Worker.objects.filter(pk__in=[number for number in decoded.values() if number]).values_list(
            "pk", flat=True
        )
    )
    changes: list[_Change] = []
    first: dict[int, int] = {}
    for row in rows:
        worker_id = decoded[row.number]
        if worker_id is None or worker_id not in known:
            found[row.number] = gettext("There is no worker “%(worker)s”.") % {"worker": row.worker[:60]}
        elif worker_id in first:
            found[row.number] = gettext("This worker stands in row %(row)s already.") % {
                "row": first[worker_id]
            }
        elif row.value.strip().casefold() == REVOKE:
            changes.append(_Change(row.number, WorkerId(worker_id), None))
        elif (score := scores.readable(kind, row.value)) is None:
            found[row.number] = gettext("“%(value)s” is no score of this qualification.") % {
                "value": row.value[:60]
            }
        else:
            changes.append(_Change(row.number, WorkerId(worker_id), score))
        if worker_id is not None:
            first.setdefault(worker_id, row.number)
    return changes


_HOLDERS = """
SELECT worker_id FROM held_qualification
 WHERE qualification_type_id = %(type_id)s AND worker_id = ANY(%(workers)s)
 LIMIT 5000
"""


def _refuse_not_held(kind: QualificationType, changes: Sequence[_Change], found: dict[int, str]) -> None:
    taken = {change.worker_id: change.number for change in changes if change.score is None}
    holders = set(db.many(int, _HOLDERS, type_id=kind.pk, workers=list(taken)))
    for worker_id, number in taken.items():
        if worker_id not in holders:
            found[number] = str(QualificationNotHeld())


def _apply(kind: QualificationType, change: _Change, actor_id: AccountId) -> None:
    type_id = QualificationTypeId(kind.pk)
    inputs = {"row": change.number}
    if change.score is None:
        why = scores.Change(ChangeReason.REVOKED, inputs, "", actor_id)
        scores.take_away(worker_id=change.worker_id, qualification_type_id=type_id, why=why)
    else:
        why = scores.Change(ChangeReason.GRANTED, inputs, "", actor_id)
        scores.set_score(
            worker_id=change.worker_id, qualification_type_id=type_id, score=change.score, why=why
        )
