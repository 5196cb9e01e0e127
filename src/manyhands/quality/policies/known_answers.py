"""ScoreMyKnownAnswers: one assignment against the answers its requester knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from manyhands.quality.policies.parameters import (
    MAXIMUM_RANGE,
    MINIMUM_S_RANGE,
    NEVER,
    NEVER_APPROVE,
    Parameters,
)
from manyhands.quality.policies.report import Action, ActionName, Report, Result

EXTEND_MAXIMUM = 5


@dataclass(frozen=True, slots=True)
class ScoreMyKnownAnswers:
    """``answer_key``: question to all values that its answer must have.

    101 is never reached from above, and nothing is below 0: those turn a rule off.
    """

    answer_key: Mapping[str, frozenset[str]]
    approve_at_least: int = NEVER_APPROVE
    approve_reason: str = ""
    reject_below: int = NEVER
    reject_reason: str = ""
    extend_below: int = NEVER
    extend_maximum: int = EXTEND_MAXIMUM
    extend_minimum_s: int = 0


def read(parameters: Parameters) -> ScoreMyKnownAnswers:
    parameters.require("AnswerKey")
    policy = ScoreMyKnownAnswers(
        answer_key=parameters.entries("AnswerKey"),
        approve_at_least=parameters.number(
            "ApproveIfKnownAnswerScoreIsAtLeast", NEVER, NEVER_APPROVE, NEVER_APPROVE
        ),
        approve_reason=parameters.text("ApproveReason"),
        reject_below=parameters.number("RejectIfKnownAnswerScoreIsLessThan", NEVER, NEVER_APPROVE, NEVER),
        reject_reason=parameters.text("RejectReason"),
        extend_below=parameters.number("ExtendIfKnownAnswerScoreIsLessThan", NEVER, NEVER_APPROVE, NEVER),
        extend_maximum=parameters.number("ExtendMaximumAssignments", *MAXIMUM_RANGE, EXTEND_MAXIMUM),
        extend_minimum_s=parameters.number("ExtendMinimumTimeInSeconds", *MINIMUM_S_RANGE, 0),
    )
    parameters.end()
    return policy


def evaluate_known_answers(
    policy: ScoreMyKnownAnswers, *, assignment: str, answers: Mapping[str, str], max_assignments: int
) -> Report:
    """Score one assignment. ``answers``: question to answer; ``max_assignments``: of the HIT, as it is now.

    Where an assignment could be both approved and rejected, it is approved.
    """
    correct = {question: _is_right(answers.get(question), key) for question, key in policy.answer_key.items()}
    right, known = sum(correct.values()), len(correct)
    score = (200 * right + known) // (2 * known)
    results = [
        Result("KnownAnswerCorrect", str(int(is_right)), assignment, question)
        for question, is_right in correct.items()
    ]
    results.append(Result("KnownAnswerScore", str(score), assignment))
    counted = "one known answer" if known == 1 else f"{known} known answers"
    actions = [Action(ActionName.REVIEW, assignment, f"Reviewed {counted}; {right}/{known} correct")]
    if score >= policy.approve_at_least:
        actions.append(Action(ActionName.APPROVE, assignment, policy.approve_reason))
    elif score < policy.reject_below:
        actions.append(Action(ActionName.REJECT, assignment, policy.reject_reason))
    if score < policy.extend_below and max_assignments < policy.extend_maximum:
        actions.append(Action(ActionName.EXTEND, minimum_s=policy.extend_minimum_s))
    return Report(tuple(results), tuple(actions))


def _is_right(answer: str | None, key: frozenset[str]) -> bool:
    """All values of the key and no other; an answer that holds a bar itself may be meant whole."""
    if answer is None:
        return False
    return frozenset({answer.strip()}) == key or frozenset(part.strip() for part in answer.split("|")) == key
