"""The examples with crowd elements, as a requester gets them: they open, are accessible, and submit."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from manyhands.web.requester import examples
from manyhands.work.layout.template import check_layout
from tests.browser.crowd import open_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["image-boxes", "review-classification", "named-entities"])
def test_an_example_works_at_every_width(page: Page, key: str, scheme: Any) -> None:
    example = examples.find(key)
    assert example is not None
    assert check_layout(example.html, example.sample) == []
    page.emulate_media(color_scheme=scheme)
    task = open_in(page, example.html, row=example.sample, script="")
    if key == "image-boxes":
        task.frame.get_by_role("button", name="Add in the middle").click()
        expect(task["svg .shape"]).to_have_count(1)
    elif key == "review-classification":
        task.frame.get_by_role("radio", name="Delivery").check()
    else:
        task[".part"].get_by_text("London", exact=True).click()
    assert task.violations() == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert task.frame.evaluate("document.documentElement.scrollWidth") <= 320
    answer = task.submit()
    assert {
        "image-boxes": lambda: answer["boxes"]["boundingBoxes"][0]["label"] == "Person",
        "review-classification": lambda: answer == {"subject": {"label": "Delivery"}},
        "named-entities": lambda: answer["entities"]["entities"][0]["label"] == "person",
    }[key]()
