"""A worker asks for a qualification: granted at once, by accepting a text, or by a test that begins.

Every one of these locks the worker first, so that two windows follow each other and nobody accepts work on
a score that is just changing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.models import AgreementAcceptance, QualificationAgreement
from manyhands.qualifications.states import ChangeReason, RequestStatus, Route
from manyhands.qualifications.ways import Way, way

_CLOSED = """
INSERT INTO qualification_request (worker_id, qualification_type_id, status, submitted_at, score, decided_at)
VALUES (%(worker_id)s, %(type_id)s, 'granted', now(), %(score)s, now())
RETURNING id
"""
_ASK = """
INSERT INTO qualification_request (worker_id, qualification_type_id, status, submitted_at)
VALUES (%(worker_id)s, %(type_id)s, 'pending', now())
RETURNING id
"""
_LAPSE_OWN = """
UPDATE qualification_request
   SET status = 'lapsed', decided_at = deadline_at
 WHERE worker_id = %(worker_id)s
   AND qualification_type_id = %(type_id)s
   AND status = 'taking'
   AND deadline_at <= now()
"""
_BEGIN = """
INSERT INTO qualification_request (worker_id, qualification_type_id, status, test_id, deadline_at)
VALUES (%(worker_id)s, %(type_id)s, 'taking', %(test_id)s, now() + make_interval(secs => %(duration_s)s::integer))
RETURNING id, deadline_at
"""


@dataclass(frozen=True, slots=True)
class Requested:
    """What asking came to: ``granted`` with a score, ``taking`` a test until ``deadline_at``, or ``pending``."""

    request_id: QualificationRequestId
    status: RequestStatus
    score: int | None = None
    deadline_at: datetime | None = None


def request_qualification(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Requested:
    """Ask for a qualification by its own way: granted at once, or its test begins, or its owner is to decide.

    (nothing) -> granted | taking | pending. One transaction, the worker locked; a test under way is the same attempt.
    Raises NotFound, AgreementFirst, and what ``ways.Way.why_not`` gives.
    """
    with transaction.atomic():
        mine = _locked(worker_id, qualification_type_id)
        if mine.route == Route.TEST:
            return _begin(worker_id, mine)
        _refuse(mine)
        if mine.route == Route.AUTO:
            return _grant(worker_id, mine, scores.Change(ChangeReason.AUTO, {}))
        if mine.route == Route.AGREEMENT:
            raise errors.AgreementFirst
        if mine.is_decided_by_owner:
            asked = db.one(int, _ASK, worker_id=worker_id, type_id=qualification_type_id)
            return Requested(QualificationRequestId(asked), RequestStatus.PENDING)
        raise errors.CannotBeRequested


def accept_agreement(*, worker_id: WorkerId, agreement_id: int) -> Requested:
    """Accept this version of an agreement, which grants its qualification; who and when is kept for good.

    (nothing) -> granted. One transaction, the worker locked. Raises NotFound, AgreementChanged when it is no
    longer the newest version, and what ``ways.Way.why_not`` gives.
    """
    text = QualificationAgreement.objects.filter(pk=agreement_id).first()
    if text is None:
        raise NotFound
    with transaction.atomic():
        mine = _locked(worker_id, QualificationTypeId(text.qualification_type_id))
        if mine.route != Route.AGREEMENT:
            raise NotFound
        _refuse(mine)
        if mine.agreement_id != agreement_id:
            raise errors.AgreementChanged
        AgreementAcceptance.objects.get_or_create(agreement_id=agreement_id, worker_id=worker_id)
        return _grant(worker_id, mine, scores.Change(ChangeReason.AGREEMENT, {"version": text.version}))


def begin_test(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Requested:
    """Begin the newest version of the test, or go on with the attempt that is under way.

    (nothing) -> taking. One transaction, the worker locked: a second window finds the first one's attempt.
    Raises NotFound, CannotBeRequested for a type without a test, and what ``ways.Way.why_not`` gives.
    """
    with transaction.atomic():
        mine = _locked(worker_id, qualification_type_id)
        if mine.route != Route.TEST:
            _refuse(mine)
            raise errors.CannotBeRequested
        return _begin(worker_id, mine)


def _begin(worker_id: WorkerId, mine: Way) -> Requested:
    if mine.is_taking and mine.request_id is not None:
        under_way = QualificationRequestId(mine.request_id)
        return Requested(under_way, RequestStatus.TAKING, deadline_at=mine.deadline_at)
    _refuse(mine)
    if mine.test_id is None:
        raise errors.QualificationNotOffered
    # An attempt past its deadline that no sweep has met yet is over, and must not be in the way.
    db.run(_LAPSE_OWN, worker_id=worker_id, type_id=mine.qualification_type_id)
    request_id, deadline_at = db.one(
        _row, _BEGIN, worker_id=worker_id, type_id=mine.qualification_type_id, test_id=mine.test_id,
        duration_s=mine.test_duration_s,
    )  # fmt: skip
    return Requested(QualificationRequestId(request_id), RequestStatus.TAKING, deadline_at=deadline_at)


def _locked(worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Way:
    scores.lock_worker(worker_id)
    mine = way(worker_id=worker_id, qualification_type_id=qualification_type_id)
    if mine is None:
        raise NotFound
    return mine


def _refuse(mine: Way) -> None:
    refusal = mine.why_not()
    if refusal is not None:
        raise refusal


def _grant(worker_id: WorkerId, mine: Way, why: scores.Change) -> Requested:
    """A request that needs no decision stays as history like any other."""
    score, type_id = mine.auto_granted_score, mine.qualification_type_id
    request_id = db.one(int, _CLOSED, worker_id=worker_id, type_id=type_id, score=score)
    scores.set_score(worker_id=worker_id, qualification_type_id=type_id, score=score, why=why)
    return Requested(QualificationRequestId(request_id), RequestStatus.GRANTED, score)


def _row(request_id: int, deadline_at: datetime) -> tuple[int, datetime]:
    return request_id, deadline_at
