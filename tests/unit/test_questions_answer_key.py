"""Answer keys: what a test is worth, and keys that do not fit their test."""

import pytest

from manyhands.questions import forms
from manyhands.questions.answer_key import AnswerKey, parse_answer_key
from manyhands.questions.errors import QuestionInvalid
from manyhands.questions.parsing import parse_test
from tests.unit.test_questions_parsing import choices, form, question


def keyed(identifier: str, *options: tuple[str, int], default: int | None = None) -> str:
    """A question of a key. An option's selections are separated by spaces."""
    xml = "".join(
        "<AnswerOption>"
        + "".join(f"<SelectionIdentifier>{each}</SelectionIdentifier>" for each in selections.split())
        + f"<AnswerScore>{score}</AnswerScore></AnswerOption>"
        for selections, score in options
    )
    default_xml = "" if default is None else f"<DefaultScore>{default}</DefaultScore>"
    identified = f"<QuestionIdentifier>{identifier}</QuestionIdentifier>"
    return f"<Question>{identified}{xml}{default_xml}</Question>"


def key_xml(*questions: str, mapping: str = "") -> str:
    mapped = f"<QualificationValueMapping>{mapping}</QualificationValueMapping>" if mapping else ""
    return f'<AnswerKey xmlns="{forms.ANSWER_KEY}">{"".join(questions)}{mapped}</AnswerKey>'


def percentage(most: int | str) -> str:
    return f"<PercentageMapping><MaximumSummedScore>{most}</MaximumSummedScore></PercentageMapping>"


def scale(multiplier: str) -> str:
    return f"<ScaleMapping><SummedScoreMultiplier>{multiplier}</SummedScoreMultiplier></ScaleMapping>"


def ranges(*rows: tuple[int, int, int], otherwise: int) -> str:
    listed = "".join(
        f"<SummedScoreRange><InclusiveLowerBound>{lower}</InclusiveLowerBound><InclusiveUpperBound>{upper}"
        f"</InclusiveUpperBound><QualificationValue>{value}</QualificationValue></SummedScoreRange>"
        for lower, upper, value in rows
    )
    outside = f"<OutOfRangeQualificationValue>{otherwise}</OutOfRangeQualificationValue>"
    return f"<RangeMapping>{listed}{outside}</RangeMapping>"


MANY = "<MaxSelectionCount>3</MaxSelectionCount>"
TEST = parse_test(
    form(question(choices("a", "b", "c"), "one") + question(choices("a", "b", "c", before=MANY), "many"))
)


def read(*questions: str, mapping: str = "") -> AnswerKey:
    return parse_answer_key(key_xml(*questions, mapping=mapping), TEST)


def test_seventeen_of_twenty_right_are_eighty_five_percent() -> None:
    names = [f"q{number}" for number in range(20)]
    test = parse_test(form("".join(question(choices("right", "wrong"), name) for name in names)))
    key = parse_answer_key(
        key_xml(*(keyed(name, ("right", 1)) for name in names), mapping=percentage(20)), test
    )
    answers = {name: ["right" if index < 17 else "wrong"] for index, name in enumerate(names)}
    assert key.score(answers) == 85


@pytest.mark.parametrize(
    ("selections", "score"),
    [
        (["a", "b"], 10),
        (["b", "a", "a"], 10),
        (["a"], 4),
        (["a", "b", "c"], -1),
        (["c"], -1),
        ([], -1),
        (["unknown"], -1),
    ],
)
def test_an_option_scores_only_for_exactly_its_selections(selections: list[str], score: int) -> None:
    key = read(keyed("many", ("a b", 10), ("a", 4), ("b a", 99), default=-1))
    assert key.score({"many": selections}) == score
    assert read(keyed("one", ("a", 3))).score({}) == 0


