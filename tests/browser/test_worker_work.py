"""A worker's day in a real browser: find, preview, accept, work, submit, next, finished; and what goes wrong."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from manyhands.accounts.models import Account, Worker
from manyhands.core import ids
from manyhands.messaging.models import ThreadMessage
from manyhands.work.layout import form_builder
from manyhands.work.models import Assignment, AssignmentDraft, HITSkip
from tests import factories

pytestmark = pytest.mark.browser

HTML = form_builder.to_html(
    form_builder.from_json(
        {
            "title": "What is it?",
            "instructions": ["Read the word and say what it is."],
            "shown": [{"column": "word", "kind": "text", "label": "Word"}],
            "questions": [
                {"kind": "single_choice", "name": "kind", "label": "Kind", "options": ["Noun", "Verb"]},
                {"kind": "short_text", "name": "meaning", "label": "Meaning"},
            ],
        }
    )
)

AXE_RUN = "axe.run({ iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"

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


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("#task-frame")


def answer(page: Page, meaning: str) -> None:
    frame(page).get_by_label("Noun").check()
    frame(page).get_by_label("Meaning").fill(meaning)


def open_task(page: Page, worker: Account, published: factories.Published) -> int:
    accepted = factories.accept(worker, published)
    page.goto(f"/assignments/{ids.encode('assignment', accepted.assignment_id)}")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()
    return accepted.assignment_id


def assert_accessible(page: Page) -> None:
    """No violation that axe can find, in the page and in every frame of it."""
    for place in page.frames:
        place.evaluate(AXE_SCRIPT)
        found = place.evaluate(AXE_RUN)["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []


@pytest.mark.feature("W-12")
@pytest.mark.feature("W-29")
@pytest.mark.feature("W-30")
@pytest.mark.feature("W-40")
def test_find_preview_accept_work_submit_next_finished(sign_in: SignIn, requester: Account) -> None:
    published = factories.publish(requester, 2, html=HTML, title="Explain words")
    worker = factories.make_worker()
    page = sign_in(worker)

    page.goto("/tasks")
    page.get_by_role("searchbox").fill("explain")
    expect(page.get_by_text("1 task group matches")).to_be_visible()
    page.get_by_text("Explain words", exact=True).click()
    page.get_by_role("link", name="View").click()
    expect(frame(page).get_by_text("Read the word and say what it is.")).to_be_visible()
    assert not Assignment.objects.exists()

    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^9:5\d$"))
    with page.expect_response("**/settings/auto-accept"):
        page.get_by_label("Automatically accept the next task").check()
    assert Worker.objects.get(pk=worker.pk).auto_accept_next

    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#draft-status")).to_contain_text("Still missing: Kind, Meaning")
    answer(page, "the first")
    first = page.url
    page.get_by_role("button", name="Submit").click()

    expect(page.locator("#draft-status")).to_contain_text("Submitted. This is the next task.")
    expect(frame(page).get_by_text("word 1")).to_be_visible()
    expect(frame(page).get_by_label("Meaning")).to_have_value("")
    second = Assignment.objects.get(hit_id=published.hit_ids[1])
    assert page.url != first
    assert page.url.endswith(ids.encode("assignment", second.pk))
    expect(page.get_by_label("Automatically accept the next task")).to_be_checked()

    answer(page, "the second")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Task group finished")).to_be_visible()
    assert set(Assignment.objects.values_list("status", flat=True)) == {"submitted"}
    submitted = Assignment.objects.values_list("answer", flat=True)
    answers = {dict(pairs or [])["meaning"] for pairs in submitted}
    assert answers == {"the first", "the second"}


@pytest.mark.feature("M-15")
def test_without_auto_accept_the_next_similar_task_is_presented(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    open_task(page, worker, factories.publish(requester, 2, html=HTML))
    answer(page, "done")

    page.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    expect(page.get_by_text("This is another task of the same group.")).to_be_visible()
    expect(frame(page).get_by_text("word 1")).to_be_visible()
    assert Assignment.objects.count() == 1


@pytest.mark.feature("W-66")
def test_a_draft_is_saved_in_words_and_survives_a_reload(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    assignment_id = open_task(page, worker, factories.publish(requester, 1, html=HTML))

    answer(page, "half of it")
    expect(page.locator("#draft-status")).to_contain_text(re.compile(r"Saved \d"))
    page.reload()

    expect(frame(page).get_by_label("Meaning")).to_have_value("half of it")
    expect(frame(page).get_by_label("Noun")).to_be_checked()
    expect(page.locator("#draft-status")).to_contain_text("Saved")
    assert AssignmentDraft.objects.get().assignment_id == assignment_id


def test_a_draft_that_cannot_be_saved_says_so_and_is_sent_again(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    open_task(page, worker, factories.publish(requester, 1, html=HTML))
    page.route("**/draft", lambda route: route.abort())

    answer(page, "kept")
    expect(page.locator("#draft-status")).to_contain_text("Not saved: no connection.")
    page.unroute("**/draft")

    expect(page.locator("#draft-status")).to_contain_text(re.compile(r"^Saved"), timeout=8_000)
    assert ["meaning", "kept"] in AssignmentDraft.objects.get().answer


@pytest.mark.feature("W-31")
@pytest.mark.feature("W-34")
def test_skip_goes_to_another_task_and_return_asks_first(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    published = factories.publish(requester, 2, html=HTML)
    open_task(page, worker, published)

    page.get_by_role("button", name="Skip").click()
    expect(frame(page).get_by_text("word 1")).to_be_visible()
    assert HITSkip.objects.get().hit_id == published.hit_ids[0]

    page.get_by_role("link", name="Return").click()
    page.get_by_role("button", name="Keep working").click()
    assert Assignment.objects.filter(status="accepted").count() == 1
    page.get_by_role("link", name="Return").click()
    page.get_by_role("button", name="Return the task").click()
    expect(page.get_by_text("Task returned.")).to_be_visible()
    assert not Assignment.objects.filter(status="accepted").exists()


@pytest.mark.feature("W-26")
def test_instructions_hide_and_stay_hidden(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    open_task(page, worker, factories.publish(requester, 1, html=HTML))
    words = frame(page).get_by_text("Read the word and say what it is.")

    page.get_by_role("button", name="Hide instructions").click()
    expect(words).to_be_hidden()
    page.reload()
    expect(words).to_be_hidden()
    page.get_by_role("button", name="Show instructions").click()
    expect(words).to_be_visible()


def test_feedback_is_sent_from_the_task(sign_in: SignIn, requester: Account) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    open_task(page, worker, factories.publish(requester, 1, html=HTML))

    page.get_by_role("link", name="Send Feedback").click()
    page.get_by_label("What should Laboratory know about this task?").fill("The word is empty.")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("Your message is with the requester")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert ThreadMessage.objects.get().words == "The word is empty."


@pytest.mark.feature("M-129")
@pytest.mark.feature("M-29")
def test_when_time_is_up_the_page_says_so_and_keeps_what_was_typed(
    sign_in: SignIn, requester: Account
) -> None:
    worker = factories.make_worker()
    page = sign_in(worker)
    assignment_id = factories.accept(worker, factories.publish(requester, 1, html=HTML)).assignment_id
    soon = timezone.now() + timedelta(seconds=4)
    Assignment.objects.filter(pk=assignment_id).update(deadline_at=soon)
    page.goto(f"/assignments/{ids.encode('assignment', assignment_id)}")
    frame(page).get_by_label("Meaning").fill("too slow")

    over = page.get_by_text("The time is over, and the task has gone back to others.")
    expect(over).to_be_visible(timeout=20_000)

    expect(frame(page).get_by_label("Meaning")).to_have_value("too slow")
    expect(page.get_by_role("button", name="Submit")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("too slow")).to_be_visible()


def test_the_whole_path_works_without_scripts(sign_in: SignIn, requester: Account) -> None:
    factories.publish(requester, 1, html=HTML, title="Explain words")
    page = sign_in(factories.make_worker(), java_script_enabled=False)

    page.goto("/tasks")
    page.get_by_role("link", name="Expand all").click()
    page.get_by_role("button", name="Accept & Work").click()
    answer(page, "plain")
    frame(page).get_by_role("button", name="Submit").click()

    expect(frame(page).get_by_text("Submitted").first).to_be_visible()
    assert Assignment.objects.get().status == "submitted"


def test_the_list_opens_by_keys(sign_in: SignIn, requester: Account) -> None:
    for title in ("Older", "Newer"):
        factories.publish(requester, 1, title=title)
    page = sign_in(factories.make_worker())
    page.goto("/tasks")

    for key in ("j", "j", "o"):
        page.keyboard.press(key)

    expect(page.locator("details.group").nth(1)).to_have_attribute("open", "")
    expect(page.locator("details.group").nth(0)).not_to_have_attribute("open", "")


PAGES = ["tasks", "preview", "task", "dashboard", "submissions", "earnings", "finished", "ended"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_320_pixels(
    sign_in: SignIn, requester: Account, scheme: str
) -> None:
    worker = factories.make_worker()
    long_title = "Оцените, насколько связаны по смыслу два слова в предложении 日本語の文を英語に翻訳"
    published = factories.publish(requester, 4, html=HTML, title=long_title)
    ended = factories.accept(worker, published).assignment_id
    factories.submit(worker, ended)
    held = factories.accept(worker, published).assignment_id
    group = f"/projects/{ids.encode('hit_type', published.hit_type_id)}"
    addresses = {
        "tasks": "/tasks?expand=all", "preview": f"{group}/tasks",
        "task": f"/assignments/{ids.encode('assignment', held)}", "dashboard": "/dashboard",
        "submissions": "/submissions", "earnings": "/earnings", "finished": f"{group}/finished",
        "ended": f"/assignments/{ids.encode('assignment', ended)}",
    }  # fmt: skip
    page = sign_in(worker, viewport={"width": 320, "height": 640}, color_scheme=scheme)

    for name in PAGES:
        page.goto(addresses[name])
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
        assert_accessible(page)
