"""SimplePlurality: the assignments of one HIT against each other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from manyhands.quality.policies.parameters import (
    MAXIMUM_RANGE,
    MINIMUM_S_RANGE,
    NEVER,
    NEVER_APPROVE,
    Parameters,
    PolicyInvalid,
)
from manyhands.quality.policies.report import COMPARED_CHARACTERS_MAX, Action, ActionName, Report, Result

QUESTIONS_MAX = 15


@dataclass(frozen=True, slots=True)
class SimplePlurality:
    """A question is agreed on when the share of its plurality answer is *above* the threshold."""

    questions: tuple[str, ...]
    agreement_threshold: int
    disregard_rejected: bool = False
    disregard_known_answer_score_below: int = NEVER
    extend_below: int = NEVER
    extend_maximum: int = 0
    extend_minimum_s: int = 0
    approve_at_least: int = NEVER_APPROVE
    reject_below: int = NEVER
    reject_reason: str = ""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An assignment to compare. ``known_answer_score``: where the other policy scored it."""

    assignment: str
    answers: Mapping[str, str]
    rejected: bool = False
    known_answer_score: int | None = None


def read(parameters: Parameters, *, scores_known_answers: bool) -> SimplePlurality:
    # The protocol's own examples spell it both ways.
    ids = "QuestionIDs" if parameters.has("QuestionIDs") else "QuestionIds"
    parameters.require(ids, "QuestionAgreementThreshold")
    score = "DisregardAssignmentIfKnownAnswerScoreIsLessThan"
    if parameters.has(score) and not scores_known_answers:
        raise PolicyInvalid(score, score, "It needs the policy ScoreMyKnownAnswers for assignments.")
    if parameters.has("ExtendIfHITAgreementScoreIsLessThan"):
        parameters.require("ExtendMaximumAssignments", "ExtendMinimumTimeInSeconds")
    policy = SimplePlurality(
        questions=_questions(ids, parameters.values(ids)),
        agreement_threshold=parameters.number("QuestionAgreementThreshold", 0, 100, 0),
        disregard_rejected=parameters.flag("DisregardAssignmentIfRejected"),
        disregard_known_answer_score_below=parameters.number(score, NEVER, NEVER_APPROVE, NEVER),
        extend_below=parameters.number("ExtendIfHITAgreementScoreIsLessThan", 1, 100, NEVER),
        extend_maximum=parameters.number("ExtendMaximumAssignments", *MAXIMUM_RANGE, 0),
        extend_minimum_s=parameters.number("ExtendMinimumTimeInSeconds", *MINIMUM_S_RANGE, 0),
        approve_at_least=parameters.number(
            "ApproveIfWorkerAgreementScoreIsAtLeast", NEVER, NEVER_APPROVE, NEVER_APPROVE
        ),
        reject_below=parameters.number("RejectIfWorkerAgreementScoreIsLessThan", NEVER, NEVER_APPROVE, NEVER),
        reject_reason=parameters.text("RejectReason"),
    )
    parameters.end()
    return policy


def evaluate_plurality(
    policy: SimplePlurality, assignments: Sequence[Evaluated], *, max_assignments: int
) -> Report:
    """Compare the assignments of a HIT that is reviewable. ``max_assignments``: of the HIT, as it is now.

    A HIT that is extended decides nothing yet: it is compared again when it is reviewable again. Without
    an agreed question nobody's agreement is scored, and nobody is approved or rejected.
    """
    compared = [each for each in assignments if _counts(policy, each)]
    agreed = {question: _agreed(policy, question, compared) for question in policy.questions}
    found = {question: answer for question, answer in agreed.items() if answer is not None}
    hit_score = 100 * len(found) // len(policy.questions)
    results = [Result("HitAgreementScore", str(hit_score))]
    for question, answer in agreed.items():
        results.append(Result("AgreedAnswerFound", "false" if answer is None else "true", question=question))
        if answer is not None:
            results.append(Result("AgreedAnswer", answer[0], question=question))
            results.append(Result("AnswerAgreementScore", str(answer[1]), question=question))
    counted = "one assignment" if len(compared) == 1 else f"{len(compared)} assignments"
    summary = f"Reviewed {counted}; {len(found)}/{len(policy.questions)} questions agreed"
    actions = [Action(ActionName.REVIEW, text=summary)]
    extended = hit_score < policy.extend_below and max_assignments < policy.extend_maximum
    if extended:
        actions.append(Action(ActionName.EXTEND, minimum_s=policy.extend_minimum_s))
    for each in compared if found else ():
        right = sum(_answer(each, question) == answer for question, (answer, _) in found.items())
        score = 100 * right // len(found)
        results += [
            Result("WorkerAgreementScore", str(score), each.assignment),
            Result("PluralityAnswersCorrect", str(right), each.assignment),
            Result("PluralityAnswersIncorrect", str(len(found) - right), each.assignment),
        ]
        if not extended:
            actions += _decision(policy, each.assignment, score)
    return Report(tuple(results), tuple(actions))


def _decision(policy: SimplePlurality, assignment: str, score: int) -> list[Action]:
    if score >= policy.approve_at_least:
        return [Action(ActionName.APPROVE, assignment)]
    if score < policy.reject_below:
        return [Action(ActionName.REJECT, assignment, policy.reject_reason)]
    return []


def _counts(policy: SimplePlurality, each: Evaluated) -> bool:
    if policy.disregard_rejected and each.rejected:
        return False
    score = 0 if each.known_answer_score is None else each.known_answer_score
    return score >= policy.disregard_known_answer_score_below


def _agreed(policy: SimplePlurality, question: str, compared: Sequence[Evaluated]) -> tuple[str, int] | None:
    """The plurality answer and its share in percent. Two answers given equally often are no plurality."""
    votes = Counter(answer for each in compared if (answer := _answer(each, question)))
    leading = votes.most_common(2)
    if not leading or (len(leading) == 2 and leading[0][1] == leading[1][1]):
        return None
    answer, count = leading[0]
    # Compared as it is, not cut as it is shown: 66.6 is above 66.
    if 100 * count <= policy.agreement_threshold * len(compared):
        return None
    return answer, 100 * count // len(compared)


def _answer(each: Evaluated, question: str) -> str:
    """What was answered; empty where nothing was, or too much to compare."""
    answer = each.answers.get(question, "").strip()
    return answer if len(answer) <= COMPARED_CHARACTERS_MAX else ""


def _questions(key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > QUESTIONS_MAX:
        raise PolicyInvalid(key, str(len(values)), f"At most {QUESTIONS_MAX} questions can be compared.")
    if len(set(values)) < len(values) or not all(value.strip() for value in values):
        raise PolicyInvalid(key, ", ".join(values)[:100], "Each question must be named once.")
    return values