@pytest.mark.parametrize(
    ("mapping", "summed", "value"),
    [
        ("", -7, -7),
        (percentage(3), 1, 33),
        (percentage(3), 2, 67),
        (percentage(8), 1, 13),  # 12.5
        (percentage(200), 1, 1),  # 0.5
        (percentage(200), -1, 0),  # -0.5
        (percentage(200), -3, -1),  # -1.5
        (percentage(1), 2, 200),
        (scale("0.5"), 5, 3),  # 2.5
        (scale("-0.5"), 5, -2),  # -2.5
        (scale("2.675"), 100, 268),  # 267.5, which binary fractions make less
        (scale("1e1"), 7, 70),
        (scale("1E99"), 1, 2**31 - 1),
        (scale("-1E99"), 1, -(2**31)),
        (ranges((0, 4, 10), (4, 8, 20), otherwise=-5), 4, 10),
        (ranges((0, 4, 10), (4, 8, 20), otherwise=-5), 8, 20),
        (ranges((0, 4, 10), (4, 8, 20), otherwise=-5), 9, -5),
        (ranges((0, 4, 10), otherwise=-5), -1, -5),
    ],
)
def test_the_sum_becomes_the_value(mapping: str, summed: int, value: int) -> None:
    key = read(keyed("one", ("a", summed)), mapping=mapping)
    assert key.score({"one": ["a"]}) == value


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (key_xml(keyed("absent", ("a", 1))), "The test has no question 'absent'."),
        (key_xml(keyed("one", ("z", 1))), "Question 'one' has no selection 'z'."),
        (key_xml(keyed("one", ("a", 1)), keyed("one", ("b", 1))), "The key has question 'one' twice."),
        (key_xml(), "cvc-complex-type.2.4.b: The content of element 'AnswerKey' is not complete."),
        (key_xml(keyed("one")), "cvc-complex-type.2.4.b"),
        (key_xml(keyed("one", ("", 1))), "cvc-complex-type.2.4.a"),
        (key_xml(keyed("one", ("a", 2**31))), "cvc-maxInclusive-valid"),
        (key_xml(keyed("one", ("a", 1)), mapping=percentage(0)), "cvc-minInclusive-valid"),
        (key_xml(keyed("one", ("a", 1)), mapping=percentage("x")), "cvc-datatype-valid.1.2.1"),
        (key_xml(keyed("one", ("a", 1)), mapping=scale("NaN")), "cvc-datatype-valid.1.2.1: 'NaN'"),
        (key_xml(keyed("one", ("a", 1)), mapping=scale("1e999999999")), "cvc-datatype-valid.1.2.1"),
        (key_xml(keyed("one", ("a", 1)), mapping=ranges((5, 4, 1), otherwise=0)), "cvc-minInclusive-valid"),
        (key_xml(keyed("one", ("a", 1)), mapping=ranges(otherwise=0)), "cvc-complex-type.2.4.a"),
        (key_xml(keyed("one", ("a", 1)), mapping=percentage(1) + percentage(1)), "cvc-complex-type.2.4.d"),
        (form(question(choices("a"))), "cvc-elt.1"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_and_says_why(xml: str, reason: str) -> None:
    with pytest.raises(QuestionInvalid) as caught:
        parse_answer_key(xml, TEST)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("<FreeTextAnswer/>", "is answered by free text"),
        (choices("a", after="<OtherSelection/>"), "has an OtherSelection"),
        (
            (
                "<FileUploadAnswer><MaxFileSizeInBytes>9</MaxFileSizeInBytes>"
                "<MinFileSizeInBytes>1</MinFileSizeInBytes></FileUploadAnswer>"
            ),
            "is answered by an upload",
        ),
    ],
)
def test_a_test_that_needs_a_person_has_no_key(answer: str, reason: str) -> None:
    body = question(choices("a"), "one") + question(answer, "why")
    test = parse_test(form(body, forms.QUESTION_FORM_2005))
    with pytest.raises(QuestionInvalid) as caught:
        parse_answer_key(key_xml(keyed("one", ("a", 1))), test)
    expected = f"A test with an AnswerKey may only have selections, but question 'why' {reason}."
    assert caught.value.reason == expected
