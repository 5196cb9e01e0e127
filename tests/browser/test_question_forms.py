"""A question form as a worker meets it: nothing for axe to find, narrow and dark, and answered without scripts."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Request

from manyhands.questions import forms
from manyhands.questions.answers import Answer
from manyhands.questions.checking import check_answers
from manyhands.questions.forms import QuestionForm
from manyhands.questions.parsing import parse_question
from manyhands.questions.rendering import render_form
from tests.unit.test_questions_parsing import FULL, choices, question

pytestmark = pytest.mark.browser

STYLE = Path(forms.__file__).parents[1] / "frontend" / "frame" / "frame.css"
AXE_RUN = """async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations
  .map((each) => each.id + ': ' + each.nodes.map((node) => node.html).join(' '))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def whole_form() -> QuestionForm:
    """Every element of the grammar, every suggestion with one and with several, and an 'other' in each control."""
    other = "<OtherSelection><Constraints><Length minLength='2'/></Constraints></OtherSelection>"
    styled = [
        question(
            choices(
                "one",
                "two",
                "three",
                before=f"<MaxSelectionCount>{most}</MaxSelectionCount><StyleSuggestion>{style}</StyleSuggestion>",
                after=other if most == 1 else "",
            ),
            f"{style}{most}",
            f"<Text>{style}, {most}</Text>"
            "<FormattedContent><![CDATA[<table border='1'><tr><td bgcolor='yellow'>a</td></tr></table>]]>"
            "</FormattedContent>",
        )
        for style in forms.Style
        for most in (1, 2)
    ]
    form = parse_question(FULL.replace("</QuestionForm>", "".join(styled) + "</QuestionForm>"))
    assert isinstance(form, QuestionForm)
    return form


def document(form: QuestionForm, *, wrong: bool) -> str:
    problems = {each.identifier: "Choose an answer." for each in form.questions} if wrong else {}
    answers = {"move": Answer("move", "12"), "winner": Answer("winner", selections=("x",), other="both")}
    return (
        '<!doctype html><html lang="en"><head><title>Task</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<style>{STYLE.read_text()}</style></head><body><main><form class='mh-form' method='post'"
        f" action='https://content.example/submit'><h1>Task</h1>{render_form(form, answers, problems)}"
        '<p class="mh-actions"><button>Submit</button></p></form></main></body></html>'
    )


@pytest.mark.parametrize(("scheme", "wrong"), [("light", True), ("dark", False)])
def test_nothing_is_in_the_way_of_anybody(
    new_context: Callable[..., BrowserContext], scheme: str, wrong: bool
) -> None:
    context = new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    context.route("https://example.org/**", lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.set_content(document(whole_form(), wrong=wrong))
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(AXE_RUN) == []
    assert page.evaluate(SIDEWAYS) == 0


def test_a_form_is_answered_by_keyboard_and_without_scripts(
    new_context: Callable[..., BrowserContext],
) -> None:
    form = whole_form()
    context = new_context(java_script_enabled=False)
    context.route("https://example.org/**", lambda route: route.fulfill(status=204))
    sent: list[Request] = []
    context.route(
        "https://content.example/**",
        lambda route: (sent.append(route.request), route.fulfill(body="Thank you"))[-1],
    )
    page = context.new_page()
    page.set_content(document(form, wrong=False))

    page.get_by_label("Your move").fill("7")
    page.get_by_role("group", name="Who wins?").get_by_label("O", exact=True).press("Space")
    page.get_by_role("group", name="radiobutton, 1").get_by_label("two").press("Space")
    page.get_by_label("dropdown, 1").select_option("three")
    page.get_by_role("group", name="checkbox, 1").get_by_label("Your own answer").fill("four")
    page.get_by_role("button", name="Submit").press("Enter")
    page.get_by_text("Thank you").wait_for()

    checked = check_answers(form, parse_qs(sent[0].post_data or "", keep_blank_values=True))
    assert checked.problems == {"winner": "Choose at most 2 answers."}
    assert checked.by_question["move"] == Answer("move", "7")
    assert checked.selections["winner"] == ("x", "o")
    assert checked.selections["radiobutton1"] == ("two",)
    assert checked.selections["dropdown1"] == ("three",)
    assert checked.by_question["checkbox1"] == Answer("checkbox1", selections=(), other="four")
