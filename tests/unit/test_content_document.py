"""Preparing a requester's template as a frame document."""

import json
import re
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.web.content import body, document, headers
from manyhands.web.content.pages import language_of
from manyhands.web.frames import PREVIEW_ASSIGNMENT


def rendered(template: str, row: dict[str, str] | None = None, **changed: Any) -> lxml.html.HtmlElement:
    slots = document.slots(
        **{
            "action": "/a/t0ken",
            "assignment": "3ABC",
            "token": "t0ken",
            "title": "A title",
            "submit_label": "Submit",
            "data": {"mode": "work"},
            "layout_token": "l4yout",
        }
        | changed
    )
    html = document.prepare(template).render(row or {}, slots).decode()
    assert "\x00" not in html
    return lxml.html.document_fromstring(html)


@pytest.mark.parametrize(
    "template",
    [
        '<input name="q">',
        '<form action="https://evil.example/" method="get" target="_top"><input name="q"></form>',
        '<form action="//www.mturk.com/mturk/externalSubmit"><input name="q"><button>Go</button></form>',
        '<!doctype html><html lang="ja"><head><title>T</title></head><body><input name="q"></body></html>',
        '<html><body class="x"><form><input name="q"></form></body></html>',
        '<body><input name="q"><input type="submit" formaction="https://evil.example/"></body>',
    ],
)
def test_every_template_becomes_one_form_that_posts_to_us_with_a_submit_button(template: str) -> None:
    page = rendered(template)
    (form,) = page.forms
    assert (form.action, form.method) == ("/a/t0ken", "POST")
    assert form.get("target") is None
    assert form.fields["assignmentId"] == "3ABC"
    assert form.fields["manyhandsToken"] == "t0ken"
    assert form.fields["manyhandsLayout"] == "l4yout"
    assert "q" in form.fields
    buttons = form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']")
    assert len(buttons) == 1
    assert not page.xpath("//*[@formaction]")
    assert len(page.xpath("//head/script[@id='manyhands-data']")) == 1
    assert len(page.xpath("//title")) == 1


def test_a_template_without_a_button_gets_one_that_the_page_around_may_hide() -> None:
    assert rendered('<form><input name="q"></form>').xpath("//form//*[@data-supplied]/button")
    assert not rendered('<form><input name="q"><button>Go</button></form>').xpath("//*[@data-supplied]")


def test_a_field_of_the_templates_own_for_the_assignment_is_filled() -> None:
    page = rendered('<form><input type="hidden" name="assignmentId" id="assignmentId" value=""></form>')
    assert page.get_element_by_id("assignmentId").value == "3ABC"


def test_a_preview_has_no_token_and_a_disabled_button() -> None:
    page = rendered('<input name="q">', token="", assignment=PREVIEW_ASSIGNMENT, preview=True)
    assert page.forms[0].fields["assignmentId"] == "ASSIGNMENT_ID_NOT_AVAILABLE"
    assert "manyhandsToken" not in page.forms[0].fields
    assert page.xpath("//button/@disabled")


def test_addresses_of_mturk_in_scripts_mean_the_content_origin() -> None:
    html = document.prepare(
        '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script>'
        '<script>let to = "https://workersandbox.mturk.com/mturk/externalSubmit"</script><input name="q">'
    ).render(
        {},
        document.slots(action="/a/t0ken", assignment="3A", title="", submit_label="", data={}, token="t0ken"),
    )
    assert b"mturk.com" not in html
    assert b"amazonaws" not in html
    assert re.search(rb'"http://localhost:\d+/a/t0ken/mturk/externalSubmit"', html)


@pytest.mark.parametrize(
    "template",
    [
        "<crowd-form>{}</crowd-form>",
        "<crowd-form>{}",
        "<html><body><div><crowd-form id=f>{}</crowd-form></div></body></html>",
        "<html><body><crowd-form>{}</body></html>",
        '<crowd-form><form action="https://evil.example/">{}</form><p>x</p></crowd-form>',
        '<form action="https://evil.example/"><crowd-form>{}</crowd-form></form>',
        "<crowd-form>{}<crowd-button form-action=submit>Send</crowd-button></crowd-form>",
    ],
)
def test_a_crowd_form_gets_a_real_form_and_a_submit_button(template: str) -> None:
    page = rendered(template.format('<crowd-input name="x"></crowd-input>'))
    (form,) = page.forms
    assert (form.action, form.method) == ("/a/t0ken", "POST")
    assert form.fields["manyhandsToken"] == "t0ken"
    assert form.xpath(".//crowd-input")
    assert len(form.xpath(".//button[@type='submit'] | .//crowd-button[@form-action='submit']")) == 1


