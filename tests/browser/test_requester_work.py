"""A requester's day in a real browser: from an example to published tasks, and review by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.work.models import HIT, Assignment, Batch, Layout
from tests import factories

pytestmark = pytest.mark.browser

AXE_RUN = "axe.run({ iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"
CHOICE_HTML = """<form><p>${word}</p><fieldset><legend>Kind</legend>
<label><input type="radio" name="kind" value="n" required> Noun</label>
<label><input type="radio" name="kind" value="v" required> Verb</label></fieldset></form>"""

SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(new_context: Callable[..., BrowserContext]) -> SignIn:
    """A page of a browser in which this person is signed in; ``options`` are the context's."""

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
def requester(live_server: object) -> Account:
    return factories.make_requester(name="Laboratory")


def batch_url(batch_id: int, name: str = "batch") -> str:
    return reverse(name, args=[ids.encode("batch", batch_id)])


def submitted(requester: Account, count: int) -> factories.Published:
    """A batch whose first ``count`` tasks are handed in by as many workers."""
    made = factories.publish(requester, count + 2, html=CHOICE_HTML)
    for number in range(count):
        worker = factories.make_worker()
        accepted = factories.accept(worker, made, made.hit_ids[number])
        factories.submit(worker, accepted.assignment_id, [("kind", "nv"[number % 2])])
    return made


@pytest.mark.feature("W-17", "S-03", "M-142")
def test_a_requester_publishes_from_an_example_with_live_preview_and_price(
    requester: Account, sign_in: SignIn
) -> None:
    page = sign_in(requester)
    page.goto("/requester/")
    page.get_by_role("link", name="New project").first.click()
    page.get_by_role("link", name="Sentiment").click()
    page.get_by_role("button", name="Go on to the question").click()

    preview = page.frame_locator("[data-preview] iframe:not(.is-next)")
    expect(preview.get_by_text("the lid came loose")).to_be_visible()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('<p>${review}</p><label>Sounds <input name="sounds" required></label>')
    expect(preview.get_by_label("Sounds")).to_be_visible()
    expect(page.locator("#layout-problems")).to_contain_text("No problems found.")
    page.get_by_role("button", name="Save and upload rows").click()

    rows = b"review\nGood\nBad\nFine <b>indeed</b>\n"
    page.get_by_label("CSV file").set_input_files(
        {"name": "reviews.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.get_by_role("button", name="Check the file").click()

    expect(preview.get_by_text("Good")).to_be_visible()
    page.get_by_role("button", name="Next row").click()
    page.get_by_role("button", name="Next row").click()
    expect(preview.get_by_text("Fine <b>indeed</b>")).to_be_visible()
    page.get_by_label("Reward").fill("0.10")
    expect(page.get_by_role("link", name="Publish 3 tasks for $1.08")).to_be_visible()
    page.get_by_role("link", name="Publish 3 tasks for $1.08").click()
    page.get_by_role("button", name="Publish 3 tasks for $1.08").click()

    expect(page.get_by_text("3 tasks are published.")).to_be_visible()
    assert HIT.objects.count() == 3
    assert Batch.objects.get().status == "published"


def test_the_form_builder_shows_what_is_typed_beside_it(requester: Account, sign_in: SignIn) -> None:
    project_id = factories.make_project(requester)
    page = sign_in(requester)
    page.goto(reverse("form_builder", args=[ids.encode("project", project_id)]))
    preview = page.frame_locator("[data-preview] iframe:not(.is-next)")

    page.get_by_label("Question 1", exact=True).fill("Is it a noun?")
    expect(preview.get_by_text("Is it a noun?")).to_be_visible()
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question 2", exact=True).fill("How sure are you?")
    page.locator("#question-1-kind").select_option("rating")
    expect(page.locator("#question-1-options")).to_be_hidden()
    expect(preview.get_by_text("How sure are you?")).to_be_visible()
    page.get_by_role("button", name="Save and upload rows").click()

    expect(page.get_by_role("heading", name="Upload rows")).to_be_visible()
    assert "How sure are you?" in Layout.objects.latest("version").html


@pytest.mark.feature("W-13", "W-36", "M-102", "S-06")
def test_everything_in_review_is_done_by_keyboard_alone(requester: Account, sign_in: SignIn) -> None:
    made = submitted(requester, 5)
    page = sign_in(requester)
    page.goto(batch_url(made.batch_id, "review"))
    press = page.keyboard.press

    press("j")
    press("a")
    expect(page.locator(".review-row").nth(0)).to_contain_text("Approved")
    expect(page.locator(".review-answer").nth(1)).to_be_focused()
    press("r")
    expect(page.locator("select:visible")).to_be_focused()
    press("ArrowDown")  # not by typing ahead: that depends on how fast the machine is
    press("ArrowDown")
    press("Tab")
    page.keyboard.type("A verb, not a noun.")
    press("Control+Enter")
    expect(page.locator(".review-row").nth(1)).to_contain_text("A verb, not a noun.")
    expect(page.locator(".review-answer").nth(2)).to_be_focused()
    press("s")
    page.keyboard.type("Please look again.")
    press("Control+Enter")
    expect(page.locator(".review-row").nth(2)).to_contain_text("Sent back")
    expect(page.locator(".review-answer").nth(3)).to_be_focused()
    press("x")
    press("j")
    press("x")
    press("Shift+A")
    expect(page.get_by_text("2 approved.")).to_be_visible()

    statuses = list(Assignment.objects.order_by("id").values_list("status", flat=True))
    assert statuses == ["approved", "rejected", "correction", "approved", "approved"]


def test_a_rejection_without_words_says_so_in_place_and_keeps_the_focus_there(
    requester: Account, sign_in: SignIn
) -> None:
    made = submitted(requester, 1)
    page = sign_in(requester)
    page.goto(batch_url(made.batch_id, "review"))

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("Choose a reason.")
    expect(page.get_by_label("Reason").last).to_be_focused()
    assert Assignment.objects.get().status == "submitted"


def test_the_batch_page_follows_the_work_without_being_reloaded(requester: Account, sign_in: SignIn) -> None:
    made = submitted(requester, 1)
    page = sign_in(requester)
    page.goto(batch_url(made.batch_id))
    expect(page.locator("#live")).to_contain_text("To review 1")

    worker = factories.make_worker()
    factories.submit(worker, factories.accept(worker, made).assignment_id, [("kind", "n")])

    expect(page.locator("#live")).to_contain_text("To review 2", timeout=9_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_fault_or_scrolls_sideways_on_a_narrow_phone(
    requester: Account, sign_in: SignIn, scheme: str
) -> None:
    made = submitted(requester, 3)
    draft = factories.upload(requester, made.project_id, 5)
    project = ids.encode("project", made.project_id)
    page = sign_in(requester, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    first = Assignment.objects.earliest("id")
    one = reverse(
        "review_assignment", args=[ids.encode("batch", made.batch_id), ids.encode("assignment", first.pk)]
    )
    urls = [
        "/requester/", "/requester/money", "/requester/projects/new", "/requester/projects/new?start=translation", one,
        *(reverse(name, args=[project]) for name in ("project", "layout", "form_builder", "upload", "project_archive")),
        *(batch_url(made.batch_id, name) for name in ("batch", "review", "answers", "batch_extend", "batch_expire")),
        batch_url(draft), batch_url(draft, "batch_publish"),
    ]  # fmt: skip

    for url in urls:
        page.goto(url)
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(AXE_RUN)["violations"]
        assert not found, (
            url,
            [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found],
        )
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, url
