"""A test under way: what is typed is kept, it is handed in before its deadline, or it lapses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from manyhands.core import db
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.forms import form_of, key_of
from manyhands.qualifications.states import ChangeReason, RequestStatus, ScoreKind
from manyhands.questions.checking import by_field, check_answers

Pairs = Sequence[Sequence[str]]

ANSWER_BYTES_MAX = 256 * 1024
# An answer that arrived in time may still be on its way to the row when the deadline has passed.
LAPSE_GRACE_S = 30
PAGE = 1_000

_ATTEMPT = """
SELECT request.qualification_type_id, request.status, request.test_id, request.deadline_at, request.answer,
       request.score, kind.pass_score, kind.graded_by_owner, kind.score_kind
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
 WHERE request.id = %(request_id)s
   AND request.worker_id = %(worker_id)s
   AND request.test_id IS NOT NULL
"""
_HAND_IN = """
UPDATE qualification_request
   SET status = %(status)s::text,
       answer = %(answer)s::jsonb,
       submitted_at = %(received_at)s,
       score = %(score)s::integer,
       decided_at = CASE WHEN %(status)s::text = 'pending' THEN NULL ELSE now() END
 WHERE id = %(request_id)s
   AND worker_id = %(worker_id)s
   AND status = 'taking'
   AND deadline_at >= %(received_at)s
"""
_LAPSE_ONE = """
UPDATE qualification_request
   SET status = 'lapsed', decided_at = deadline_at
 WHERE id = %(request_id)s
   AND worker_id = %(worker_id)s
   AND status = 'taking'
   AND deadline_at < %(received_at)s
"""
_KEEP = """
UPDATE qualification_request
   SET answer = %(answer)s::jsonb
 WHERE id = %(request_id)s
   AND worker_id = %(worker_id)s
   AND status = 'taking'
   AND deadline_at > now()
RETURNING now()
"""
LAPSE_DUE = """
WITH due AS (
    SELECT id
      FROM qualification_request
     WHERE status = 'taking'
       AND deadline_at < now() - make_interval(secs => %(grace_s)s::integer)
     ORDER BY id
     LIMIT %(page)s
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE qualification_request
   SET status = 'lapsed', decided_at = qualification_request.deadline_at
  FROM due
 WHERE qualification_request.id = due.id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended: ``granted``, ``failed``, or ``pending`` for its owner to grade."""

    qualification_type_id: QualificationTypeId
    status: RequestStatus
    score: int | None
    pass_score: int | None


@dataclass(frozen=True, slots=True)
class _Attempt:
    qualification_type_id: QualificationTypeId
    status: str
    test_id: int
    deadline_at: datetime
    answer: Pairs | None
    score: int | None
    pass_score: int | None
    graded_by_owner: bool
    score_kind: str


def submit_test(
    *, worker_id: WorkerId, request_id: QualificationRequestId, answer: Pairs, received_at: datetime
) -> Outcome:
    """Hand a test in: graded by its key, or left to its owner where there is none.

    taking -> granted | failed | pending. One transaction, the worker locked, one guarded UPDATE; the same
    answer again is the same submission. A later one is refused, and the attempt lapses.
    Raises NotFound, AnswersMissing, AnswersTooLarge, TestOver, TestHandedIn.
    """
    text = _text(answer)
    with transaction.atomic():
        scores.lock_worker(worker_id)
        attempt = _attempt(worker_id, request_id)
        refusal = _closed(attempt, answer)
        if refusal is None and attempt.status != RequestStatus.TAKING:
            return _as_handed_in(attempt)
        if refusal is None:
            outcome = _graded(attempt, answer)
            done = db.run(
                _HAND_IN, request_id=request_id, worker_id=worker_id, status=outcome.status.value, answer=text,
                received_at=received_at, score=outcome.score,
            )  # fmt: skip
            if done:
                _grant(worker_id, attempt, outcome)
                return outcome
            refusal = errors.TestOver()
        # Committed together with nothing else: whoever comes too late has had this attempt.
        db.run(_LAPSE_ONE, request_id=request_id, worker_id=worker_id, received_at=received_at)
    raise refusal


def save_test_draft(*, worker_id: WorkerId, request_id: QualificationRequestId, answer: Pairs) -> datetime:
    """Keep what has been typed so far; when. One statement. Raises NotFound, AnswersTooLarge, TestOver."""
    kept = db.one_or_none(_instant, _KEEP, request_id=request_id, worker_id=worker_id, answer=_text(answer))
    if kept is None:
        raise _closed(_attempt(worker_id, request_id), ()) or errors.TestOver()
    return kept


def lapse_due(*, page: int = PAGE) -> int:
    """End the attempts whose time is over; how many. taking -> lapsed. One statement, SKIP LOCKED."""
    return db.run(LAPSE_DUE, page=page, grace_s=LAPSE_GRACE_S)


def _attempt(worker_id: WorkerId, request_id: QualificationRequestId) -> _Attempt:
    attempt = db.one_or_none(_Attempt, _ATTEMPT, request_id=request_id, worker_id=worker_id)
    if attempt is None:
        raise NotFound
    return attempt


def _closed(attempt: _Attempt, answer: Pairs) -> Refusal | None:
    """Why it cannot be handed in any more; None while it is taken, and for the answer that it has."""
    if attempt.status == RequestStatus.TAKING:
        return None
    if attempt.status == RequestStatus.LAPSED:
        return errors.TestOver()
    is_same = json.loads(_text(answer)) == attempt.answer
    return None if is_same else errors.TestHandedIn()


def _as_handed_in(attempt: _Attempt) -> Outcome:
    return Outcome(
        attempt.qualification_type_id, RequestStatus(attempt.status), attempt.score, attempt.pass_score
    )


def _graded(attempt: _Attempt, answer: Pairs) -> Outcome:
    """Raises AnswersMissing."""
    checked = check_answers(form_of(attempt.test_id), by_field(answer))
    if checked.problems:
        raise errors.AnswersMissing(checked.problems)
    key = key_of(attempt.test_id)
    score = None if key is None else key.score(checked.selections)
    if score is not None and attempt.score_kind == ScoreKind.PERCENT:
        score = min(scores.SCORE_MAX, max(0, score))
    if score is None or attempt.graded_by_owner:
        status = RequestStatus.PENDING
    else:
        status = outcome_of(score, attempt.pass_score)
    return Outcome(attempt.qualification_type_id, status, score, attempt.pass_score)


def outcome_of(score: int, pass_score: int | None) -> RequestStatus:
    """The pass mark itself passes."""
    return RequestStatus.GRANTED if pass_score is None or score >= pass_score else RequestStatus.FAILED


def _grant(worker_id: WorkerId, attempt: _Attempt, outcome: Outcome) -> None:
    if outcome.status != RequestStatus.GRANTED or outcome.score is None:
        return
    inputs = {"score": outcome.score, "pass_score": attempt.pass_score, "test_id": attempt.test_id}
    scores.set_score(
        worker_id=worker_id,
        qualification_type_id=attempt.qualification_type_id,
        score=outcome.score,
        why=scores.Change(ChangeReason.TEST, inputs),
    )


def _text(answer: Pairs) -> str:
    # NUL characters, and halves of characters, are no text to PostgreSQL.
    text = json.dumps([[_kept(name), _kept(value)] for name, value in answer])
    if len(text) > ANSWER_BYTES_MAX:
        raise errors.AnswersTooLarge
    return text


def _kept(value: str) -> str:
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _instant(at: datetime) -> datetime:
    return at
