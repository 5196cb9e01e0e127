"""Checking posted forms: each rule of the protocol, with what a worker is told."""

from typing import Any

import pytest

from manyhands.questions import forms
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.answers import Answer, answers_to_xml, parse_answers
from manyhands.questions.checking import check_answers
from manyhands.questions.errors import NoAnswers
from manyhands.questions.forms import QuestionForm
from manyhands.questions.parsing import parse_test
from tests.unit.test_questions_answer_key import key_xml, keyed
from tests.unit.test_questions_parsing import COMPENSATION, FREE, choices, form, question

MANY = "<MinSelectionCount>2</MinSelectionCount><MaxSelectionCount>3</MaxSelectionCount>"
TICKED = "<StyleSuggestion>checkbox</StyleSuggestion>"
DROPDOWN = "<StyleSuggestion>dropdown</StyleSuggestion>"
OTHER = "<OtherSelection><Constraints><Length minLength='3'/></Constraints></OtherSelection>"


def ask(answer: str, *, required: bool = False) -> QuestionForm:
    body = question(answer)
    if required:
        body = body.replace("<QuestionContent>", "<IsRequired>true</IsRequired><QuestionContent>")
    return parse_test(form(body))


def text_answer(constraints: str) -> str:
    return f"<FreeTextAnswer><Constraints>{constraints}</Constraints></FreeTextAnswer>"


NUMBER = text_answer("<IsNumeric minValue='-2' maxValue='10'/>")
LENGTH = text_answer("<Length minLength='2' maxLength='4'/>")
REGEX = text_answer(
    "<AnswerFormatRegex regex='^[a-z]+$' flags='i'/><AnswerFormatRegex regex='z' errorText='No z in it'/>"
)


@pytest.mark.parametrize(
    ("answer", "required", "typed", "problem"),
    [
        (FREE, False, "", ""),
        (FREE, True, "", "Answer this question."),
        (FREE, True, " \n", "Answer this question."),
        (FREE, True, "0", ""),
        (NUMBER, False, "", ""),
        (NUMBER, True, "", "Answer this question."),
        (NUMBER, False, "3.5", ""),
        (NUMBER, False, " -2 ", ""),
        (NUMBER, False, "1e1", ""),
        (NUMBER, False, "３", ""),
        (NUMBER, False, "-2.01", "Enter a number that is not below -2."),
        (NUMBER, False, "10.0000000000000000000000000000001", "Enter a number that is not above 10."),
        (NUMBER, False, "1e99", "Enter a number that is not above 10."),
        *(
            (NUMBER, False, typed, "Enter a number.")
            for typed in ("x", "1,5", "NaN", "Infinity", "0x1", "1e999", "--1")
        ),
        (LENGTH, False, "", "Answer this question."),
        (LENGTH, False, "a", "Write at least 2 characters."),
        (LENGTH, False, "abcd", ""),
        (LENGTH, False, "a\r\nbc", ""),
        (LENGTH, False, "abcde", "Write at most 4 characters."),
        (REGEX, False, "", ""),
        (REGEX, False, "a1", "Invalid input supplied."),
        (REGEX, False, "AB", "No z in it"),
        (REGEX, False, "Az", ""),
    ],
)
def test_free_text_is_checked(answer: str, required: bool, typed: str, problem: str) -> None:
    checked = check_answers(ask(answer, required=required), {"q": [typed]})
    assert checked.problems.get("q", "") == problem


