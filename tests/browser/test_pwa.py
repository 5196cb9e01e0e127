"""The installable app in a real browser: offline page, nothing private kept, notifications."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from tests import factories

pytestmark = pytest.mark.browser

ACTIVE = """navigator.serviceWorker.ready.then((it) => new Promise((done) => {
    const look = () => it.active?.state === "activated" ? done(true) : setTimeout(look, 50);
    look();
}))"""


@pytest.fixture
def page_of(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    def make(account: Account, **options: Any) -> Page:
        client = Client()
        client.force_login(account)
        context = new_context(service_workers="allow", **options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": settings.SITE_ORIGIN}]
        )
        return context.new_page()

    return make


def test_without_a_network_the_offline_page_stands_in_and_nothing_private_is_kept(
    page_of: Callable[..., Page], live_server: object
) -> None:
    factories.publish(factories.make_requester(), 1, title="A private find")
    page = page_of(factories.make_worker(name="Ana Secret"))
    page.goto("/tasks")
    assert page.evaluate(ACTIVE)
    page.goto("/tasks")
    expect(page.get_by_text("A private find", exact=True)).to_be_visible()

    kept = page.evaluate(
        """async () => { const found = []; for (const name of await caches.keys()) {
             const cache = await caches.open(name);
             for (const one of await cache.keys()) {
               found.push([new URL(one.url).pathname, await (await cache.match(one)).text()]);
             }
           } return found; }"""
    )
    assert {path for path, _ in kept} == {
        "/offline", "/static/built/site.css", "/static/built/site.js", "/static/django_htmx/htmx-2.min.js",
        "/static/img/favicon.svg",
    }  # fmt: skip
    assert not any("Secret" in text or "private find" in text for _, text in kept)

    page.context.set_offline(True)
    page.goto("/dashboard")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderTopWidth") == "1px"
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_the_whole_site_works_behind_the_service_worker(
    page_of: Callable[..., Page], live_server: object
) -> None:
    worker = factories.make_worker()
    factories.publish(factories.make_requester(), 2, title="Explain words")
    page = page_of(worker)
    page.goto("/tasks")
    assert page.evaluate(ACTIVE)
    page.goto("/tasks?expand=all")
    page.get_by_role("button", name="Accept & Work").click()
    frame = page.frame_locator("#task-frame")
    frame.get_by_label("Meaning").fill("done")
    page.get_by_role("button", name="Submit", exact=True).first.click()
    page.wait_for_url("**/tasks?submitted=1")


def test_a_push_is_shown_with_its_words_and_leads_only_to_this_site(
    page_of: Callable[..., Page], live_server: object
) -> None:
    page = page_of(factories.make_worker())
    page.context.grant_permissions(["notifications"])
    page.goto("/tasks")
    assert page.evaluate(ACTIVE)
    worker = page.context.service_workers[0]

    shown = worker.evaluate(
        """async () => {
             for (const data of ['{"title":"Approved","body":"You earned $1.","url":"/messages","tag":"a"}',
                                 '{"title":"Bad","url":"https://evil.example/","tag":"b"}', 'not json']) {
               const event = new PushEvent("push", { data });
               const waits = []; event.waitUntil = (one) => waits.push(one);
               self.dispatchEvent(event); await Promise.all(waits);
             }
             return (await self.registration.getNotifications()).map((one) => [one.title, one.body, one.data.url]);
           }"""
    )

    told = {title: (body, url) for title, body, url in shown}
    assert told["Approved"] == ("You earned $1.", f"{settings.SITE_ORIGIN}/messages")
    assert told["Bad"][1] == settings.SITE_ORIGIN
    assert told["Manyhands"][0] == ""
