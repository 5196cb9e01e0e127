"""Dashboard, profile and account in a real browser: by keyboard, with a passkey, without violations."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from manyhands.accounts import operations
from manyhands.accounts.models import Account, AccountProfile, AccountRequest, WorkerGoal
from manyhands.accounts.reviewing import Application
from tests import factories
from tests.browser.test_worker_work import assert_accessible
from tests.db.test_dashboard_pages import worked

pytestmark = pytest.mark.browser
PASSWORD = "seven blue tractors"
SignIn = Callable[..., Page]
PAGES = {
    "dashboard": "/dashboard?period=30d", "dashboard-all": "/dashboard", "profile": "/profile",
    "settings": "/account/", "devices": "/account/devices/", "data": "/account/data/", "close": "/account/close/",
    "second-step": "/account/2fa/", "terms": "/account/terms/", "password": "/account/password/change/",
    "requests": "/staff/accounts",
}  # fmt: skip


@pytest.fixture
def ann(live_server: object) -> Account:
    made = operations.register(
        name="Ann Example", email="ann@example.org", password=PASSWORD, worker=True, requester=True,
        operator=True, verified=True, time_zone="Europe/Berlin",
    )  # fmt: skip
    AccountProfile.objects.filter(pk=made.account_id).update(country="US")
    return Account.objects.get(pk=made.account_id)


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


def some_life(account: Account) -> None:
    """Work of the last weeks, a goal, a task in hand, an application to decide."""
    published = factories.publish(
        factories.make_requester(name="Laboratory"), 40, reward_minor=150, title="Explain difficult words"
    )
    now = timezone.now()
    for day in range(25):
        worked(
            account, published, now - timedelta(days=day, minutes=9), minutes=4 + day % 7, decision="approved"
        )
    worked(account, published, now, decision="rejected")
    factories.accept(account, published)
    WorkerGoal.objects.create(worker_id=account.pk, period="week", measure="money", target=2_000)
    applied = operations.register(
        name="Very long name of an applicant who writes it all", email="long.address.of.someone@example.org",
        password=PASSWORD, worker=True, requester=False,
        application=Application("JP", agrees_to_participation=True, agrees_to_non_disclosure=True),
    )  # fmt: skip
    AccountRequest.objects.filter(pk=applied.account_id).update(due_at=now - timedelta(days=1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_every_page_is_accessible_and_fits(sign_in: SignIn, ann: Account, width: int, scheme: str) -> None:
    some_life(ann)
    page = sign_in(ann, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name, path in PAGES.items():
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        _keep(page, f"{name}-{width}-{scheme}")
    visitor = page.context.browser.new_context(  # type: ignore[union-attr]
        base_url=settings.SITE_ORIGIN,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    ).new_page()
    for name, path in (("home", "/"), ("signup", "/account/signup/"), ("login", "/account/login/")):
        visitor.goto(path)
        assert_accessible(visitor)
        assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        _keep(visitor, f"{name}-{width}-{scheme}")
    visitor.context.close()


@pytest.mark.feature("W-04", "W-63", "W-101", "W-104")
def test_sign_up_sign_in_and_profile_by_keyboard_alone(new_context: Callable[..., BrowserContext]) -> None:
    context = new_context(timezone_id="Asia/Tokyo", locale="en-US")
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Get Started").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your name").focus()
    page.keyboard.type("Ann Example")
    page.keyboard.press("Tab")
    page.keyboard.type("ann@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type("Germany")
    for label in ("I agree to the participation agreement", "I keep to myself"):
        page.get_by_label(label).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    account = Account.objects.get()
    assert account.time_zone == "Asia/Tokyo"
    assert AccountProfile.objects.get().country == "DE"
    account.emailaddress_set.update(verified=True)  # type: ignore[attr-defined]

    page.goto("/account/login/")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("ann@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_text("Your account is under review")).to_be_visible()
    page.goto("/profile")
    page.get_by_label("Organization").focus()
    page.keyboard.type("ACME")
    page.get_by_label("Organization").press("Enter")
    expect(page.get_by_text("Your profile is updated.")).to_be_visible()
    assert AccountProfile.objects.get().organization == "ACME"


def test_times_follow_the_account_not_the_browser(sign_in: SignIn, ann: Account) -> None:
    page = sign_in(ann, timezone_id="America/New_York", locale="en-US")
    Account.objects.update(created_at="2026-01-15T23:30:00Z")
    page.goto("/dashboard")
    expect(page.get_by_text("Jan 16, 2026, 12:30 AM")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone(
    new_context: Callable[..., BrowserContext], ann: Account
) -> None:
    context = new_context()
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    page.goto("/account/login/?next=/account/2fa/webauthn/add/")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the key").fill("My laptop")
    assert_accessible(page)
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_accessible(page)
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="My laptop")).to_be_visible()

    context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Use a key instead").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def _keep(page: Page, name: str) -> None:
    """Screenshots for looking at, when a folder is named."""
    folder = os.environ.get("SCREENSHOTS", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