def test_two_crowd_forms_are_two_forms() -> None:
    page = rendered("<crowd-form><p>1</p></crowd-form><crowd-form><p>2</p></crowd-form>")
    assert ["".join(form.xpath("./p[not(@class)]/text()")) for form in page.forms] == ["1", "2"]


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://assets.crowd.aws/crowd-html-elements.js", "js"),
        ("//assets.crowd.aws/crowd-html-elements-v2.js", "js"),
        ("http://assets.crowd.aws/beta/crowd-html-elements-v2.0.1.js", "js"),
        ("https://assets.crowd.aws/css/crowd-html-elements-v2.css", "css"),
    ],
)
def test_addresses_of_the_crowd_elements_are_our_own(address: str, ours: str) -> None:
    html = document.prepare(f'<script src="{address}"></script><crowd-form></crowd-form>').render({}, {})
    assert b"crowd.aws" not in html
    assert re.search(rf'src="/static/crowd-html-elements\.{ours}\?v=\w+"'.encode(), html)


@pytest.mark.parametrize(
    ("template", "scheme"),
    [
        ("<p>x</p>", ["light"]),
        ('<meta name="color-scheme" content="dark">', ["dark"]),
        ('<form data-color-scheme="light dark"></form>', ["light dark"]),
        ("<style>:root{color-scheme:dark}</style>", []),
    ],
)
def test_a_template_is_light_unless_it_says_otherwise(template: str, scheme: list[str]) -> None:
    assert rendered(template).xpath("//meta[@name='color-scheme']/@content") == scheme


@given(st.text(alphabet="<>/!-\"'= abformhedyinputscrip${}\n", max_size=120))
def test_no_template_loses_the_frame_or_fails(template: str) -> None:
    html = document.prepare(template).render({}, {"data": '{"x":1}'})
    assert html.count(b"manyhands-data") == 1
    assert b"\x00" not in html


@given(st.text(max_size=60))
def test_data_cannot_end_its_script_element(text: str) -> None:
    encoded = document.script_json({"x": text})
    assert "<" not in encoded
    assert json.loads(encoded) == {"x": text}


def test_missing_knows_names_made_of_the_row_and_what_a_script_made_optional() -> None:
    plain = document.prepare('<input name="a_${id}" required><input name="b" required>')
    scripted = document.prepare('<input name="b" required><script>1</script>')
    row = {"id": "7"}
    assert plain.missing(row, {"a_7": ["x"]}, frozenset()) == ["b"]
    assert plain.missing(row, {"b": ["x"]}, frozenset({"a_7"})) == ["a_7"]
    assert scripted.missing(row, {}, frozenset({"b"})) == []
    assert scripted.missing(row, {}, frozenset()) == ["b"]


def test_reserved_fields_are_no_answers_and_order_and_repeats_are_kept() -> None:
    pairs = [("b", "1"), ("assignmentId", "x"), ("a", "2\r\n3"), ("b", ""), ("manyhandsToken", "t")]
    assert body.answer(pairs) == [("b", "1"), ("a", "2\n3"), ("b", "")]


def test_the_policy_has_a_sandbox_without_the_origin() -> None:
    policy = dict(headers.document())["Content-Security-Policy"]
    sandbox = policy.partition(";")[0].split()
    assert sandbox[0] == "sandbox"
    assert not {"allow-same-origin", "allow-top-navigation", "allow-top-navigation-by-user-activation"} & set(
        sandbox
    )
    assert "connect-src 'none'" in policy
    assert "base-uri 'none'" in policy


@pytest.mark.parametrize(
    ("wishes", "language"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("fr, ja;q=0.5", "ja"), ("fr", "en"), ("", "en")],
)
def test_the_language_follows_the_browser(wishes: str, language: str) -> None:
    assert language_of(wishes) == language


@pytest.mark.parametrize(
    ("html", "reads"),
    [
        ("<script>const p = new URLSearchParams(location.search)</script><input name='q'>", True),
        ("<script>gup(window.location.href)</script><input name='q'>", True),
        ("<script>gup(document.URL)</script><input name='q'>", True),
        ('<script src="https://lab.example/study.js"></script><input name="q">', True),
        ('<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script><input name="q">', False),
        (
            '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script><input name="q">',
            False,
        ),
        ('<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><input name="q">', False),
        ("<p>The location of the shop</p><input name='location'>", False),
        ("<script>show('x')</script><input name='q'>", False),
    ],
)
def test_scripts_that_may_read_the_address_are_known(html: str, reads: bool) -> None:
    assert document.prepare(html).reads_address is reads
