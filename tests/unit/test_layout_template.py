"""Templates: placeholders, escaping for every place a value can land in, problems by name."""

import json
from html.parser import HTMLParser

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.work.layout.fields import fields
from manyhands.work.layout.template import (
    LAYOUT_BYTES_MAX,
    check_layout,
    compile_layout,
    placeholders,
    render,
)

# What a cell can hold: CSV input refuses NUL and control characters; lone surrogates are not UTF-8.
CELLS = st.text(
    st.one_of(
        st.sampled_from("<>&\"'`=/\\ \t\n\r${};:#!-"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=40,
)
FORM = '<form><label>Answer <input name="answer"></label></form>'


class Parsed(HTMLParser):
    """What a browser would make of the document: tags with attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a cell became a comment")


def test_placeholders_are_named_once_in_order_of_first_use_with_their_case() -> None:
    assert placeholders("${b} ${a.x-1} ${B} ${b} ${1no} ${ no } $b {b}") == ("b", "a.x-1", "B")


@given(CELLS)
def test_a_cell_comes_back_unchanged_as_text_and_as_attribute_and_makes_no_markup(cell: str) -> None:
    parsed = Parsed(render("<p title=\"${c}\" lang='${c}' id=${c} class=a${c}b hidden>${c}</p>", {"c": cell}))
    assert parsed.tags == [
        ("p", {"title": cell, "lang": cell, "id": cell, "class": f"a{cell}b", "hidden": None})
    ]
    assert parsed.text == cell


@given(CELLS)
def test_a_cell_inside_a_script_stays_inside_its_string(cell: str) -> None:
    html = render('<script type="application/json">"${c}"</script>', {"c": cell})
    assert html.count("<") == 2
    assert json.loads(html.removeprefix('<script type="application/json">').removesuffix("</script>")) == cell


@given(CELLS)
def test_a_cell_in_a_tag_outside_of_values_makes_no_attribute_with_a_value(cell: str) -> None:
    parsed = Parsed(render("<input ${c}><h${c}>", {"c": cell}))
    assert len(parsed.tags) == 2
    assert not any(value for _, attributes in parsed.tags for value in attributes.values())


@given(CELLS, CELLS)
def test_rendering_a_compiled_layout_equals_replacing_by_hand(first: str, second: str) -> None:
    compiled = compile_layout("a${x}b${y}${x}c")
    assert Parsed(compiled.render({"x": first, "y": second})).text == f"a{first}b{second}{first}c"


@given(st.text(max_size=200))
def test_no_text_makes_checking_or_compiling_fail(html: str) -> None:
    check_layout(html, ["a"])
    compile_layout(html).render({"a": "1"})


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "a", "b", "=", '"', "'", "${a}", " ", "/", "!--", "--", "<script>", "</script>"]
        )
    )
)
def test_no_arrangement_of_markup_loses_literal_text(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert render(html, {}).replace('"', "").replace("&quot;", "") == html.replace('"', "")


def test_a_placeholder_without_a_column_stays_visible() -> None:
    assert render("<b>${gone}</b>", {}) == "<b>${gone}</b>"


def test_an_event_handler_keeps_the_cell_inside_its_string() -> None:
    (tag,) = Parsed(render("<a onclick=\"f('${c}')\">", {"c": "');alert('"})).tags
    assert tag == ("a", {"onclick": r"f('\u0027);alert(\u0027')"})


def test_an_unknown_placeholder_is_named_with_its_line() -> None:
    (problem,) = check_layout(f"<h1>x</h1>\n<p>${{tetx}}</p>{FORM}", ["text"])
    assert (problem.severity, problem.line) == ("error", 2)
    assert "tetx" in problem.message


def test_a_placeholder_of_another_case_is_unknown_and_the_column_is_suggested() -> None:
    (problem,) = check_layout("${Text}" + FORM, ["text"])
    assert "“Text”" in problem.message
    assert "“text”" in problem.message


@pytest.mark.parametrize(
    "html",
    [
        "",
        "  \n",
        "<p>Only words</p>",
        "<form><input type=submit></form>",
        FORM + "<script>let a",
        FORM + "<!-- x",
        FORM + '<img alt="',
        FORM + "<base href=x>",
        FORM + "\x00",
        FORM + "x" * LAYOUT_BYTES_MAX,
    ],
)
def test_a_template_that_cannot_work_is_refused(html: str) -> None:
    assert [problem.severity for problem in check_layout(html, [])] == ["error"]


def test_a_good_template_has_no_problem() -> None:
    assert check_layout(f'<img src="${{url}}" alt="">{FORM}', ["url", "other"]) == []


@pytest.mark.parametrize(
    "html",
    [
        FORM + '<label>x<input type="file" name="f" multiple></label>',
        FORM + "<img src=x>",
        '<input name="q">',
        FORM + "<label>x<input></label>",
        FORM + "${ a }",
        "<script>make()</script>",
        "<form><form></form></form>" + FORM,
    ],
)
def test_what_may_be_meant_is_a_warning(html: str) -> None:
    assert [problem.severity for problem in check_layout(html, [])] == ["warning"]


def test_an_element_of_very_many_attributes_is_refused_before_a_tree_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = " ".join(f"a{number}" for number in range(1_500))
    assert not [
        each for each in check_layout(f"<p {many[:4_000]}>x</p>{FORM}", []) if each.severity == "error"
    ]
    monkeypatch.setattr(lxml.html, "document_fromstring", pytest.fail)
    for html in (f"<p {many}>x</p>{FORM}", f"{FORM}<p title='>' {many} <b>", f'<p title=">" {many}>x'):
        (problem,) = check_layout(html, [])
        assert "more than 1000 attributes" in problem.message
        assert fields(html) == ()
