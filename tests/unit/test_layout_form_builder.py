"""The form builder: JSON in and out, and the template it makes."""

from typing import Any

import pytest

from manyhands.core.errors import InvalidInput
from manyhands.work.layout import form_builder
from manyhands.work.layout.fields import fields
from manyhands.work.layout.template import check_layout

FORM: dict[str, Any] = {
    "title": "Tell what <you> see",
    "instructions": ["Look closely.", "Be honest."],
    "shown": [
        {"column": "image", "kind": "image", "label": "The picture"},
        {"column": "text", "kind": "text"},
        {"column": "page", "kind": "link", "label": "Source"},
    ],
    "questions": [
        {"kind": "single_choice", "name": "animal", "label": "Which?", "options": ["Cat", "Dog"]},
        {"kind": "multiple_choice", "name": "parts", "label": "Parts", "options": ["Ear", "Paw"]},
        {"kind": "short_text", "name": "name", "label": "Name", "help": "As written.", "required": False},
        {"kind": "long_text", "name": "why", "label": "Why ${text}?"},
        {"kind": "number", "name": "legs", "label": "Legs"},
        {"kind": "yes_no", "name": "indoors", "label": "Indoors?"},
        {"kind": "rating", "name": "quality", "label": "Quality"},
    ],
}


def test_a_form_survives_the_way_to_json_and_back() -> None:
    spec = form_builder.from_json(FORM)
    assert form_builder.from_json(form_builder.to_json(spec)) == spec


def test_a_built_template_has_no_problem_and_all_its_fields() -> None:
    html = form_builder.to_html(form_builder.from_json(FORM))
    assert check_layout(html, ["image", "text", "page"]) == []
    found = {field.name: field for field in fields(html)}
    assert list(found) == ["animal", "parts", "name", "why", "legs", "indoors", "quality"]
    assert [name for name, field in found.items() if not field.required] == ["name"]
    assert [option.value for option in found["quality"].options] == ["1", "2", "3", "4", "5"]
    assert found["parts"].label == "Parts"
    assert "Tell what &lt;you&gt; see" in html
    assert "data-instructions" in html


@pytest.mark.parametrize(
    ("change", "fields_named"),
    [
        ({"title": " "}, ["title"]),
        ({"questions": []}, ["questions"]),
        ({"questions": "x"}, ["questions"]),
        ({"shown": [{"column": "no good", "kind": "film"}]}, ["shown.0.kind", "shown.0.column"]),
        (
            {"questions": [{"kind": "single_choice", "name": "workerId", "label": "", "options": ["one"]}]},
            ["questions.0.options", "questions.0.name", "questions.0.label"],
        ),
        ({"questions": [FORM["questions"][4], FORM["questions"][4]]}, ["questions.1.name"]),
    ],
)
def test_each_mistake_is_named_by_its_path(change: dict[str, Any], fields_named: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        form_builder.from_json(FORM | change)
    assert list(refused.value.errors) == fields_named


@pytest.mark.parametrize("document", ["{", "[]", "null", b"\xff"])
def test_what_is_no_form_is_refused_and_not_a_crash(document: str | bytes) -> None:
    with pytest.raises(InvalidInput):
        form_builder.from_json(document)
