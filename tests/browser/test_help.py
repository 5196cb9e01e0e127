"""Help in a real browser: nothing for axe to find, no sideways scroll, by keyboard, without scripts."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AccountId
from manyhands.help.models import Ticket
from manyhands.help.operations import forum, tickets
from manyhands.help.states import TicketStatus
from tests import factories
from tests.harness.servers import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database")]

AXE_RUN = "axe.run({ iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"
LONG = "Длинноеслово" * 20 + " https://example.org/" + "a" * 200

Log = Callable[..., Client]
NewContext = Callable[..., BrowserContext]


def signed_in(
    new_context: NewContext, client: Log, server: LiveServer, account: Account, **options: object
) -> Page:
    context = new_context(**options)
    cookie = client(account).cookies["manyhands_session"].value
    context.add_cookies([{"name": "manyhands_session", "value": cookie, "url": server.url}])
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_help_has_a_barrier_or_scrolls_sideways(
    new_context: NewContext, client: Log, live_server: LiveServer, scheme: str
) -> None:
    staff = factories.make_account(worker=True, is_operator=True, name="Olga")
    me = AccountId(staff.pk)
    asked = tickets.ask(account_id=me, email="", topic="training", text=LONG, language="en", source="x")
    tickets.answer(ticket_id=asked.ticket_id, staff_id=me, text=f"> {LONG}\nYes.", then=TicketStatus.WAITING)
    posted = forum.start_thread(account_id=me, category="tasks", title=LONG[:150], text=LONG, name="Olga")
    hidden = forum.write_post(account_id=me, thread_id=posted.thread_id, text="Buy this")
    forum.report_post(account_id=me, post_id=posted.post_id, reason=LONG[:400])
    forum.hide_post(staff_id=me, post_id=hidden.post_id, reason=LONG[:400])
    thread, post = (
        reverse("forum_thread", args=[posted.thread_id]),
        reverse("forum_post", args=[posted.post_id]),
    )
    page = signed_in(
        new_context, client, live_server, staff, viewport={"width": 320, "height": 700}, color_scheme=scheme
    )
    for url in (
        "/help/", "/help/faq", "/help/faq?q=paid", "/help/faq?q=zebra", "/help/safety", "/help/learning",
        "/help/desk/new", "/help/questions", f"/help/questions/{asked.number}", "/help/desk?status=all",
        f"/help/desk/{asked.number}", "/help/links", "/help/forum", "/help/forum/in/tasks", thread,
        "/help/forum/in/site/new", "/help/forum/search?q=example", "/help/forum/reports", f"{post}/hide",
        f"{post}/edit", f"{thread}/lock",
    ):  # fmt: skip
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, url
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(AXE_RUN)["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], url


@pytest.mark.feature("C-43")
@pytest.mark.feature("C-49")
def test_a_worker_asks_from_a_task_by_keyboard_alone_without_scripts(
    new_context: NewContext, client: Log, live_server: LiveServer
) -> None:
    worker = factories.make_worker()
    published = factories.publish(factories.make_requester(), 2, title="Is it a bird?")
    held = factories.accept(worker, published).assignment_id
    page = signed_in(new_context, client, live_server, worker, java_script_enabled=False)
    page.goto(f"/help/desk/new?assignment={ids.encode('assignment', held)}")
    expect(page.locator("main")).to_contain_text("Is it a bird?")

    page.locator("#id_topic").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Is a bat a bird?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".said")).to_contain_text("Is a bat a bird?")
    assert Ticket.objects.values_list("assignment_id", flat=True).get() == held


def test_a_link_to_an_answer_opens_it(page: Page) -> None:
    page.goto("/help/faq#when-paid")
    expect(page.locator("#when-paid")).to_be_visible()
    expect(page.locator("#tax")).to_be_hidden()
