"""Finding work in a real browser: filters that live in the address, saved searches, reports; at every width."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts.models import Account
from manyhands.catalog.models import HITTypeFacts, SavedSearch
from manyhands.moderation.models import Report
from tests import factories
from tests.factories import Published

pytestmark = pytest.mark.browser

AXE_RUN = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"

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
        return context.new_page()

    return make


def known_pay(published: Published, pay_minor: int) -> None:
    HITTypeFacts.objects.create(
        hit_type_id=published.hit_type_id, decided_count=1_204, rejected_count=31, worker_count=86,
        pay_low_minor=pay_minor - 200, pay_median_minor=pay_minor, pay_high_minor=pay_minor + 300, work_s=34,
        decision_s=7_400, payment_s=7_800, work_samples=[], decision_samples=[], payment_samples=[],
    )  # fmt: skip


@pytest.fixture
def market(live_server: object) -> Account:
    """Groups of two requesters: measured, new, guarded, with a bonus."""
    lab, bureau = factories.make_requester(name="Ornithology Lab"), factories.make_requester(name="Bureau")
    known_pay(factories.publish(lab, 12, title="Is it a bird?", reward_minor=9), 950)
    known_pay(factories.publish(bureau, 3, title="Transcribe a receipt", reward_minor=25), 420)
    factories.publish(
        lab, 5, title="Describe a feather", reward_minor=15, description="A bonus for the best."
    )
    guarded = factories.publish(bureau, 2, title="Translate a letter", sub_category="translation")
    factories.require(guarded, name="Fluent in Japanese")
    return factories.make_worker(name="Ana")


def assert_looks_right(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE_RUN)["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def shown(page: Page) -> list[str]:
    return page.locator(".group-title").all_inner_texts()


@pytest.mark.feature("M-128")
@pytest.mark.feature("M-138")
@pytest.mark.feature("M-34")
def test_filters_narrow_at_once_combine_live_in_the_address_and_are_dropped(
    sign_in: SignIn, market: Account
) -> None:
    page = sign_in(market)
    page.goto("/tasks")
    page.locator("#task-filters > summary").click()
    page.get_by_label("Pay per hour, at least").fill("4.2")
    page.get_by_label("Pay per hour, at least").press("Tab")
    expect(page.locator(".group-title")).to_have_count(2)
    page.get_by_label("Order").select_option("pay")
    expect(page).to_have_url(re.compile(r"/tasks\?sort=pay&pay=4\.2$|/tasks\?pay=4\.2&sort=pay$"))
    expect(page.locator(".group-title").first).to_have_text("Is it a bird?")

    page.get_by_text("Is it a bird?", exact=True).click()
    expect(page.get_by_text("$9.50 in the middle, half of the work between $7.50 and $12.50")).to_be_visible()
    expect(page.get_by_text("2.6% of 1,204 decisions").first).to_be_visible()
    page.get_by_role("link", name="Only this requester").first.click()
    expect(page.get_by_text("Only Ornithology Lab")).to_be_visible()
    assert set(shown(page)) == {"Is it a bird?", "Describe a feather"}

    page.locator("#task-filters > summary").scroll_into_view_if_needed()
    page.get_by_label("Bonus offered").check()
    expect(page.locator(".group-title")).to_have_count(1)
    page.reload()
    assert shown(page) == ["Describe a feather"]
    page.get_by_role("link", name=re.compile("^Only Ornithology Lab")).click()
    expect(page.get_by_text("Too new to say: 0 decisions so far.", exact=False)).to_be_attached()
    assert shown(page) == ["Describe a feather"]


def test_a_search_is_saved_by_keyboard_and_found_again(sign_in: SignIn, market: Account) -> None:
    page = sign_in(market)
    page.goto("/tasks")
    page.keyboard.press("/")
    page.keyboard.type("bird")
    expect(page.get_by_text("1 task group matches")).to_be_visible()
    page.locator(".save-search > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").focus()
    page.keyboard.press("End")
    page.keyboard.type(" watching")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Search saved. We tell you when a new task group fits it.")).to_be_visible()
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.criteria, saved.alerts) == ("bird watching", {"text": "bird"}, True)
    page.goto("/tasks")
    page.get_by_role("link", name="bird watching").click()
    expect(page.get_by_role("searchbox")).to_have_value("bird")


@pytest.mark.feature("W-57")
@pytest.mark.feature("M-22")
def test_reporting_and_the_inactive_view_work_without_scripts(sign_in: SignIn, market: Account) -> None:
    page = sign_in(market, java_script_enabled=False)
    page.goto("/tasks?all=1&q=translate&expand=all")
    expect(page.get_by_text("You cannot view or accept these tasks", exact=False)).to_contain_text(
        "Fluent in Japanese"
    )
    assert page.locator(".group-acts a[href]").count() == 0
    page.get_by_role("link", name="Report this task").click()
    page.get_by_label("Policy violation").check()
    page.get_by_label("What should the operators know?").fill("It asks for a password.")
    page.get_by_role("button", name="Send report").click()

    expect(page.get_by_text("Thank you. The operators look at your report")).to_be_visible()
    assert Report.objects.get().words == "It asks for a password."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_pages_of_finding_are_accessible_and_fit(
    sign_in: SignIn, market: Account, width: int, scheme: str
) -> None:
    SavedSearch.objects.create(worker_id=market.pk, name="Birds", criteria={"text": "bird"}, alerts=True)
    page = sign_in(market, viewport={"width": width, "height": 900}, color_scheme=scheme)
    group = re.compile(r"/projects/3[0-9A-Z]+/report")
    for url in (
        "/tasks", "/tasks?expand=all&pay=1&new=7&bonus=1&sort=suggested&all=1&min=0.01&max=9",
        "/tasks?expand=all&all=1", "/tasks?q=letter", "/tasks/searches", "/install", "/offline",
    ):  # fmt: skip
        page.goto(url)
        assert_looks_right(page)
    page.goto("/tasks?expand=all")
    found = group.search(page.content())
    assert found
    page.goto(found[0])
    assert_looks_right(page)
