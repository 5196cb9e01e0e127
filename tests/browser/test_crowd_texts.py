"""Ranking responses and writing questions with answers, with the attributes of published templates."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import open_in

pytestmark = pytest.mark.browser

RANKING = """
<crowd-form>
  <crowd-text-ranking name="rank" text="${text}" responses='["One way.", "Another way."]'
    ordinal-ranking-dimensions='[{"name":"Clarity","allowTie":true},{"name":"Tone","allowTie":false}]'>
    <short-instructions><p>Rank them.</p></short-instructions>
  </crowd-text-ranking>
</crowd-form>
"""
QUESTIONS = """
<crowd-form id="qa" style="display: none"></crowd-form>
<crowd-question-answer-generation crowd-form-element-id="qa" text="${text}" min-questions="1" max-questions="2"
  question-max-words="5" question-tags='["Who", "Where"]' allow-custom-tags="true"
  instructions="- Be brief"></crowd-question-answer-generation>
"""


def test_ranks_by_measure_with_ties_where_they_are_allowed(page: Page) -> None:
    task = open_in(page, RANKING, row={"text": "How?"})
    clarity = task.frame.get_by_role("group", name="Clarity").get_by_role("combobox")
    tone = task.frame.get_by_role("group", name="Tone").get_by_role("combobox")
    for select in (clarity.nth(0), clarity.nth(1), tone.nth(0), tone.nth(1)):
        select.select_option("1")
    task.frame.get_by_role("button", name="Submit").click()
    task.heard("invalid")
    expect(task["crowd-text-ranking .problem"]).to_have_text("Give every rank only once: Tone.")
    assert task.violations() == []
    tone.nth(0).select_option("2")
    task.page.wait_for_function(
        "() => window.heard.some((each) => each.manyhands === 'draft' && each.answers[0][1].includes('[2,1]'))"
    )
    task.saved_draft()
    assert task.submit() == {"rank": {"Clarity": [1, 1], "Tone": [2, 1]}}


def test_questions_with_tags_and_the_sentences_they_rest_on(page: Page) -> None:
    text = "Ada 🦩 lived in London. She met Charles."
    task = open_in(page, QUESTIONS, row={"text": text})
    task.frame.get_by_label("Question", exact=True).fill("one two three four five six")
    task.frame.get_by_label("Answer", exact=True).fill("London")
    task.say_submit()
    task.heard("invalid")
    problem = task["crowd-question-answer-generation .problem"]
    expect(problem).to_have_text("Question 1 may have at most this many words: 5.")
    task.frame.get_by_label("Question", exact=True).fill("Where did Ada live?")
    expect(problem).to_have_text("")
    task.frame.get_by_label("Where").check()
    task.frame.get_by_label("A tag of your own").fill("place")
    task.page.keyboard.press("Tab")
    expect(task.frame.get_by_label("place", exact=True)).to_be_checked()
    task.frame.get_by_text("Sentences it rests on").click()
    task.frame.get_by_label("Ada 🦩 lived in London.").check()
    assert task.violations() == []
    task.frame.get_by_role("button", name="Add a question").click()
    expect(task.frame.get_by_role("button", name="Add a question")).to_be_disabled()
    task.frame.get_by_role("button", name="Remove Question 2").click()
    task.say_submit()
    assert task.stored() == {
        "qa": {
            "questionAnswers": [
                {
                    "question": "Where did Ada live?",
                    "answer": "London",
                    "tags": ["Where", "place"],
                    "references": [{"startOffset": 0, "endOffset": text.index(" She")}],
                }
            ]
        }
    }
