"""An owner decides requests that wait: grades what a key could not, or refuses with words."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, QualificationRequestId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.operations.testing import outcome_of
from manyhands.qualifications.states import ChangeReason, RequestStatus

WORDS_MAX = 2_000

_WAITING = """
SELECT request.worker_id, request.qualification_type_id, request.score, kind.pass_score,
       kind.auto_granted_score, request.test_id
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
 WHERE request.id = %(request_id)s
   AND kind.requester_id IS NOT DISTINCT FROM %(requester_id)s::bigint
"""
_DECIDE = """
UPDATE qualification_request
   SET status = %(status)s,
       score = coalesce(%(score)s::integer, score),
       words = %(words)s,
       decided_at = now(),
       decided_by_id = %(actor_id)s::bigint
 WHERE id = %(request_id)s
   AND status = 'pending'
"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    worker_id: WorkerId
    qualification_type_id: QualificationTypeId
    score: int | None
    pass_score: int | None
    auto_granted_score: int
    test_id: int | None


def accept_request(
    *,
    request_id: QualificationRequestId,
    requester_id: RequesterId | None,
    score: int | None = None,
    words: str = "",
    actor_id: AccountId | None = None,
) -> RequestStatus:
    """Grade a request that waits; below the type's pass mark it is failed (MTurk API, AcceptQualificationRequest).

    pending -> granted | failed. ``score`` None: the key's, or else the pass mark or the type's score for the asking.
    ``requester_id`` None: the platform's own types. One transaction: the worker locked, then the request.
    Raises NotFound for another owner's, RequestDecided, ScoreOutOfRange.
    """
    _check_words(words)
    waiting = _waiting(request_id, requester_id)
    given = next(
        each
        for each in (score, waiting.score, waiting.pass_score, waiting.auto_granted_score)
        if each is not None
    )
    status = outcome_of(given, waiting.pass_score)
    actor = actor_id or _owner(requester_id)
    with transaction.atomic():
        scores.lock_worker(waiting.worker_id)
        _decide(request_id, status, given, words, actor)
        if status == RequestStatus.GRANTED:
            inputs = {"score": given, "pass_score": waiting.pass_score, "test_id": waiting.test_id}
            reason = ChangeReason.TEST if waiting.test_id else ChangeReason.GRANTED
            scores.set_score(
                worker_id=waiting.worker_id,
                qualification_type_id=waiting.qualification_type_id,
                score=given,
                why=scores.Change(reason, inputs, words, actor),
            )
    return status


def refuse_request(
    *,
    request_id: QualificationRequestId,
    requester_id: RequesterId | None,
    words: str = "",
    actor_id: AccountId | None = None,
) -> None:
    """Refuse a request that waits; ``words`` are for the worker (MTurk API, RejectQualificationRequest).

    pending -> refused. One transaction: the worker locked, then the request. Raises NotFound, RequestDecided.
    """
    _check_words(words)
    waiting = _waiting(request_id, requester_id)
    with transaction.atomic():
        scores.lock_worker(waiting.worker_id)
        _decide(request_id, RequestStatus.REFUSED, None, words, actor_id or _owner(requester_id))


def _waiting(request_id: QualificationRequestId, requester_id: RequesterId | None) -> _Waiting:
    waiting = db.one_or_none(_Waiting, _WAITING, request_id=request_id, requester_id=requester_id)
    if waiting is None:
        raise NotFound
    return waiting


def _decide(
    request_id: QualificationRequestId, status: RequestStatus, score: int | None, words: str,
    actor_id: AccountId | None,
) -> None:  # fmt: skip
    decided = db.run(
        _DECIDE,
        request_id=request_id,
        status=status.value,
        score=score,
        words=words.strip(),
        actor_id=actor_id,
    )
    if not decided:
        raise errors.RequestDecided


def _check_words(words: str) -> None:
    if len(words) > WORDS_MAX:
        raise InvalidInput({"words": gettext("At most %(count)s characters.") % {"count": WORDS_MAX}})


def _owner(requester_id: RequesterId | None) -> AccountId | None:
    return None if requester_id is None else AccountId(requester_id)
