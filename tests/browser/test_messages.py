"""Messages in a real browser: asking from the task list, answering, filters, badge, settings; at every width."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AccountId
from manyhands.messaging import notices
from manyhands.messaging.models import Notice
from manyhands.messaging.states import NoticeKind
from tests import factories
from tests.db.test_messaging_notices import approve, handed_in, reject

pytestmark = pytest.mark.browser

AXE_RUN = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"
# A cold first page on a busy machine.
SLOW_MS = 15_000

SignIn = Callable[..., Page]


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
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        return page

    return make


@pytest.fixture
def requester(live_server: object) -> Account:
    return factories.make_requester(name="Ornithology Lab")


@pytest.fixture
def worker(live_server: object) -> Account:
    return factories.make_worker(name="Ana")


@pytest.mark.feature("M-35", "M-36", "M-37", "W-68", "M-143")
def test_a_question_from_the_task_list_is_answered_in_the_requesters_inbox(
    sign_in: SignIn, requester: Account, worker: Account
) -> None:
    factories.publish(requester, 3, title="Is it a bird?")
    ana, lab = sign_in(worker), sign_in(requester)

    ana.goto("/tasks")
    ana.get_by_text("Is it a bird?").first.click()
    ana.get_by_role("link", name="Contact this requester").click()
    ana.get_by_label("Your question to Ornithology Lab").fill("Do bats count?")
    expect(ana.get_by_text("Your name and e-mail address are passed to the requester")).to_be_visible()
    ana.get_by_role("button", name="Send").click()
    expect(ana.get_by_text("An answer may take a few days.")).to_be_visible()
    expect(ana.get_by_text("Do bats count?")).to_be_visible()

    lab.goto("/requester/")
    expect(lab.get_by_role("link", name="Messages 1 unread")).to_be_visible()
    lab.get_by_role("link", name="Messages 1 unread").click()
    lab.get_by_role("link", name="Is it a bird?").click()
    lab.get_by_label("Your message").fill("No, only birds.")
    lab.get_by_role("button", name="Send").click()
    expect(lab.get_by_text("No, only birds.")).to_be_visible()

    ana.goto("/messages?unread=1")
    ana.get_by_role("link", name="Is it a bird?").click()
    expect(ana.get_by_text("No, only birds.")).to_be_visible()
    ana.get_by_role("link", name="Messages", exact=True).first.click()
    ana.get_by_role("link", name="Unread only").click()
    expect(ana.get_by_text("Nothing is unread")).to_be_visible()


def test_without_scripts_a_question_is_asked_on_its_own_page(
    sign_in: SignIn, requester: Account, worker: Account
) -> None:
    group = factories.publish(requester, 1, title="Is it a bird?")
    ana = sign_in(worker, java_script_enabled=False)
    ana.goto(f"/projects/{ids.encode('hit_type', group.hit_type_id)}/tasks")
    ana.get_by_text("About this task").click()
    ana.get_by_role("link", name="Contact this requester").click()
    ana.get_by_label("Your question").fill("Do bats count?")
    ana.get_by_role("button", name="Send").click()
    expect(ana.get_by_text("Do bats count?")).to_be_visible()
    ana.goto("/messages/settings")
    ana.get_by_label("E-mail: Payments").select_option("In a daily mail")
    ana.get_by_role("button", name="Save").click()
    expect(ana.get_by_label("E-mail: Payments")).to_have_value("daily")


def filled_inbox(requester: Account, worker: Account) -> dict[str, str]:
    """An inbox with one of everything; the addresses of its pages."""
    taken = handed_in(requester, worker, 6)
    approve(requester, taken[:4], feedback="Very careful work, thank you.")
    reject(requester, taken[4:5], words="The picture shows a bat. Bats are mammals.")
    notices.tell_decisions()
    me = AccountId(worker.pk)
    notices.tell_one(NoticeKind.QUALIFICATION, me, name="Fluent in English", outcome="granted", score=92)
    notices.tell_one(NoticeKind.NEW_TASKS, me, count=3, search="birds and their songs")
    notices.tell_one(
        NoticeKind.POLICY, me, title="Обновление правил: как долго проверяются ответы",
        words="日本語の長い文章もここに表示されます。" * 12,
    )  # fmt: skip
    group = factories.publish(requester, 1, title="Оцените, насколько связаны по смыслу два слова " * 2)
    visitor = Client()
    visitor.force_login(worker)
    url = f"/messages/contact/{ids.encode('hit_type', group.hit_type_id)}"
    visitor.post(
        url, {"words": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3 + "\n\nDo bats count?"}
    )
    thread = Notice.objects.get(account=worker, kind=NoticeKind.MESSAGE)
    theirs = Notice.objects.get(account=requester, kind=NoticeKind.MESSAGE)
    approved = Notice.objects.get(kind=NoticeKind.DECISION_APPROVED)
    rejected = Notice.objects.get(kind=NoticeKind.DECISION_REJECTED)
    page = {name: f"/messages/{ids.encode('notice', entry.pk)}" for name, entry in (
        ("thread", thread), ("approved", approved), ("rejected", rejected))}  # fmt: skip
    page["requester thread"] = f"/requester/messages/{ids.encode('notice', theirs.pk)}"
    return page | {
        "inbox": "/messages", "contact": url, "settings": "/messages/settings",
        "requester inbox": "/requester/messages",
    }  # fmt: skip


def test_pages_fit_every_width_and_have_no_axe_violation(
    sign_in: SignIn, requester: Account, worker: Account
) -> None:
    pages = filled_inbox(requester, worker)
    for width in (320, 1280):
        viewport = {"width": width, "height": 800}
        of = {
            "requester": sign_in(requester, viewport=viewport),
            "worker": sign_in(worker, viewport=viewport),
        }
        for name, url in pages.items():
            page = of["requester" if name.startswith("requester") else "worker"]
            page.goto(url)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, (name, width, over)
            page.evaluate(AXE_SCRIPT)
            found = page.evaluate(AXE_RUN)["violations"]
            assert found == [], (name, width, [(each["id"], each["nodes"][0]["html"]) for each in found])
