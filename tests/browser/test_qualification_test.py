"""A qualification in a real browser: found, read, taken on the content origin, and what it opened."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import FrameLocator, Page, expect

from manyhands.accounts.models import Account
from manyhands.qualifications.models import Qualification, QualificationRequest
from manyhands.qualifications.states import RequestStatus
from manyhands.replay import demo_qualifications
from tests.browser.test_task_page import AXE_RUN, SignIn, sign_in, worker
from tests.browser.test_worker_work import frame
from tests.db.test_ways_pages import require

pytestmark = pytest.mark.browser
__all__ = ["sign_in", "worker"]

NAME = "English: reading and writing"


def choose(test: FrameLocator, right: int) -> None:
    """Answer all eight questions, so many right."""
    for number, (sentence, word, wrong) in enumerate(demo_qualifications._SENTENCES):
        group = test.get_by_role("group", name=sentence)
        group.get_by_label(word if number < right else wrong[0], exact=True).check()


@pytest.mark.feature("M-136", "W-53", "W-08", "C-02")
def test_a_test_is_read_taken_kept_over_a_reload_and_opens_its_tasks(
    worker: Account, sign_in: SignIn, axe: Callable[[Page], None]
) -> None:
    demo_qualifications.seed()
    kind = Qualification._meta.get_field("qualification_type").related_model.objects.get(name=NAME)
    require(kind.pk, reward=25, title="Translate menus")
    page = sign_in(worker)
    page.goto("/qualifications/available")
    axe(page)
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=NAME))
    expect(row).to_contain_text("2 tasks")
    row.get_by_role("link", name="Request it").click()
    expect(page.get_by_role("heading", name="Read this first")).to_be_visible()
    axe(page)

    page.get_by_role("button", name="Begin the test").click()
    test = frame(page)
    expect(page.get_by_role("timer")).to_have_text(re.compile("1[45]:"))
    choose(test, 8)
    expect(page.locator("#draft-status")).to_contain_text("Saved")
    page.reload()
    test = frame(page)
    first = test.get_by_role("group", name=demo_qualifications._SENTENCES[0][0])
    expect(first.get_by_label(demo_qualifications._SENTENCES[0][1], exact=True)).to_be_checked()
    axe(page)
    page.get_by_role("button", name="Submit", exact=True).first.click()

    expect(page.get_by_text("You passed. The qualification is yours.")).to_be_visible()
    axe(page)
    assert QualificationRequest.objects.get().status == RequestStatus.GRANTED
    page.goto("/tasks")
    expect(page.get_by_text("Translate menus").first).to_be_visible()
    page.goto("/qualifications")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("100")
    axe(page)


def test_a_question_left_out_is_marked_in_the_frame_and_nothing_is_handed_in(
    worker: Account, sign_in: SignIn
) -> None:
    demo_qualifications.seed()
    page = sign_in(worker, viewport={"width": 320, "height": 640})
    page.goto("/qualifications/available")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=NAME))
    row.get_by_role("link", name="Request it").click()
    page.get_by_role("button", name="Begin the test").click()
    test = frame(page)
    test.get_by_label("is", exact=True).first.check()
    page.get_by_role("button", name="Submit", exact=True).first.click()

    expect(test.get_by_role("alert")).to_be_visible()
    expect(test.locator(".mh-question.mh-invalid")).to_have_count(7)
    assert QualificationRequest.objects.get().status == RequestStatus.TAKING


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Nothing for axe to find on the page as it is."""

    def check(page: Page) -> None:
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(AXE_RUN)["violations"]
        assert not found, [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]

    return check
