"""Review policies: every parameter, its bounds, and the protocol's own example."""

from typing import Any

import pytest

from manyhands.quality.policies import (
    Action,
    ActionName,
    Evaluated,
    PolicyInvalid,
    Result,
    ScoreMyKnownAnswers,
    SimplePlurality,
    evaluate_known_answers,
    evaluate_plurality,
    given_answers,
    parse_assignment_policy,
    parse_hit_policy,
)
from manyhands.questions.answers import Answer

KEY = {
    "Key": "AnswerKey",
    "MapEntries": [{"Key": "q1", "Values": ["B"]}, {"Key": "q2", "Values": [" A ", "C"]}],
}
IDS = ("QuestionIds", "q1", "q2", "q3", "q4")
THRESHOLD = ("QuestionAgreementThreshold", "50")


def known(*parameters: tuple[str, ...], key: dict[str, Any] = KEY) -> ScoreMyKnownAnswers:
    listed = [{"Key": name, "Values": list(values)} for name, *values in parameters]
    return parse_assignment_policy(
        {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": [key, *listed]}
    )


def plurality(*parameters: tuple[str, ...], scores: bool = False) -> SimplePlurality:
    listed = [{"Key": name, "Values": list(values)} for name, *values in parameters]
    return parse_hit_policy(
        {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": listed}, scores_known_answers=scores
    )


def names(actions: tuple[Action, ...]) -> list[str]:
    return [action.name for action in actions if action.name is not ActionName.REVIEW]


def test_all_parameters_of_known_answers_are_read() -> None:
    assert known() == ScoreMyKnownAnswers({"q1": frozenset("B"), "q2": frozenset("AC")})
    assert known(
        ("ApproveIfKnownAnswerScoreIsAtLeast", "79"),
        ("ApproveReason", "Well done"),
        ("RejectIfKnownAnswerScoreIsLessThan", "20"),
        ("RejectReason", "Wrong"),
        ("ExtendIfKnownAnswerScoreIsLessThan", "101"),
        ("ExtendMaximumAssignments", "25"),
        ("ExtendMinimumTimeInSeconds", "31536000"),
    ) == ScoreMyKnownAnswers(
        {"q1": frozenset("B"), "q2": frozenset("AC")}, 79, "Well done", 20, "Wrong", 101, 25, 31_536_000
    )


@pytest.mark.parametrize(
    "parameter",
    [
        ("ApproveIfKnownAnswerScoreIsAtLeast", "102"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "-1"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "1.5"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "١"),
        ("ApproveIfKnownAnswerScoreIsAtLeast", "1", "2"),
        ("ApproveIfKnownAnswerScoreIsAtLeast",),
        ("RejectIfKnownAnswerScoreIsLessThan", "102"),
        ("ExtendIfKnownAnswerScoreIsLessThan", "102"),
        ("ExtendMaximumAssignments", "1"),
        ("ExtendMaximumAssignments", "26"),
        ("ExtendMinimumTimeInSeconds", "59"),
        ("ExtendMinimumTimeInSeconds", "31536001"),
        ("RejectReason", "x" * 1025),
        ("QuestionIds", "q1"),
    ],
)
def test_a_bad_parameter_of_known_answers_is_named(parameter: tuple[str, ...]) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        known(parameter)
    assert caught.value.parameter == parameter[0]
    assert str(caught.value).startswith('The value "')


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": [KEY]},
        {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"},
        {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": [KEY, KEY]},
        {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": [KEY, "x"]},
        *(
            {
                "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
                "Parameters": [{"Key": "AnswerKey", "MapEntries": entries}],
            }
            for entries in (
                None,
                [],
                ["x"],
                [{"Key": "q"}],
                [{"Key": "", "Values": ["a"]}],
                [KEY["MapEntries"][0]] * 2,
            )
        ),
    ],
)
def test_what_is_no_policy_of_known_answers_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid):
        parse_assignment_policy(given)


@pytest.mark.parametrize(
    ("answers", "right", "score"),
    [
        ({"q1": "B", "q2": "A|C"}, (1, 1), 100),
        ({"q1": " B\n", "q2": "C|A|A"}, (1, 1), 100),
        ({"q1": "b", "q2": "A"}, (0, 0), 0),
        ({"q1": "B", "q2": "A|B|C"}, (1, 0), 50),
        ({}, (0, 0), 0),
    ],
)
def test_known_answers_are_compared_as_sets(
    answers: dict[str, str], right: tuple[int, int], score: int
) -> None:
    report = evaluate_known_answers(known(), assignment="A1", answers=answers, max_assignments=3)
    assert report.results == (
        Result("KnownAnswerCorrect", str(right[0]), "A1", "q1"),
        Result("KnownAnswerCorrect", str(right[1]), "A1", "q2"),
        Result("KnownAnswerScore", str(score), "A1"),
    )
    text = f"Reviewed 2 known answers; {sum(right)}/2 correct"
    assert report.actions == (Action(ActionName.REVIEW, "A1", text),)


def test_one_known_answer_is_told_in_the_words_of_the_protocol() -> None:
    policy = ScoreMyKnownAnswers({"q": frozenset({"a|b"})}, approve_at_least=100, approve_reason="Yes")
    report = evaluate_known_answers(policy, assignment="A1", answers={"q": "a|b"}, max_assignments=1)
    assert report.actions == (
        Action(ActionName.REVIEW, "A1", "Reviewed one known answer; 1/1 correct"),
        Action(ActionName.APPROVE, "A1", "Yes"),
    )


def test_the_score_is_rounded_half_up() -> None:
    policy = ScoreMyKnownAnswers({f"q{number}": frozenset("a") for number in range(8)})
    report = evaluate_known_answers(policy, assignment="A", answers={"q0": "a"}, max_assignments=1)
    assert report.results[-1].value == "13"


# The score is 50.
@pytest.mark.parametrize(
    ("parameters", "places", "expected"),
    [
        ((), 1, []),
        ((("ApproveIfKnownAnswerScoreIsAtLeast", "50"),), 1, ["approve"]),
        ((("ApproveIfKnownAnswerScoreIsAtLeast", "51"),), 1, []),
        ((("RejectIfKnownAnswerScoreIsLessThan", "50"),), 1, []),
        ((("RejectIfKnownAnswerScoreIsLessThan", "51"),), 1, ["reject"]),
        (
            (("ApproveIfKnownAnswerScoreIsAtLeast", "50"), ("RejectIfKnownAnswerScoreIsLessThan", "60")),
            1,
            ["approve"],
        ),
        ((("ExtendIfKnownAnswerScoreIsLessThan", "50"),), 1, []),
        ((("ExtendIfKnownAnswerScoreIsLessThan", "51"),), 4, ["extend"]),
        ((("ExtendIfKnownAnswerScoreIsLessThan", "51"),), 5, []),
        ((("ExtendIfKnownAnswerScoreIsLessThan", "51"), ("ExtendMaximumAssignments", "6")), 5, ["extend"]),
        (
            (("RejectIfKnownAnswerScoreIsLessThan", "60"), ("ExtendIfKnownAnswerScoreIsLessThan", "60")),
            2,
            ["reject", "extend"],
        ),
    ],
)
def test_the_score_of_known_answers_decides(
    parameters: tuple[tuple[str, ...], ...], places: int, expected: list[str]
) -> None:
    report = evaluate_known_answers(
        known(*parameters), assignment="A1", answers={"q1": "B"}, max_assignments=places
    )
    assert names(report.actions) == expected


def test_all_parameters_of_plurality_are_read() -> None:
    assert plurality(("QuestionIDs", "q1"), THRESHOLD) == SimplePlurality(("q1",), 50)
    assert plurality(
        IDS,
        ("QuestionAgreementThreshold", "100"),
        ("DisregardAssignmentIfRejected", "T"),
        ("DisregardAssignmentIfKnownAnswerScoreIsLessThan", "60"),
        ("ExtendIfHITAgreementScoreIsLessThan", "75"),
        ("ExtendMaximumAssignments", "5"),
        ("ExtendMinimumTimeInSeconds", "60"),
        ("ApproveIfWorkerAgreementScoreIsAtLeast", "90"),
        ("RejectIfWorkerAgreementScoreIsLessThan", "30"),
        ("RejectReason", "Alone"),
        scores=True,
    ) == SimplePlurality(IDS[1:], 100, True, 60, 75, 5, 60, 90, 30, "Alone")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ((IDS,), "QuestionAgreementThreshold"),
        ((THRESHOLD,), "QuestionIds"),
        ((("QuestionIds", *map(str, range(16))), THRESHOLD), "QuestionIds"),
        ((("QuestionIds", "q", "q"), THRESHOLD), "QuestionIds"),
        ((IDS, ("QuestionAgreementThreshold", "101")), "QuestionAgreementThreshold"),
        ((IDS, THRESHOLD, ("DisregardAssignmentIfRejected", "maybe")), "DisregardAssignmentIfRejected"),
        (
            (IDS, THRESHOLD, ("DisregardAssignmentIfKnownAnswerScoreIsLessThan", "5")),
            "DisregardAssignmentIfKnownAnswerScoreIsLessThan",
        ),
        ((IDS, THRESHOLD, ("ExtendIfHITAgreementScoreIsLessThan", "50")), "ExtendMaximumAssignments"),
        (
            (
                IDS,
                THRESHOLD,
                ("ExtendIfHITAgreementScoreIsLessThan", "50"),
                ("ExtendMaximumAssignments", "5"),
            ),
            "ExtendMinimumTimeInSeconds",
        ),
        ((IDS, THRESHOLD, ("ApproveReason", "x")), "ApproveReason"),
        ((IDS, ("QuestionIDs", "q"), THRESHOLD), "QuestionIds"),
    ],
)
def test_a_bad_parameter_of_plurality_is_named(parameters: tuple[tuple[str, ...], ...], named: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        plurality(*parameters)
    assert caught.value.parameter == named


# The example of the protocol's documentation: four questions, three workers.
EXAMPLE = (
    Evaluated("W1", {"q1": "A", "q2": "B", "q3": "C", "q4": "A"}),
    Evaluated("W2", {"q1": "A", "q2": "X", "q3": "C", "q4": "B"}),
    Evaluated("W3", {"q1": "X", "q2": "B", "q3": "C", "q4": "C"}),
)


def values(results: tuple[Result, ...], key: str) -> dict[str, str]:
    return {result.assignment or result.question: result.value for result in results if result.key == key}


def test_the_documented_example_comes_out() -> None:
    report = evaluate_plurality(plurality(IDS, THRESHOLD), EXAMPLE, max_assignments=3)
    assert values(report.results, "AgreedAnswerFound") == {
        "q1": "true",
        "q2": "true",
        "q3": "true",
        "q4": "false",
    }
    assert values(report.results, "AgreedAnswer") == {"q1": "A", "q2": "B", "q3": "C"}
    assert values(report.results, "AnswerAgreementScore") == {"q1": "66", "q2": "66", "q3": "100"}
    assert values(report.results, "HitAgreementScore") == {"": "75"}
    assert values(report.results, "WorkerAgreementScore") == {"W1": "100", "W2": "66", "W3": "66"}
    assert values(report.results, "PluralityAnswersCorrect") == {"W1": "3", "W2": "2", "W3": "2"}
    assert values(report.results, "PluralityAnswersIncorrect") == {"W1": "0", "W2": "1", "W3": "1"}
    assert report.actions == (Action(ActionName.REVIEW, text="Reviewed 3 assignments; 3/4 questions agreed"),)


def test_workers_are_approved_and_rejected_by_their_agreement() -> None:
    policy = SimplePlurality(IDS[1:], 50, approve_at_least=67, reject_below=67, reject_reason="Alone")
    report = evaluate_plurality(policy, EXAMPLE, max_assignments=3)
    assert report.actions[1:] == (
        Action(ActionName.APPROVE, "W1"),
        Action(ActionName.REJECT, "W2", "Alone"),
        Action(ActionName.REJECT, "W3", "Alone"),
    )


@pytest.mark.parametrize(
    ("below", "places", "expected"),
    [(75, 3, ["approve"]), (76, 3, ["extend"]), (76, 5, ["approve"])],
)
def test_a_hit_is_extended_before_anything_is_decided(below: int, places: int, expected: list[str]) -> None:
    policy = SimplePlurality(
        IDS[1:], 50, extend_below=below, extend_maximum=5, extend_minimum_s=60, approve_at_least=100
    )
    report = evaluate_plurality(policy, EXAMPLE, max_assignments=places)
    assert names(report.actions) == expected
    if expected == ["extend"]:
        assert report.actions[-1] == Action(ActionName.EXTEND, minimum_s=60)


@pytest.mark.parametrize(("threshold", "agreed"), [(66, True), (67, False)])
def test_a_share_must_be_above_the_threshold(threshold: int, agreed: bool) -> None:
    policy = SimplePlurality(("q1",), threshold)
    report = evaluate_plurality(policy, EXAMPLE, max_assignments=3)
    assert values(report.results, "AgreedAnswerFound") == {"q1": "true" if agreed else "false"}
    assert bool(values(report.results, "WorkerAgreementScore")) is agreed


def test_disregarded_assignments_are_neither_compared_nor_decided() -> None:
    policy = SimplePlurality(
        ("q",), 50, disregard_rejected=True, disregard_known_answer_score_below=50, reject_below=101
    )
    report = evaluate_plurality(
        policy,
        [
            Evaluated("W1", {"q": "A"}, known_answer_score=50),
            Evaluated("W2", {"q": "B"}, rejected=True, known_answer_score=100),
            Evaluated("W3", {"q": "B"}, known_answer_score=49),
            Evaluated("W4", {"q": "B"}),
        ],
        max_assignments=4,
    )
    assert values(report.results, "AgreedAnswer") == {"q": "A"}
    assert [(each.name, each.assignment) for each in report.actions[1:]] == [(ActionName.REJECT, "W1")]


def test_ties_and_what_cannot_be_compared_are_no_agreement() -> None:
    policy = SimplePlurality(("q",), 0)
    for pair in (("A", "B"), ("", ""), ("x" * 257, "x" * 257)):
        compared = [Evaluated(str(number), {"q": answer}) for number, answer in enumerate(pair)]
        report = evaluate_plurality(policy, compared, max_assignments=2)
        assert values(report.results, "AgreedAnswerFound") == {"q": "false"}
    assert values(evaluate_plurality(policy, [], max_assignments=1).results, "HitAgreementScore") == {"": "0"}
    long_but_comparable = [Evaluated("1", {"q": "x" * 256})]
    report = evaluate_plurality(policy, long_but_comparable, max_assignments=1)
    assert values(report.results, "AnswerAgreementScore") == {"q": "100"}


def test_answers_of_forms_and_pages_are_compared_alike() -> None:
    answers = [Answer("a", "text"), Answer("b", selections=("x", "y"), other="z"), Answer("c", selections=())]
    assert given_answers(answers) == {"a": "text", "b": "x|y|z", "c": ""}
