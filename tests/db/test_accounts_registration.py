"""Sign-up and the confirmation of the e-mail address, through the pages a visitor uses."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings

from manyhands.accounts.models import Account
from manyhands.messaging.models import MailMessage
from tests.conftest import Database

PASSWORD = "seven blue tractors"
AGREED = {"country": "DE", "agrees": "on", "keeps_quiet": "on"}


@pytest.fixture
def visitor(database: Database) -> Client:
    return Client()


def sign_up(
    visitor: Client, email: str = "ann@example.org", wants: tuple[str, ...] = ("worker",)
) -> HttpResponse:
    data = {"name": "Ann Example", "email": email, "password1": PASSWORD, "wants": list(wants)} | AGREED
    return visitor.post("/account/signup/", data)


def log_in(visitor: Client, email: str = "ann@example.org", password: str = PASSWORD) -> HttpResponse:
    return visitor.post("/account/login/", {"login": email, "password": password})


def is_logged_in(visitor: Client) -> bool:
    return visitor.get("/account/").status_code == 200


def links_mailed_to(email: str) -> list[str]:
    """Paths of the confirmation links, oldest first."""
    bodies = MailMessage.objects.filter(recipient=email).order_by("id").values_list("body", flat=True)
    return [path for body in bodies for path in re.findall(r"http://\S+?(/account/confirm-email/\S+)", body)]


@pytest.mark.feature("W-02")
def test_signing_up_makes_an_unconfirmed_account_and_mails_one_link(visitor: Client) -> None:
    answer = sign_up(visitor)

    assert (answer.status_code, answer["Location"]) == (302, "/account/confirm-email/")
    assert EmailAddress.objects.filter(email="ann@example.org", verified=False, primary=True).count() == 1
    assert len(links_mailed_to("ann@example.org")) == 1
    assert "ann@example.org" in visitor.get("/account/confirm-email/").content.decode()


@pytest.mark.feature("W-03", "W-04", "M-123")
def test_the_link_activates_the_account_and_leads_to_log_in(visitor: Client) -> None:
    sign_up(visitor)
    (link,) = links_mailed_to("ann@example.org")

    confirmed = Client().get(link)

    assert (confirmed.status_code, confirmed["Location"]) == (302, "/account/login/")
    fresh = Client()
    assert log_in(fresh)["Location"] == "/"
    assert is_logged_in(fresh)


@pytest.mark.feature("W-03")
def test_an_unconfirmed_account_cannot_log_in_and_is_told_how_to_go_on(visitor: Client) -> None:
    sign_up(visitor)
    fresh = Client()

    answer = log_in(fresh)

    assert answer["Location"] == "/account/confirm-email/"
    assert not is_logged_in(fresh)
    page = fresh.get("/account/confirm-email/").content.decode()
    assert "Confirm your e-mail address before you sign in" in page
    assert 'action="/account/confirm-email/again/"' in page


@pytest.mark.feature("W-02", "W-03")
def test_a_link_works_once_and_its_second_use_offers_a_new_one(visitor: Client) -> None:
    sign_up(visitor)
    (link,) = links_mailed_to("ann@example.org")
    visitor.get(link)

    second = Client().get(link)

    assert second.status_code == 410
    assert "This link was used before" in second.content.decode()
    assert 'action="/account/confirm-email/again/"' in second.content.decode()


@pytest.mark.feature("W-03")
def test_an_expired_link_changes_nothing_and_offers_a_new_one(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(visitor)
    (link,) = links_mailed_to("ann@example.org")
    later = signing.time.time() + timedelta(days=3, seconds=5).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later)

    answer = visitor.get(link)

    assert answer.status_code == 410
    assert 'action="/account/confirm-email/again/"' in answer.content.decode()
    assert EmailAddress.objects.filter(verified=True).count() == 0


def test_a_tampered_link_is_not_found_and_changes_nothing(visitor: Client) -> None:
    sign_up(visitor)
    (link,) = links_mailed_to("ann@example.org")

    answer = visitor.get(link[:-2] + ("A/" if link[-2] != "A" else "B/"))

    assert answer.status_code == 404
    assert EmailAddress.objects.filter(verified=True).count() == 0


@pytest.mark.feature("W-03")
def test_another_link_can_be_asked_for_once_a_minute(visitor: Client) -> None:
    sign_up(visitor)
    again = {"email": "ANN@example.org"}

    # Within the minute of the first link nothing more is sent; the answer does not say so.
    within = visitor.post("/account/confirm-email/again/", again)
    assert len(links_mailed_to("ann@example.org")) == 1

    from django.core.cache import cache

    cache.clear()  # the minute has passed
    after = visitor.post("/account/confirm-email/again/", again)

    first, second = links_mailed_to("ann@example.org")
    assert (within["Location"], after["Location"]) == ("/account/confirm-email/", "/account/confirm-email/")
    assert visitor.get(second)["Location"] == "/account/login/"
    assert visitor.get(first).status_code == 410, "the earlier link dies with the first use"


def test_asking_for_a_link_tells_nothing_about_who_has_an_account(visitor: Client) -> None:
    sign_up(visitor, "known@example.org")
    visitor.get(links_mailed_to("known@example.org")[0])
    mails = MailMessage.objects.count()

    answers = []
    for email in ("known@example.org", "nobody@example.org"):
        stranger = Client()
        stranger.post("/account/confirm-email/again/", {"email": email})
        answers.append(stranger.get("/account/confirm-email/").content.decode().replace(email, "X"))

    assert _plain(answers[0]) == _plain(answers[1])
    assert MailMessage.objects.count() == mails


def test_asking_for_links_is_limited_by_the_asker(visitor: Client) -> None:
    ask = {"email": "nobody@example.org"}
    codes = [visitor.post("/account/confirm-email/again/", ask).status_code for _ in range(6)]
    assert codes == [302, 302, 302, 302, 302, 429]


def test_signing_up_with_a_taken_address_looks_the_same_and_tells_its_owner(visitor: Client) -> None:
    sign_up(visitor)
    visitor.get(links_mailed_to("ann@example.org")[0])
    from django.core.cache import cache

    cache.clear()
    stranger = Client()

    answer = sign_up(stranger, "Ann@Example.org")

    assert answer["Location"] == "/account/confirm-email/"
    assert Account.objects.count() == 1
    newest = MailMessage.objects.latest("id")
    assert (newest.recipient, newest.subject) == ("ann@example.org", "You have an account already")


@pytest.mark.feature("S-01", "M-99")
@pytest.mark.parametrize(
    ("wants", "worker", "requester", "landing"),
    [
        (("worker",), True, False, "/"),
        (("requester",), False, True, "/requester/"),
        (("worker", "requester"), True, True, "/"),
    ],
)
def test_a_person_chooses_one_role_or_both(
    visitor: Client, wants: tuple[str, ...], worker: bool, requester: bool, landing: str
) -> None:
    sign_up(visitor, wants=wants)
    visitor.get(links_mailed_to("ann@example.org")[0])

    assert log_in(visitor)["Location"] == landing

    account = Account.objects.get()
    assert (account.is_worker, account.is_requester) == (worker, requester)
    assert (hasattr(account, "worker"), hasattr(account, "requester")) == (worker, requester)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wants": []}, "Choose at least one: do tasks, or publish tasks."),
        ({"name": "  "}, "Enter your name."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"password1": "short"}, "at least 10 characters"),
        ({"password1": "ann@example.org"}, "too similar"),
    ],
)
def test_a_bad_entry_is_named_and_nothing_is_made(
    visitor: Client, change: dict[str, object], message: str
) -> None:
    data = {"name": "Ann", "email": "ann@example.org", "password1": PASSWORD, "wants": ["worker"]}
    data = data | AGREED | change
    page = visitor.post("/account/signup/", data).content.decode()
    assert message in page
    assert (Account.objects.count(), MailMessage.objects.count()) == (0, 0)


def test_the_language_of_the_request_becomes_the_accounts(visitor: Client) -> None:
    data = {"name": "Анна", "email": "anna@example.org", "password1": PASSWORD, "wants": ["worker"]}
    data |= AGREED
    visitor.post("/account/signup/", data, headers={"accept-language": "ru"})
    assert Account.objects.get().language == "ru"


@pytest.mark.parametrize(("profile", "held"), [("marketplace", True), ("volunteers", False)])
def test_a_new_workers_hold_belongs_to_the_marketplace(visitor: Client, profile: str, held: bool) -> None:
    with override_settings(PROFILE=profile):
        sign_up(visitor)
    account = Account.objects.select_related("worker").get()
    assert (account.worker.hold_until is not None) == held
    if account.worker.hold_until:
        assert account.worker.hold_until - account.created_at > timedelta(days=10, seconds=-5)


def _plain(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"', "", page)