@pytest.mark.parametrize(
    ("answer", "required", "posted", "problem"),
    [
        (choices("a", "b"), False, {}, ""),
        (choices("a", "b"), True, {}, "Choose an answer."),
        (choices("a", "b"), True, {"q": [""]}, "Choose an answer."),
        (choices("a", "b"), True, {"q": ["a"]}, ""),
        (choices("a", "b"), True, {"q": ["a", "a"]}, ""),
        (choices("a", "b"), True, {"q": ["a", "b"]}, "Choose at most 1 answer."),
        (choices("a", "b"), True, {"q": ["z"]}, "Choose from the answers that are offered."),
        (choices("a", "b", "c", before=MANY), False, {}, ""),
        (choices("a", "b", "c", before=MANY), False, {"q": ["a"]}, "Choose at least 2 answers."),
        (choices("a", "b", "c", before=MANY), False, {"q": ["a", "c"]}, ""),
        (choices("a", "b", "c", "d", before=MANY), False, {"q": [*"abcd"]}, "Choose at most 3 answers."),
        (choices("a", after=OTHER), True, {"q": [""]}, "Write what your other answer is."),
        (choices("a", after=OTHER), True, {"q": [""], "q/other": ["own"]}, ""),
        (choices("a", after=OTHER), True, {"q/other": ["own"]}, ""),
        (choices("a", after=OTHER), True, {"q": [""], "q/other": ["me"]}, "Write at least 3 characters."),
        (choices("a", after=OTHER), True, {"q": ["a"], "q/other": ["me"]}, ""),
        (choices("a", before=DROPDOWN, after=OTHER), False, {"q": [""]}, ""),
        (choices("a", before=DROPDOWN, after=OTHER), True, {"q": [""]}, "Choose an answer."),
        (choices("a", before=MANY, after=OTHER), True, {"q": ["a"], "q/other": ["own"]}, ""),
        (
            choices("a", before=TICKED, after=OTHER),
            True,
            {"q": ["a"], "q/other": ["own"]},
            "Choose at most 1 answer.",
        ),
        (choices("a", before=TICKED), True, {"q": ["a"], "q/other": ["own"]}, ""),
    ],
)
def test_selections_are_checked(answer: str, required: bool, posted: dict[str, Any], problem: str) -> None:
    checked = check_answers(ask(answer, required=required), posted)
    assert checked.problems.get("q", "") == problem


def test_answers_come_in_the_order_of_the_form_and_as_they_were_given() -> None:
    test = parse_test(
        form(
            question(FREE, "why")
            + question(choices("a", "b", "c", before=MANY, after=OTHER), "which")
            + question(choices("x", "y"), "one")
        )
    )
    checked = check_answers(
        test,
        {
            "one": ["y"],
            "which": ["c", "a"],
            "which/other": ["none\x00 of\r\nthem"],
            "stranger": ["x"],
            "why": ["a\x0b\r\nb"],
        },
    )
    assert checked.problems == {}
    assert checked.answers == (
        Answer("why", "a\nb"),
        Answer("which", selections=("a", "c"), other="none of\nthem"),
        Answer("one", selections=("y",)),
    )
    assert parse_answers(answers_to_xml(checked.answers)) == checked.answers
    assert checked.selections == {"why": (), "which": ("a", "c"), "one": ("y",)}


def test_a_form_left_empty_has_an_empty_value_for_every_question() -> None:
    checked = check_answers(parse_test(form(question(FREE, "why") + question(choices("a"), "one"))), {})
    assert checked.problems == {}
    xml = answers_to_xml(checked.answers)
    assert xml.count("<FreeText/>") == 2
    assert parse_answers(xml) == (Answer("why"), Answer("one"))


def test_what_was_checked_can_be_scored() -> None:
    test = parse_test(form(question(choices("a", "b"), "one")))
    key = parse_answer_key(key_xml(keyed("one", ("b", 7))), test)
    assert key.score(check_answers(test, {"one": ["b"]}).selections) == 7
    assert key.score(check_answers(test, {}).selections) == 0


def test_a_file_is_not_asked_for() -> None:
    upload = "<FileUploadAnswer><MaxFileSizeInBytes>9</MaxFileSizeInBytes><MinFileSizeInBytes>1</MinFileSizeInBytes>"
    body = question(f"{upload}</FileUploadAnswer>").replace(
        "<QuestionContent>", "<IsRequired>true</IsRequired><QuestionContent>"
    )
    checked = check_answers(parse_test(form(body, forms.QUESTION_FORM_2005)), {})
    assert (checked.answers, checked.problems) == ((), {})
    with pytest.raises(NoAnswers):
        answers_to_xml(checked.answers)


def test_the_form_of_a_compensation_is_checked() -> None:
    test = parse_test(COMPENSATION)
    assert check_answers(test, {"workerid": ["A1"]}).problems == {}
    assert check_answers(test, {"workerid": ["A"]}).problems == {"workerid": "Write at least 2 characters."}


def test_names_that_are_taken_are_moved_out_of_the_way() -> None:
    test = parse_test(
        form(
            question(FREE, "workerId") + question(choices("a", after=OTHER), "q") + question(FREE, "q/other")
        )
    )
    posted = {"question/workerId": ["A1"], "workerId": ["other"], "q/other/": ["own"], "q/other": ["text"]}
    checked = check_answers(test, posted)
    assert checked.by_question == {
        "workerId": Answer("workerId", "A1"),
        "q": Answer("q", selections=(), other="own"),
        "q/other": Answer("q/other", "text"),
    }
