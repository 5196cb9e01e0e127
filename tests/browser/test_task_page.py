"""The task page in a real browser: checking answers, breaks, clocks that are wrong, drafts on another device."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.work.models import Assignment, AssignmentDraft
from tests import factories
from tests.browser.test_worker_work import HTML, frame

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]
AXE_RUN = "axe.run({ iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"
HOUR_MS = 3_600_000


@pytest.fixture
def sign_in(new_context: Callable[..., BrowserContext]) -> SignIn:
    def make(account: Account, **options: Any) -> Page:
        client = Client()
        client.force_login(account)
        context = new_context(**options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": settings.SITE_ORIGIN}]
        )
        return context.new_page()

    return make


@pytest.fixture
def worker(live_server: object) -> Account:
    return factories.make_worker(name="Ana")


@pytest.fixture
def held(worker: Account) -> int:
    """An assignment of ten minutes, just accepted."""
    requester = factories.make_requester(name="Laboratory")
    return factories.accept(worker, factories.publish(requester, 2, html=HTML)).assignment_id


def open_task(page: Page, assignment_id: int) -> None:
    page.goto(f"/assignments/{ids.encode('assignment', assignment_id)}")
    expect(page.get_by_role("button", name="Submit", exact=True).first).to_be_enabled()


def about(page: Page) -> None:
    page.get_by_text("About this task", exact=True).click()


@pytest.mark.feature("W-41")
@pytest.mark.feature("M-21")
def test_all_answers_are_checked_once_more_with_what_is_missing(
    sign_in: SignIn, worker: Account, held: int
) -> None:
    page = sign_in(worker)
    open_task(page, held)
    frame(page).get_by_label("Verb").check()
    page.get_by_role("button", name="Check my answers").click()

    dialog = page.get_by_role("dialog", name="Your answers")
    expect(dialog.get_by_text("Kind", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Verb", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Still missing")).to_be_visible()
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(AXE_RUN)["violations"] == []
    page.keyboard.press("Escape")
    assert Assignment.objects.get(pk=held).status == "accepted"

    frame(page).get_by_label("Meaning").fill("<b>to run</b>")
    page.locator(".task-title").click()
    page.keyboard.press("Control+k")
    expect(dialog.get_by_text("<b>to run</b>")).to_be_visible()
    expect(dialog.get_by_text("Still missing")).to_have_count(0)
    dialog.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/tasks?submitted=1")
    assert Assignment.objects.get(pk=held).status == "submitted"


@pytest.mark.feature("W-35")
def test_reports_shortcuts_and_advice_are_on_the_task_page(
    sign_in: SignIn, worker: Account, held: int
) -> None:
    page = sign_in(worker)
    open_task(page, held)
    about(page)
    expect(page.get_by_text("wrong or incomplete answers can be rejected", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Check my answers")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Report this task").click()
    page.wait_for_url(f"**/report?assignment={ids.encode('assignment', held)}")


@pytest.mark.feature("S-27")
def test_a_break_is_suggested_after_work_on_end_and_put_off(sign_in: SignIn, worker: Account) -> None:
    batch = factories.publish(factories.make_requester(), 1, html=HTML, assignment_duration_s=7_200)
    held = factories.accept(worker, batch).assignment_id
    page = sign_in(worker)
    page.clock.install()
    open_task(page, held)
    about(page)
    reminder = page.locator("[data-break]")
    page.get_by_label("Remind me of a break").select_option("25")
    expect(reminder).to_be_hidden()
    for _ in range(8):
        page.clock.run_for(3 * 60_000)
    expect(reminder).to_be_hidden()
    page.clock.run_for(2 * 60_000)
    expect(reminder).to_be_visible()
    timer, box = page.locator("mh-timer").bounding_box(), reminder.bounding_box()
    assert timer is not None
    assert box is not None
    assert box["y"] > timer["y"] + timer["height"]
    page.get_by_role("button", name="Remind me in 10 minutes").click()
    expect(reminder).to_be_hidden()
    for _ in range(4):
        page.clock.run_for(3 * 60_000)
    expect(reminder).to_be_visible()
    page.get_by_role("button", name="I take one").click()
    expect(reminder).to_be_hidden()


@pytest.mark.parametrize("skew_ms", [-3 * HOUR_MS, 5 * HOUR_MS])
def test_a_device_with_a_wrong_clock_shows_the_right_time_left(
    sign_in: SignIn, worker: Account, held: int, skew_ms: int
) -> None:
    page = sign_in(worker)
    page.clock.install(time=timezone.now() + timedelta(milliseconds=skew_ms))
    open_task(page, held)
    expect(page.locator("mh-timer")).to_have_text(re.compile(r"^(9:[345]\d|10:00)$"))


def test_a_clock_set_during_work_is_noticed_and_nothing_typed_is_lost(
    sign_in: SignIn, worker: Account, held: int
) -> None:
    page = sign_in(worker)
    open_task(page, held)
    frame(page).get_by_label("Meaning").fill("kept")
    expect(page.locator("#draft-status")).to_contain_text("Saved")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3600000; }")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("mh-timer")).to_have_text(re.compile(r"^(9:\d\d|10:00)$"))
    expect(frame(page).get_by_label("Meaning")).to_have_value("kept")
    with page.expect_response("**/draft"):
        frame(page).get_by_label("Meaning").fill("kept and more")
    assert ["meaning", "kept and more"] in AssignmentDraft.objects.get(assignment_id=held).answer


def test_after_a_sleep_the_time_left_is_right_at_once(sign_in: SignIn, worker: Account, held: int) -> None:
    page = sign_in(worker)
    page.clock.install()
    open_task(page, held)
    page.clock.fast_forward(9 * 60_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("mh-timer")).to_have_text(re.compile(r"^(0:[0-5]\d|1:00)$"))
    expect(page.locator(".toasts")).to_contain_text("What you type is saved")
    page.clock.fast_forward(60_000)
    expect(page.locator("mh-timer")).to_have_text("Time is up")


def test_what_was_typed_goes_on_at_another_device(sign_in: SignIn, worker: Account, held: int) -> None:
    desk, phone = sign_in(worker), sign_in(worker, viewport={"width": 390, "height": 844}, is_mobile=True)
    open_task(desk, held)
    frame(desk).get_by_label("Noun").check()
    frame(desk).get_by_label("Meaning").fill("begun at the desk")
    expect(desk.locator("#draft-status")).to_contain_text("Saved")

    open_task(phone, held)
    expect(frame(phone).get_by_label("Noun")).to_be_checked()
    expect(frame(phone).get_by_label("Meaning")).to_have_value("begun at the desk")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_task_page_is_accessible_and_fits(
    sign_in: SignIn, worker: Account, held: int, width: int, scheme: str
) -> None:
    page = sign_in(worker, viewport={"width": width, "height": 844}, color_scheme=scheme)
    open_task(page, held)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE_RUN)["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
