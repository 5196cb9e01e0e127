"""Applying for an account: terms, country, and the operator's decision."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from manyhands.accounts import reviewing
from manyhands.accounts.models import Account, AccountProfile, AccountRequest, Agreement, AuditEntry, Worker
from manyhands.accounts.states import TRANSITIONS, AccountStatus
from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId
from manyhands.messaging.models import MailMessage
from tests import factories
from tests.conftest import Database

PASSWORD = "seven blue tractors"
COMPLETE = {
    "name": "Ann Example", "email": "ann@example.org", "password1": PASSWORD, "wants": ["worker"],
    "country": "DE", "agrees": "on", "keeps_quiet": "on",
}  # fmt: skip


@pytest.fixture
def visitor(database: Database) -> Client:
    return Client()


def apply(visitor: Client, **change: object) -> Account:
    visitor.post("/account/signup/", COMPLETE | change)
    account = Account.objects.get(email=change.get("email", "ann@example.org"))
    account.emailaddress_set.update(verified=True)  # type: ignore[attr-defined]
    return account


def signed_in(account: Account) -> Client:
    client = Client()
    client.post("/account/login/", {"login": account.email, "password": PASSWORD})
    return client


def operator() -> Account:
    return factories.make_account(is_operator=True)


@pytest.mark.feature("M-04")
def test_get_started_leads_a_visitor_to_the_application(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    header = page[page.index("<header") : page.index("</header>")]
    assert 'href="/account/signup/">Get Started</a>' in header


@pytest.mark.feature("M-05", "C-41")
@pytest.mark.parametrize("left_out", ["agrees", "keeps_quiet"])
def test_without_agreeing_nothing_is_sent(visitor: Client, left_out: str) -> None:
    given = {name: value for name, value in COMPLETE.items() if name != left_out}
    answer = visitor.post("/account/signup/", given)
    assert "there is no account" in answer.content.decode()
    assert Account.objects.count() == 0


@pytest.mark.feature("M-05", "C-41")
def test_what_was_agreed_to_is_kept_with_its_version_and_time(visitor: Client) -> None:
    account = apply(visitor)
    kept = {each.kind: each for each in Agreement.objects.filter(account=account)}
    assert set(kept) == {"participation", "non-disclosure"}
    assert {each.version for each in kept.values()} == {reviewing.TERMS_VERSION}
    assert all(timezone.now() - each.at < timedelta(minutes=1) for each in kept.values())


@pytest.mark.feature("M-06")
@pytest.mark.parametrize("country", ["", "XX", "Germany"])
def test_the_country_of_residence_is_required(visitor: Client, country: str) -> None:
    visitor.post("/account/signup/", COMPLETE | {"country": country})
    assert Account.objects.count() == 0
    assert AccountProfile.objects.count() == 0


@pytest.mark.feature("M-125")
def test_sign_up_shows_terms_and_guidelines_of_both_sides(visitor: Client) -> None:
    page = visitor.get("/account/signup/").content.decode()
    for part in ("participation", "non-disclosure", "workers", "requesters"):
        assert f'href="/account/terms/#{part}"' in page
        assert f'id="{part}"' in visitor.get("/account/terms/").content.decode()


@pytest.mark.feature("M-08")
def test_an_account_under_review_sees_so_and_cannot_accept(visitor: Client) -> None:
    published = factories.publish(factories.make_requester(), 1)
    account = apply(visitor)
    assert account.status == AccountStatus.PENDING
    browser = signed_in(account)

    assert "Your account is under review" in browser.get("/dashboard").content.decode()
    group = f"/projects/{ids.encode('hit_type', published.hit_type_id)}/tasks"
    answer = browser.post(f"{group}/accept_random")

    assert answer.status_code == 403
    with pytest.raises(Refusal):
        factories.accept(account, published)
    assert Worker.objects.get(pk=account.pk).accepted_day_count == 0


@pytest.mark.feature("M-07")
def test_an_approval_lets_in_tells_by_mail_and_is_on_record(visitor: Client) -> None:
    account, olga = apply(visitor), operator()
    staff = Client()
    staff.force_login(olga)
    assert "Ann Example" in staff.get("/staff/accounts").content.decode()

    staff.post(f"/staff/accounts/{ids.encode_account(account.pk)}/approve")

    account.refresh_from_db()
    assert account.status == AccountStatus.ACTIVE
    told = MailMessage.objects.latest("id")
    assert (told.recipient, told.subject) == ("ann@example.org", "Your account is approved")
    entry = AuditEntry.objects.get(act="account.approve")
    assert (entry.actor_id, entry.subject) == (olga.pk, f"account:{account.pk}")
    assert "Ann Example" not in staff.get("/staff/accounts").content.decode()


@pytest.mark.feature("M-07")
def test_a_refusal_needs_a_reason_and_sends_it(visitor: Client) -> None:
    account, olga = apply(visitor), operator()
    browser, staff = signed_in(account), Client()
    staff.force_login(olga)
    url = f"/staff/accounts/{ids.encode_account(account.pk)}/refuse"

    assert staff.post(url, {"reason": "  "}).status_code == 422
    assert Account.objects.get(pk=account.pk).status == AccountStatus.PENDING
    staff.post(url, {"reason": "You have an <b>account</b> already."})

    assert Account.objects.get(pk=account.pk).status == AccountStatus.REFUSED
    assert "You have an <b>account</b> already." in MailMessage.objects.latest("id").body
    assert browser.get("/account/").status_code == 302
    assert signed_in(account).get("/account/").status_code == 302


@pytest.mark.feature("M-07")
def test_three_business_days_leave_the_weekend_out_and_overdue_is_shown(visitor: Client) -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert reviewing.due_after(friday) == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert reviewing.due_after(friday - timedelta(days=4)) == friday - timedelta(days=1)
    apply(visitor)
    staff = Client()
    staff.force_login(operator())
    assert "Overdue" not in staff.get("/staff/accounts").content.decode()
    AccountRequest.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert "1 application is overdue." in staff.get("/staff/accounts").content.decode()


def test_nobody_else_sees_or_decides_applications(visitor: Client) -> None:
    account = apply(visitor)
    url = f"/staff/accounts/{ids.encode_account(account.pk)}/approve"
    for other in (signed_in(account), visitor):
        assert other.get("/staff/accounts").status_code in {302, 404}
        assert other.post(url).status_code in {302, 404}
    with pytest.raises(Refusal):
        reviewing.approve(account_id=AccountId(account.pk), actor_id=AccountId(account.pk))
    assert Account.objects.get(pk=account.pk).status == AccountStatus.PENDING


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"ACCOUNT_REVIEW": None, "PROFILE": "marketplace"}, "pending"),
        ({"ACCOUNT_REVIEW": None, "PROFILE": "private-team"}, "active"),
        ({"ACCOUNT_REVIEW": False, "PROFILE": "marketplace"}, "active"),
        ({"ACCOUNT_REVIEW": True, "PROFILE": "volunteers"}, "pending"),
    ],
)
def test_the_profile_says_whether_applications_are_reviewed(
    visitor: Client, settings: dict[str, object], status: str
) -> None:
    with override_settings(**settings):
        assert apply(visitor).status == status


def test_the_database_refuses_every_other_transition(database: Database) -> None:
    for before in AccountStatus:
        for after in set(AccountStatus) - {before}:
            account = factories.make_account(status=before)
            change = Account.objects.filter(pk=account.pk)
            if after in TRANSITIONS[before]:
                change.update(status=after)
            else:
                with pytest.raises(IntegrityError), transaction.atomic():
                    change.update(status=after)


@pytest.mark.feature("W-105", "W-106")
@pytest.mark.parametrize(
    ("header", "language"),
    [("ru", "ru"), ("ja-JP,ja;q=0.9,en;q=0.8", "ja"), ("fr-FR,fr;q=0.9", "en"), ("", "en"), ("xx;;", "en")],
)
def test_the_language_comes_from_the_browser_and_is_english_otherwise(
    visitor: Client, header: str, language: str
) -> None:
    page = visitor.get("/account/login/", headers={"accept-language": header}).content.decode()
    assert f'<html lang="{language}"' in page


@pytest.mark.feature("W-105")
def test_the_menu_changes_the_language_and_it_stays(visitor: Client) -> None:
    visitor.post("/language/", {"language": "ja", "next": "/account/login/"})
    assert '<html lang="ja"' in visitor.get("/account/login/").content.decode()
