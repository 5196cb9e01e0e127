"""Signals: what is measured of a submission, at the edges of each threshold."""

import math

import pytest

from manyhands.quality import signals
from manyhands.quality.signals import Signal, Submission
from manyhands.quality.states import SignalKind
from manyhands.web.content import body
from manyhands.web.content.document import prepare
from manyhands.work.layout.fields import LayoutField, fields
from manyhands.work.layout.form_builder import from_json, to_html

BUSY = {"keys": 4, "pointer": 1, "changes": 2, "pastes": 0, "leaves": 0, "away_s": 0, "resumed": 0}
# Half of the batch took from 50 to 70 seconds, 60 in the middle.
QUARTILES = [math.log(50), math.log(60), math.log(70)]


def submission(**columns: object) -> Submission:
    given: dict[str, object] = {
        "assignment_id": 1, "answer": [["meaning", "a bird"]], "reported": dict(BUSY), "seconds": 60.0,
        "input": {"word": "owl"}, "has_own_question": False, "layout_id": 1, "samples": 40,
        "quartiles": QUARTILES, "earlier": [],
    }  # fmt: skip
    return Submission(**(given | columns))  # type: ignore[arg-type]


def kinds(**columns: object) -> list[SignalKind]:
    return [each.kind for each in signals.of(submission(**columns), ())]


def test_ordinary_work_leaves_no_signal() -> None:
    assert kinds() == []


@pytest.mark.feature("C-39")
def test_far_below_the_usual_time_is_noted_with_what_is_usual() -> None:
    edge = 60 * math.exp(-signals.FAST_SDS * math.log(70 / 50) / signals.IQR_SDS)
    assert kinds(seconds=edge + 0.1) == []
    (found,) = signals.of(submission(seconds=edge - 0.1), ())
    assert (found.kind, found.value) == (SignalKind.FAST, edge - 0.1)
    assert found.expectation == pytest.approx(60)


@pytest.mark.feature("C-39")
def test_below_ten_samples_nobody_is_called_fast() -> None:
    assert kinds(seconds=1.0, samples=9) == []
    assert kinds(seconds=1.0, samples=10) == [SignalKind.FAST]


@pytest.mark.feature("C-39")
def test_a_text_answered_before_it_can_be_read_is_noted() -> None:
    text = {"text": "word " * 300}
    assert kinds(input=text, seconds=20.0, samples=0) == []
    assert kinds(input=text, seconds=19.0, samples=0) == [SignalKind.UNREAD]


@pytest.mark.feature("C-40", "M-31")
def test_a_form_filled_in_without_a_key_or_a_pointer_is_noted_as_a_program_s() -> None:
    nothing = dict.fromkeys(BUSY, 0)
    assert kinds(reported=nothing) == [SignalKind.NO_ACTS]
    assert kinds(reported=nothing | {"resumed": 1}) == []
    assert kinds(reported=nothing | {"changes": 1}) == []
    assert kinds(reported=None) == [SignalKind.NO_REPORT]
    assert kinds(reported=None, has_own_question=True) == []


def test_pastes_and_time_elsewhere_are_counts() -> None:
    found = signals.of(submission(reported=BUSY | {"pastes": 2, "away_s": 31}), ())
    assert found == [Signal(SignalKind.PASTES, 2), Signal(SignalKind.AWAY, 31, 60.0)]
    assert kinds(reported=BUSY | {"away_s": 30}) == []


@pytest.mark.feature("C-40")
def test_the_same_answer_ten_times_in_a_row_is_noted() -> None:
    same = [["meaning", "A  bird."]]
    assert kinds(earlier=[same] * 8) == []
    assert kinds(earlier=[same] * 9) == [SignalKind.SAME]
    assert kinds(earlier=[*[same] * 5, [["meaning", "a fish"]], *[same] * 5]) == []


def test_a_long_text_written_again_and_again_is_noted() -> None:
    text = [["meaning", "It is a bird that sleeps by day and hunts by night."]]
    assert kinds(answer=text, earlier=[text]) == []
    assert kinds(answer=text, earlier=[text, text]) == [SignalKind.REPEATED]


CHECKED = (
    '<form><fieldset data-check="green"><legend>Choose green</legend>'
    '<label><input type="radio" name="check" value="red"> Red</label>'
    '<label><input type="radio" name="check" value="green"> Green</label></fieldset>'
    '<label>Say blue <input name="word" data-check=blue></label></form>'
)


@pytest.mark.feature("C-33")
def test_an_attention_check_is_met_by_the_answer_asked_for_and_by_no_other() -> None:
    known = fields(CHECKED)
    assert [(each.name, each.check) for each in known] == [("check", "green"), ("word", "blue")]
    found = signals.of(submission(answer=[["check", "red"], ["word", "blue"]]), known)
    assert found == [
        Signal(SignalKind.CHECK_MISSED, 0.0, 1, "Choose green"),
        Signal(SignalKind.CHECK_MET, 1.0, 1, "Say blue"),
    ]


@pytest.mark.feature("C-33")
def test_what_a_check_asks_for_never_leaves_the_server() -> None:
    page = prepare(CHECKED).render({}, {}).decode()
    assert "data-check" not in page
    assert page.count("green") == CHECKED.count("green") - 1
    assert "blue" not in page.replace("Say blue", "")


@pytest.mark.feature("C-33")
def test_the_form_builder_makes_a_check() -> None:
    spec = {
        "title": "Birds", "questions": [{
            "kind": "check", "name": "care", "label": "Choose the third option", "check": "c",
            "options": ["a", "b", "c"]}],
    }  # fmt: skip
    html = to_html(from_json(spec))
    (made,) = fields(html)
    assert (made.name, made.type, made.check) == ("care", "radio", "c")
    assert 'data-check="c"' in html


def test_a_check_must_ask_for_one_of_its_options() -> None:
    spec = {
        "title": "Birds",
        "questions": [{"kind": "check", "name": "care", "label": "x", "check": "d", "options": ["a", "b"]}],
    }
    with pytest.raises(Exception, match=r"questions\.0\.check"):
        from_json(spec)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('{"keys": 3, "where": "secret", "pointer": true}', {"keys": 3}),
        ('{"keys": -5, "away_s": 99999999999}', {"keys": 0, "away_s": 1_000_000}),
        ("[1]", None),
        ("{", None),
        ('{"keys": ' + "1" * 600 + "}", None),
        ("", None),
    ],
)
def test_only_known_counts_are_taken_from_a_page(sent: str, kept: dict[str, int] | None) -> None:
    pairs = [("meaning", "x"), ("manyhandsReport", sent)]
    assert body.report(pairs) == kept
    assert body.answer(pairs) == [("meaning", "x")]


def test_a_layout_s_fields_without_a_check_have_none() -> None:
    assert fields('<input name="a" title="A">') == (LayoutField("a", "text", False, (), "A"),)
