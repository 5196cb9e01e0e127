"""The test builder's plain form: to the XML that is stored, and back where nothing is lost."""

from dataclasses import replace

import pytest

from manyhands.questions import builder, forms
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.parsing import parse_test
from tests.unit.test_questions_answer_key import key_xml, keyed, percentage, scale
from tests.unit.test_questions_parsing import choices, form, question

Kind = builder.TestQuestionKind
Option = builder.TestOption
SPEC = builder.TestSpec(
    "Birds & <trees>",
    ("Look closely.", "Two\nlines."),
    (
        builder.TestQuestion(Kind.SINGLE_CHOICE, "Which?", (Option("Owl", right=True), Option("Oak")), 3),
        builder.TestQuestion(
            Kind.MULTIPLE_CHOICE,
            "All?",
            (Option("Fir", right=True), Option("Elm", right=True), Option("Jay")),
            required=False,
        ),
        builder.TestQuestion(Kind.SINGLE_CHOICE, "Do you like them?", (Option("Yes"), Option("No"))),
    ),
)
WITH_TEXT = replace(SPEC, questions=(*SPEC.questions, builder.TestQuestion(Kind.FREE_TEXT, "Why?")))


def identified(spec: builder.TestSpec) -> builder.TestSpec:
    """The identifiers that writing gives to what has none."""
    return replace(
        spec,
        questions=tuple(
            replace(
                question,
                identifier=f"q{number}",
                options=tuple(
                    replace(option, identifier=f"a{letter}")
                    for letter, option in enumerate(question.options, start=1)
                ),
            )
            for number, question in enumerate(spec.questions, start=1)
        ),
    )


@pytest.mark.parametrize("spec", [SPEC, WITH_TEXT, replace(SPEC, title="", instructions=())])
def test_a_test_survives_the_way_to_xml_and_back(spec: builder.TestSpec) -> None:
    expected = identified(spec)
    key = builder.to_answer_key(spec)
    if key is None:  # Nobody marks what is right where a person grades.
        expected = replace(
            expected,
            questions=tuple(
                replace(
                    each, points=1, options=tuple(replace(option, right=False) for option in each.options)
                )
                for each in expected.questions
            ),
        )
    assert builder.from_xml(builder.to_question_form(spec), key) == expected


def test_the_share_of_points_is_the_score() -> None:
    test = parse_test(builder.to_question_form(SPEC))
    key = parse_answer_key(builder.to_answer_key(SPEC) or "", test)
    assert key.score({"q1": ["a1"], "q2": ["a1", "a2"], "q3": ["a2"]}) == 100
    assert key.score({"q1": ["a1"], "q2": ["a1"]}) == 75
    assert key.score({}) == 0


def test_a_person_grades_free_text_and_tests_without_right_answers() -> None:
    assert builder.to_answer_key(WITH_TEXT) is None
    assert builder.to_answer_key(replace(SPEC, questions=SPEC.questions[2:])) is None


def test_identifiers_stay_when_a_question_is_put_before_them() -> None:
    opened = builder.from_xml(builder.to_question_form(SPEC), builder.to_answer_key(SPEC))
    assert opened is not None
    new = builder.TestQuestion(Kind.SINGLE_CHOICE, "New?", (Option("A", right=True), Option("B")))
    saved = replace(opened, questions=(new, *opened.questions))
    identifiers = [each.identifier for each in parse_test(builder.to_question_form(saved)).questions]
    assert identifiers == ["q4", "q1", "q2", "q3"]


PLAIN = question(
    choices(
        "a",
        "b",
        before="<MinSelectionCount>1</MinSelectionCount><StyleSuggestion>radiobutton</StyleSuggestion>",
    )
).replace("<QuestionContent>", "<IsRequired>true</IsRequired><QuestionContent>")
KEY = key_xml(keyed("q", ("a", 2)), mapping=percentage(2))


def test_what_others_wrote_is_opened_where_it_means_the_same() -> None:
    for namespace in (forms.QUESTION_FORM_2005, forms.QUESTION_FORM_2017):
        opened = builder.from_xml(form(PLAIN, namespace), KEY)
        assert opened is not None
        options = (Option("a", right=True, identifier="a"), Option("b", identifier="b"))
        asked = builder.TestQuestion(Kind.SINGLE_CHOICE, "?", options, 2, identifier="q")
        assert opened == builder.TestSpec("", (), (asked,))


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (PLAIN.replace("radiobutton", "dropdown"), None),
        (PLAIN.replace("<Text>?</Text>", "<Text>?</Text><Title>T</Title>"), None),
        (PLAIN.replace("<Text>?</Text>", "<FormattedContent>b</FormattedContent>"), None),
        (PLAIN.replace("<IsRequired>", "<DisplayName>D</DisplayName><IsRequired>"), None),
        (PLAIN.replace("</Selections>", "<OtherSelection/></Selections>"), None),
        (PLAIN + "<Overview><Text>Below</Text></Overview>", None),
        ("<Overview><Text>a</Text><Title>Below</Title></Overview>" + PLAIN, None),
        (question("<FreeTextAnswer><DefaultText>a</DefaultText></FreeTextAnswer>"), None),
        (PLAIN, key_xml(keyed("q", ("a", 2)))),
        (PLAIN, key_xml(keyed("q", ("a", 2)), mapping=percentage(3))),
        (PLAIN, key_xml(keyed("q", ("a", 2)), mapping=scale("1"))),
        (PLAIN, key_xml(keyed("q", ("a", 2), ("b", 1)), mapping=percentage(2))),
        (PLAIN, key_xml(keyed("q", ("a", 2), default=1), mapping=percentage(2))),
    ],
)
def test_what_the_builder_cannot_show_is_not_opened(body: str, key: str | None) -> None:
    assert builder.from_xml(form(body), key) is None


def test_problems_are_named_where_they_are() -> None:
    assert builder.problems(SPEC) == {}
    assert builder.problems(WITH_TEXT) == {}
    two_right = (Option("A", right=True), Option("B", right=True))
    bad = builder.TestSpec(
        "x" * 5001,
        (),
        (
            builder.TestQuestion(Kind.SINGLE_CHOICE, " ", two_right),
            builder.TestQuestion(Kind.MULTIPLE_CHOICE, "?", (Option("", right=True),), 0),
        ),
    )
    assert builder.problems(bad) == {
        "title": "Use at most 5000 characters.",
        "questions.0.text": "Enter text.",
        "questions.0.options": "Only one option can be right where one is chosen.",
        "questions.1.options.0": "Enter text.",
        "questions.1.options": "Offer at least two options.",
        "questions.1.points": "Enter a number from 1 to 1000.",
    }
    assert builder.problems(replace(SPEC, questions=())) == {"questions": "Ask at least one question."}
