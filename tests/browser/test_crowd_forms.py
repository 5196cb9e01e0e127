"""Crowd elements in a real browser, through the product: what is stored, what is refused, what is kept."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import CrowdTask, open_in

pytestmark = pytest.mark.browser

SURVEY = """
<crowd-form>
  <crowd-instructions link-text="View instructions" link-type="button">
    <short-summary><p>Be brief.</p></short-summary>
    <positive-example><p>Pink, because of flamingos.</p></positive-example>
  </crowd-instructions>
  <p id="q1">Favourite colour of a bird?</p>
  <crowd-input name="colour" label="Colour" required></crowd-input>
  <crowd-text-area name="essay" label="Why" rows="4"></crowd-text-area>
  <crowd-checkbox name="looks" value="blurry">Blurry</crowd-checkbox>
  <crowd-checkbox name="looks" value="dim" checked>Dim</crowd-checkbox>
  <crowd-checkbox name="sure" required>I am sure</crowd-checkbox>
  <crowd-radio-group>
    <crowd-radio-button name="btn1" value="yes">Yes</crowd-radio-button>
    <crowd-radio-button name="btn2" value="no">No</crowd-radio-button>
  </crowd-radio-group>
  <crowd-slider name="much" min="1" max="10" step="1" pin="true" required></crowd-slider>
  <crowd-toggle-button name="likes">Likes birds</crowd-toggle-button>
  <label>Plain <input name="plain"></label>
  <label><input type="radio" name="size" value="small"> Small</label>
  <label><input type="radio" name="size" value="large"> Large</label>
  <crowd-classifier name="kind" categories="['Noun', 'Verb', 'It\\'s other',]" header="Which kind?">
    <classification-target><p>${word}</p></classification-target>
    <short-instructions>Choose the kind.</short-instructions>
    <full-instructions header="All about kinds">Long text.</full-instructions>
  </crowd-classifier>
</crowd-form>
"""


def fill_survey(task: CrowdTask) -> None:
    task["crowd-input input"].fill("pink 🦩")
    task["crowd-text-area textarea"].fill("one\ntwo")
    task.frame.get_by_role("checkbox", name="Blurry").check()
    task.frame.get_by_role("checkbox", name="I am sure").check()
    task.frame.get_by_role("radio", name="No", exact=True).check()
    task["crowd-slider input"].fill("7")
    task.frame.get_by_role("switch").check()
    task.frame.get_by_label("Plain").fill("as it is")
    task.frame.get_by_label("Large").check()
    task.frame.get_by_role("radio", name="Verb").check()


FILLED: dict[str, Any] = {
    "colour": "pink 🦩",
    "essay": "one\ntwo",
    "looks": {"blurry": True, "dim": True},
    "sure": {"on": True},
    "btn1": {"yes": False},
    "btn2": {"no": True},
    "much": 7,
    "likes": {"on": True},
    "plain": "as it is",
    "size": {"small": False, "large": True},
    "kind": {"label": "Verb"},
}


def test_everything_is_stored_as_one_answer_of_one_object(page: Page) -> None:
    task = open_in(page, SURVEY)
    fill_survey(task)
    assert task.submit() == FILLED


def test_a_draft_brings_every_element_back(page: Page) -> None:
    task = open_in(page, SURVEY)
    fill_survey(task)
    task.frame.get_by_role("checkbox", name="Dim").uncheck()
    task.page.wait_for_function(
        r"""() => window.heard.some((each) => each.manyhands === "draft"
            && each.answers[0][1].includes('"label":"Verb"') && each.answers[0][1].includes('"dim":false'))"""
    )
    task.saved_draft()
    expect(task["crowd-input input"]).to_have_value("pink 🦩")
    assert task.answers() == FILLED | {"looks": {"blurry": True, "dim": False}}


def test_what_is_missing_is_said_at_each_element_and_nothing_is_sent(page: Page) -> None:
    task = open_in(page, SURVEY)
    task.frame.get_by_role("button", name="Submit").click()
    (invalid,) = task.heard("invalid")
    assert [each["label"] for each in invalid["fields"]] == ["Colour", "I am sure", "much", "Which kind?"]
    expect(task["crowd-input .problem"]).to_have_text("Answer this question.")
    assert task["crowd-input input"].get_attribute("aria-invalid") == "true"
    task.frame.get_by_role("link", name="Colour").click()
    expect(task["crowd-input input"]).to_be_focused()
    task.page.keyboard.type("red")
    expect(task["crowd-input .problem"]).to_have_text("")
    expect(task.frame.get_by_role("link", name="Colour")).to_have_count(0)
    fill_survey(task)
    assert task.submit()["kind"] == {"label": "Verb"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_crowd_elements_are_accessible_also_when_they_are_refused(page: Page, scheme: Any) -> None:
    task = open_in(page, f'<div data-color-scheme="light dark"></div>{SURVEY}')
    task.page.emulate_media(color_scheme=scheme)
    task.frame.get_by_role("button", name="Submit").click()
    task.heard("invalid")
    assert task.violations() == []
