"""Crowd elements in a layout: what answers, what is wrong, and their answer taken apart."""

import json

import pytest

from manyhands.web.requester.present import answer_lines
from manyhands.work.layout.crowd import expanded
from manyhands.work.layout.fields import LayoutField, check_fields, fields

SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
CROWD = f'{SCRIPT}<crowd-form><crowd-input name="a"></crowd-input><input name="b" required></crowd-form>'


@pytest.mark.parametrize(
    "html", [CROWD, f'{SCRIPT}<crowd-entity-annotation name="x"></crowd-entity-annotation>']
)
def test_a_crowd_layout_has_one_field(html: str) -> None:
    assert fields(html) == (LayoutField("taskAnswers", "crowd", False, (), ""),)


@pytest.mark.parametrize(
    ("html", "messages"),
    [
        (f'{SCRIPT}<crowd-form><crowd-input name="a"></crowd-input></crowd-form>', []),
        (
            '<crowd-form><crowd-input name="a"></crowd-input></crowd-form>',
            ["The template uses crowd elements, but does not load crowd-html-elements.js."],
        ),
        (
            f"{SCRIPT}<crowd-form><crowd-checkbox></crowd-checkbox></crowd-form>",
            ["A field has no name, so its answer is lost."],
        ),
        (
            f"{SCRIPT}<crowd-form><crowd-card></crowd-card></crowd-form>",
            ["The template has no input field, so a worker cannot answer."],
        ),
    ],
)
def test_what_is_wrong_with_crowd_elements_is_said(html: str, messages: list[str]) -> None:
    assert [problem.message for problem in check_fields(html)] == messages


def test_an_answer_of_crowd_elements_is_read_by_name() -> None:
    answer = [["taskAnswers", '[{"colour": "pink", "kind": {"label": "Verb"}}]']]
    assert expanded(answer) == [("colour", "pink"), ("kind", '{"label": "Verb"}')]
    assert [(line.name, line.values) for line in answer_lines(answer, fields(CROWD))] == [
        ("colour", ["pink"]),
        ("kind", ['{"label": "Verb"}']),
    ]


def test_a_masks_picture_is_cut_short_for_people() -> None:
    answer = [["taskAnswers", json.dumps([{"x": {"labeledImage": {"pngImageData": "A" * 5000}, "a": 1}}])]]
    assert expanded(answer) == [("x", '{"labeledImage": {"pngImageData": "AAAAAAAAAAAAAAAA…"}, "a": 1}')]


@pytest.mark.parametrize("value", ["", "[", "[1]", "[{}, {}]", '"text"'])
def test_what_only_bears_the_name_stays_as_it_is(value: str) -> None:
    assert expanded([["taskAnswers", value], ["other", "x"]]) == [("taskAnswers", value), ("other", "x")]
