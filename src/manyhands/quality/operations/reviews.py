"""Review policies carried out: submissions and HITs are judged by the rules that their requesters gave.

Nothing here runs in the statement that submits: ``submissions.read`` notes what is to be judged. A
judgement is one transaction with all that it does, so that it happens once, killed at any moment.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString

from django.db import transaction
from django.utils import timezone, translation

from manyhands.core import db, sql
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId, AssignmentId, HITId, RequesterId
from manyhands.ledger.errors import InsufficientFunds
from manyhands.quality import policies
from manyhands.quality.models import PolicyLine, PolicyReview
from manyhands.quality.policies import Action, ActionName, Report
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.parsing import kept_form
from manyhands.work import errors
from manyhands.work.models import HITReviewPolicy
from manyhands.work.operations import reviewing, single_hits
from manyhands.work.queries import api
from manyhands.work.states import RejectionReason
from manyhands.work.words import NO_WORDS

NOTE_REVIEWS = sql.load("manyhands.quality", "note_reviews")
DUE_REVIEWS = sql.load("manyhands.quality", "due_reviews")
PAGE = 500
HANDED_IN = ("submitted", "approved", "rejected")
ASSIGNMENT, HIT = HITReviewPolicy.Level.ASSIGNMENT, HITReviewPolicy.Level.HIT

_log = logging.getLogger(__name__)

_CLAIM: LiteralString = """
SELECT review.hit_id, review.level, review.assignment_id, batch.requester_id,
       (SELECT jsonb_object_agg(policy.level, policy.policy) FROM hit_review_policy AS policy
         WHERE policy.hit_id = review.hit_id)
  FROM policy_review AS review
  JOIN hit ON hit.id = review.hit_id
  JOIN batch ON batch.id = hit.batch_id
 WHERE review.id = %(review_id)s AND review.done_at IS NULL
   FOR NO KEY UPDATE OF review SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class _Review:
    hit_id: HITId
    level: str
    assignment_id: AssignmentId | None
    requester_id: RequesterId
    policies: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of an action: its text, and a code where it failed."""

    text: str
    error_code: str = ""


def note_span(*, after: int, up_to: int) -> None:
    """Note what these events handed in that has a policy. One statement, in the transaction of the cursor."""
    db.run(NOTE_REVIEWS, after=after, up_to=up_to)


def carry_out_due() -> int:
    """Judge whatever can be judged now; how many judgements. One that fails is logged and tried again later."""
    done = 0
    with translation.override("en"):  # a report is a text of the protocol
        for review_id in _due():
            try:
                done += carry_out(review_id=review_id)
            except Exception:
                _log.exception("The review %s was not carried out", review_id)
    return done


def _due() -> Iterator[int]:
    after: tuple[str, int] = ("", 0)
    while page := db.many(_pair, DUE_REVIEWS, after_level=after[0], after_id=after[1], page=PAGE):
        yield from (review_id for _, review_id in page)
        after = page[-1]


def _pair(level: str, review_id: int) -> tuple[str, int]:
    return level, review_id


def carry_out(*, review_id: int) -> bool:
    """Judge once, do what follows, and keep the report; False when it is done, or being done, already.

    One transaction, the review locked; each action in its own savepoint. An extended HIT is judged again.
    """
    with transaction.atomic():
        review = db.one_or_none(_Review, _CLAIM, review_id=review_id)
        if review is None:
            return False
        hit = api.hit(requester_id=review.requester_id, hit_id=review.hit_id)
        assert hit is not None  # noqa: S101 - a HIT is never taken away
        report = _of_assignment(review, hit) if review.level == ASSIGNMENT else _of_hit(review, hit)
        outcomes = [_act(review, hit, action) for action in report.actions]
        _keep(review, report, outcomes)
        PolicyReview.objects.filter(pk=review_id).update(done_at=timezone.now())
        extended = any(
            action.name == ActionName.EXTEND and not outcome.error_code
            for action, outcome in zip(report.actions, outcomes, strict=True)
        )
        if extended and review.level == HIT:
            PolicyReview.objects.create(hit_id=review.hit_id, level=HIT)
    return True


# Judging --------------------------------------------------------------------------------------


def _of_assignment(review: _Review, hit: api.HIT) -> Report:
    assert review.assignment_id is not None  # noqa: S101 - noted with it
    row = api.assignment(requester_id=review.requester_id, assignment_id=review.assignment_id)
    assert row is not None  # noqa: S101 - an assignment is never taken away
    return policies.evaluate_known_answers(
        policies.parse_assignment_policy(review.policies[ASSIGNMENT]),
        assignment=str(row.id), answers=_answers(row), max_assignments=hit.max_assignments,
    )  # fmt: skip


def _of_hit(review: _Review, hit: api.HIT) -> Report:
    known = dict(
        PolicyLine.objects.filter(hit_id=review.hit_id, name="KnownAnswerScore").values_list(
            "assignment_id", "text"
        )
    )
    judged = [
        policies.Evaluated(
            str(row.id), _answers(row), row.status == "rejected",
            int(known[row.id]) if row.id in known else None,
        )
        for row in _handed_in(review)
    ]  # fmt: skip
    policy = policies.parse_hit_policy(
        review.policies[HIT], scores_known_answers=ASSIGNMENT in review.policies
    )
    return policies.evaluate_plurality(policy, judged, max_assignments=hit.max_assignments)


def _handed_in(review: _Review) -> Iterator[api.Assignment]:
    after: tuple[int, int] | None = None
    while page := api.assignments_of(
        requester_id=review.requester_id, hit_id=review.hit_id, statuses=HANDED_IN, limit=PAGE, after=after
    ):
        yield from page
        after = (round(page[-1].submitted_at.timestamp() * 1_000_000), page[-1].id)


def _answers(row: api.Assignment) -> dict[str, str]:
    """Question to answer; what a page sent under one name several times is joined as its XML joins it."""
    fields = by_field(row.answer)
    if row.form is None:
        return {name: "|".join(values) for name, values in fields.items()}
    return policies.given_answers(check_answers(kept_form(row.form), fields).answers)


# Doing ----------------------------------------------------------------------------------------


def _act(review: _Review, hit: api.HIT, action: Action) -> _Done:
    if action.name == ActionName.REVIEW:
        return _Done(action.text)
    try:
        with transaction.atomic():
            return _extend(review, hit, action) if action.assignment is None else _decide(review, action)
    except InsufficientFunds as refusal:
        return _Done(str(refusal), "InsufficientFunds")
    except errors.TooManyAssignments as refusal:
        return _Done(str(refusal), "InvalidMaximumAssignmentsIncrease")
    except Refusal as refusal:
        return _Done(
            str(refusal), "InvalidHITState" if action.assignment is None else "InvalidAssignmentState"
        )


def _extend(review: _Review, hit: api.HIT, action: Action) -> _Done:
    whose: dict[str, Any] = {
        "requester_id": review.requester_id, "actor_id": AccountId(review.requester_id), "hit_id": review.hit_id,
    }  # fmt: skip
    single_hits.extend_hit(**whose, more_assignments=1)
    expires_at = timezone.now() + timedelta(seconds=action.minimum_s)
    if action.minimum_s and hit.expires_at < expires_at:
        single_hits.set_expiration(**whose, expires_at=expires_at)
    return _Done("Extended by one assignment")


def _decide(review: _Review, action: Action) -> _Done:
    number = AssignmentId(int(action.assignment or 0))
    whose: dict[str, Any] = {
        "requester_id": review.requester_id, "actor_id": AccountId(review.requester_id),
        "assignment_ids": [number],
    }  # fmt: skip
    if action.name == ActionName.APPROVE:
        wanted, decided = "approved", reviewing.approve(**whose, feedback=action.text.strip())
    else:
        wanted, decided = "rejected", reviewing.reject(
            **whose, reason=RejectionReason.WRONG, words=action.text.strip() or NO_WORDS
        )  # fmt: skip
    if decided.decided:
        return _Done(wanted.capitalize())
    row = api.assignment(requester_id=review.requester_id, assignment_id=number)
    if row is not None and row.status == wanted:
        return _Done(f"Already {wanted}")
    return _Done("Assignment was in an invalid state for this operation.", "InvalidAssignmentState")


def _keep(review: _Review, report: Report, outcomes: Sequence[_Done]) -> None:
    """The review first, then what it found, then what was done: in the order of their ids."""
    of_it = {"hit_id": review.hit_id, "level": review.level}
    lines = [
        PolicyLine(
            **of_it, name=action.name.value, assignment_id=action.assignment and int(action.assignment),
            text=outcome.text, is_done=not outcome.error_code, error_code=outcome.error_code,
        )
        for action, outcome in zip(report.actions, outcomes, strict=True)
    ]  # fmt: skip
    first, *rest = lines
    first.save()
    PolicyLine.objects.bulk_create(
        [
            *(
                PolicyLine(
                    **of_it, of=first, name=result.key, question=result.question, text=result.value,
                    assignment_id=result.assignment and int(result.assignment),
                )
                for result in report.results
            ),
            *rest,
        ]
    )  # fmt: skip
