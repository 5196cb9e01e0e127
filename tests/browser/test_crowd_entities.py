"""Labelling parts of a text: by mouse and by keys, with offsets that Python's slices understand."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from manyhands.work.models import Assignment
from tests.browser.crowd import CrowdTask, open_in

pytestmark = pytest.mark.browser

TEXT = "The 👩‍🚀 Ada Lovelace met Charles Babbage in London."
LABELS = (
    "[{'label': 'person', 'shortDisplayName': 'per', 'fullDisplayName': 'Person'},"
    " {'label': 'place', 'shortDisplayName': 'pla', 'fullDisplayName': 'Place'}]"
)
ALONE = (
    f'<crowd-entity-annotation name="x" header="Names" labels="{LABELS}" text="${{text}}">'
    "<short-instructions>Mark the names.</short-instructions></crowd-entity-annotation>"
)
IN_FORM = f"<crowd-form>{ALONE}</crowd-form>"


def word(task: CrowdTask, text: str) -> Any:
    return task[".part"].get_by_text(text, exact=True)


def drag(task: CrowdTask, first: str, last: str) -> None:
    start, end = word(task, first).bounding_box(), word(task, last).bounding_box()
    task.page.mouse.move(start["x"] + 3, start["y"] + 12)
    task.page.mouse.down()
    task.page.mouse.move(end["x"] + 3, end["y"] + 12)
    task.page.mouse.up()


def entities(task: CrowdTask) -> list[tuple[str, str]]:
    found = task.frame.evaluate("document.querySelector('crowd-entity-annotation').value.entities")
    return [(TEXT[each["startOffset"] : each["endOffset"]], each["label"]) for each in found]


def test_parts_are_labelled_by_mouse_also_one_in_another(page: Page) -> None:
    task = open_in(page, IN_FORM, row={"text": TEXT})
    drag(task, "Ada", "Lovelace")
    task.page.keyboard.press("2")
    word(task, "London").click()
    task.frame.get_by_role("radio", name="Person").check()
    drag(task, "Charles", "London")
    assert entities(task) == [
        ("Ada Lovelace", "person"),
        ("Charles Babbage in London", "person"),
        ("London", "place"),
    ]
    task.page.wait_for_function(
        "() => window.heard.some((each) => each.manyhands === 'draft'"
        " && each.answers[0][1].split('endOffset').length === 4)"
    )
    task.saved_draft()
    assert len(entities(task)) == 3
    assert task.violations() == []
    word(task, "Ada").click()
    task.page.keyboard.press("Delete")
    task.frame.get_by_role("button", name="Remove Place: London").click()
    (last,) = task.submit()["x"]["entities"]
    assert TEXT[last["startOffset"] : last["endOffset"]] == "Charles Babbage in London"


def test_parts_are_labelled_by_keys_alone(page: Page) -> None:
    task = open_in(page, IN_FORM, row={"text": TEXT})
    word(task, "The").focus()
    keys = "ArrowRight ArrowRight Shift+ArrowRight 1 ArrowRight ArrowRight 2 Control+z 2"
    for key in keys.split():
        task.page.keyboard.press(key)
    assert entities(task) == [("Ada Lovelace", "person"), ("Charles", "place")]
    task.page.keyboard.press("1")
    assert ("Charles", "person") in entities(task)


def test_letters_can_be_selected_and_what_was_there_is_shown(page: Page) -> None:
    given = IN_FORM.replace(
        'name="x"', "name=\"x\" initial-value=\"[{'startOffset': 4, 'endOffset': 7, 'label': 'place'}]\""
    )
    task = open_in(page, given, row={"text": "日本語東京"})
    task.frame.get_by_role("button", name="Select by letters").click()
    expect(task[".part"]).to_have_count(5)
    word(task, "語").click()
    found = task.answers()["x"]["entities"]
    assert found == [
        {"endOffset": 3, "label": "person", "startOffset": 2},
        {"endOffset": 7, "label": "place", "startOffset": 4},
    ]


def test_it_is_a_form_of_its_own_with_room_for_more_questions(page: Page) -> None:
    more = (
        '<div id="more"><crowd-radio-group><crowd-radio-button name="tech" value="tech">Tech</crowd-radio-button>'
        "</crowd-radio-group></div>"
        "<script>document.addEventListener('all-crowd-elements-ready', () => {"
        "const form = document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('crowd-form');"
        "form.form.appendChild(more);"
        "form.addEventListener('submit', (event) => {"
        " if (!window.asked) event.preventDefault(); window.asked = true; });"
        "});</script>"
    )
    task = open_in(
        page, ALONE.replace("</short-instructions>", f"</short-instructions>{more}"), row={"text": TEXT}
    )
    word(task, "London").click()
    task.frame.get_by_role("radio", name="Tech").check()
    task.frame.get_by_role("button", name="Submit").click()
    assert task.frame.evaluate("window.asked") is True
    assert Assignment.objects.get(pk=task.assignment_id).status == "accepted"
    start = TEXT.index("London")
    assert task.submit() == {
        "tech": {"tech": True},
        "x": {"entities": [{"endOffset": start + 6, "label": "person", "startOffset": start}]},
    }
