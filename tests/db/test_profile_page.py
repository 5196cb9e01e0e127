"""My Profile: what is only shown, what can be changed, the e-mail's change, and what requesters see."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client

from manyhands.accounts import operations, profiles
from manyhands.accounts.models import Account, AccountProfile
from manyhands.accounts.profiles import Bank
from manyhands.core import ids, secrets
from manyhands.core.ids import AccountId
from manyhands.messaging.models import MailMessage, NoticeSetting
from tests import factories
from tests.db.test_dashboard_pages import pay_bonus, worked

Log = Callable[..., Client]
PASSWORD = "seven blue tractors"


@pytest.fixture
def ann(client: Log) -> Account:
    made = operations.register(
        name="Ann", email="ann@example.org", password=PASSWORD, worker=True, requester=False, verified=True
    )
    AccountProfile.objects.filter(pk=made.account_id).update(country="US")
    return Account.objects.get(pk=made.account_id)


def fields(browser: Client) -> dict[str, object]:
    """What the page's own form would send."""
    form = browser.get("/profile").context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def update(browser: Client, **change: object) -> object:
    return browser.post("/profile", fields(browser) | change)


@pytest.mark.feature("W-80", "W-84")
def test_the_profile_menu_at_the_top_right_opens_profile_and_payment_history(
    client: Log, ann: Account
) -> None:
    page = client(ann).get("/dashboard").content.decode()
    menu = page[page.index('class="header-end"') : page.index("</header>")]
    assert re.search(r'href="/profile">.*My Profile</a>', menu)
    assert re.search(r'href="/earnings">.*Payment history</a>', menu)


@pytest.mark.feature("W-86", "W-87", "W-88", "W-89", "W-90", "W-91", "W-92")
def test_the_read_only_part_shows_id_rewards_bonuses_their_sum_name_locale_and_mail(
    client: Log, ann: Account
) -> None:
    from django.utils import timezone

    requester = factories.make_requester()
    published = factories.publish(requester, 2, reward_minor=125)
    worked(ann, published, timezone.now(), decision="approved")
    worked(ann, published, timezone.now(), decision="approved")
    pay_bonus(requester, ann, 70)
    page = client(ann).get("/profile").content.decode()
    shown = [
        " ".join(re.sub(r"<[^>]+>", " ", value).split())
        for value in re.findall(r"<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    ]
    assert shown[0].startswith(ids.encode_account(ann.pk))
    assert shown[1:3] == ["$2.50", "$0.70"]
    assert shown[3].startswith("$3.20")
    assert shown[4:6] == ["Ann", "United States (US)"]
    assert shown[6].startswith("You receive them")
    NoticeSetting.objects.create(account=ann, kind="", mail="off", push=True)
    assert "You do not receive them" in client(ann).get("/profile").content.decode()


@pytest.mark.feature("W-85")
def test_no_request_changes_what_is_only_shown(client: Log, ann: Account) -> None:
    browser = client(ann)
    before = AccountProfile.objects.values("profile_name", "country").get(pk=ann.pk)
    forged = {
        "profile_name": "Evil", "country": "DE", "locale": "DE", "id": "1", "account": "1", "status": "active",
        "rewards_minor": "9", "bonus_minor": "9", "total_minor": "9", "is_operator": "on", "receives_mail": "",
    }  # fmt: skip
    update(browser, **forged)
    assert AccountProfile.objects.values("profile_name", "country").get(pk=ann.pk) == before
    ann.refresh_from_db()
    assert (ann.name, ann.is_operator) == ("Ann", False)
    for column in ("profile_name", "country"):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountProfile.objects.filter(pk=ann.pk).update(**{column: "DE"})


@pytest.mark.feature("W-97", "W-98", "W-99", "W-100", "C-09", "M-126", "M-124", "M-11")
def test_update_keeps_every_input_field(client: Log, ann: Account) -> None:
    browser = client(ann)
    given = {
        "first_name": "Ann", "last_name": "Example", "organization": "ACME", "paypal_email": "pay@example.org",
        "payout": "paypal", "location": "Boston", "birth_date": "1990-05-31", "languages": ["en", "ja"],
        "skills": "Nursing", "interests": "Chess", "street": "1 Main St", "city": "Boston", "region": "MA",
        "postal_code": "02101",
    }  # fmt: skip
    update(browser, **given)
    kept = profiles.profile_of(AccountId(ann.pk)).details
    assert {name: getattr(kept, name) for name in given} == given | {
        "birth_date": date(1990, 5, 31), "languages": ("en", "ja"),
    }  # fmt: skip
    assert fields(browser)["skills"] == "Nursing"


@pytest.mark.feature("W-76")
def test_a_new_paypal_address_is_confirmed_by_a_mail_with_the_balance_threshold(
    client: Log, ann: Account
) -> None:
    browser = client(ann)
    update(browser, paypal_email="pay@example.org")
    update(browser, paypal_email="pay@example.org", skills="Law")  # the same address again: no second mail
    told = MailMessage.objects.get(subject="Your PayPal address is saved")
    assert told.recipient == ann.email
    assert "pay@example.org" in told.body
    assert "Your Balance Threshold is $10.00" in told.body


@pytest.mark.feature("M-92")
def test_a_profile_may_be_given_in_part_or_not_at_all(client: Log, ann: Account) -> None:
    browser = client(ann)
    assert update(browser).status_code == 302  # type: ignore[attr-defined]
    assert update(browser, skills="Law").status_code == 302  # type: ignore[attr-defined]


@pytest.mark.feature("C-06")
def test_after_the_first_filling_in_assessments_are_next(client: Log, ann: Account) -> None:
    browser = client(ann)
    assert "Next: fill in your profile" in browser.get("/dashboard").content.decode()
    answer = update(browser, skills="Law")
    assert answer["Location"] == "/assessments"  # type: ignore[index]
    assert "Next: fill in your profile" not in browser.get("/dashboard").content.decode()


@pytest.mark.feature("W-104")
def test_nothing_changes_when_one_field_is_wrong(client: Log, ann: Account) -> None:
    browser = client(ann)
    for wrong in (
        {"paypal_email": "no address"}, {"birth_date": "2999-01-01"}, {"languages": ["xx"]},
        {"skills": "x" * 1001}, {"time_zone": "Mars/Base"}, {"payout": "gold"}, {"payout": "paypal"},
        {"email": "no address"}, {"bank_number": "123"}, {"first_name": "a\0b"},
    ):  # fmt: skip
        answer = update(browser, organization="New", **wrong)
        assert answer.status_code == 422, wrong  # type: ignore[attr-defined]
    row = AccountProfile.objects.get(pk=ann.pk)
    assert (row.organization, row.filled_at) == ("", None)


@pytest.mark.feature("W-101")
def test_every_time_on_screen_follows_the_time_zone(client: Log, ann: Account) -> None:
    browser = client(ann)
    assert " UTC</time>" in browser.get("/profile").content.decode()
    update(browser, time_zone="Asia/Tokyo")
    for address in ("/profile", "/dashboard"):
        page = browser.get(address).content.decode()
        assert 'data-zone="Asia/Tokyo"' in page
        times = re.findall(r"<time[^>]*>[^<]*</time>", page)
        assert times
        assert all("+09:00" in each for each in times)


@pytest.mark.feature("M-11", "M-12")
def test_bank_details_are_sealed_shown_masked_and_only_where_banks_are_paid(
    client: Log, ann: Account
) -> None:
    browser = client(ann)
    update(browser, bank_holder="Ann Example", bank_name="First", bank_number="9876543210", payout="bank")
    sealed = bytes(AccountProfile.objects.get(pk=ann.pk).bank or b"")
    assert b"9876543210" not in sealed
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_profile::text FROM account_profile")
        assert "9876543210" not in str(cursor.fetchall())
    assert profiles.profile_of(AccountId(ann.pk)).bank == Bank("Ann Example", "First", "", "9876543210")
    page = browser.get("/profile").content.decode()
    assert "•••• 3210" in page
    assert "9876543210" not in page
    update(browser)
    assert profiles.profile_of(AccountId(ann.pk)).bank.number == "9876543210"
    update(browser, bank_remove="on")
    assert AccountProfile.objects.get(pk=ann.pk).bank is None

    made = factories.make_worker()
    AccountProfile.objects.create(account=made, profile_name="Bo", country="KE")
    other = client(made)
    page = other.get("/profile").content.decode()
    assert 'name="street"' in page
    assert 'name="bank_number"' not in page
    update(other, bank_holder="Bo", bank_number="1")
    assert AccountProfile.objects.get(pk=made.pk).bank is None


def test_a_sealed_value_opens_only_for_its_purpose_and_unchanged() -> None:
    sealed = secrets.seal("one", "text")
    assert secrets.unseal("one", sealed) == "text"
    assert secrets.seal("one", "text") != sealed
    for purpose, value in (
        ("two", sealed),
        ("one", sealed[:-1] + b"\0"),
        ("one", b""),
        ("one", b"\x02" + sealed[1:]),
    ):
        with pytest.raises(secrets.NotReadable):
            secrets.unseal(purpose, value)


# The e-mail address ---------------------------------------------------------------------------------


def link_to(email: str) -> str:
    body = MailMessage.objects.filter(recipient=email, subject__startswith="Confirm").latest("id").body
    found = re.search(r"http://\S+?(/account/confirm-email/\S+)", body)
    assert found
    return found[1]


@pytest.mark.feature("W-96", "M-09")
def test_a_new_address_counts_once_confirmed_and_both_are_told(client: Log, ann: Account) -> None:
    browser = client(ann)
    update(browser, email="New@example.org", current_password=PASSWORD)

    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
    assert "new@example.org" in MailMessage.objects.get(recipient="ann@example.org").body
    assert "waits for its confirmation" in browser.get("/profile").content.decode()

    assert browser.get(link_to("new@example.org"))["Location"] == "/profile"

    ann.refresh_from_db()
    assert ann.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.org", True, True)
    ]
    told = MailMessage.objects.filter(subject="Your e-mail address was changed").values_list(
        "recipient", flat=True
    )
    assert set(told) == {"ann@example.org", "new@example.org"}
    fresh = Client()
    fresh.post("/account/login/", {"login": "new@example.org", "password": PASSWORD})
    assert fresh.get("/account/").status_code == 200
    assert browser.get(link_to("new@example.org")).status_code == 410


@pytest.mark.feature("W-96")
@pytest.mark.parametrize("password", ["", "wrong"])
def test_the_address_does_not_change_without_the_password(client: Log, ann: Account, password: str) -> None:
    answer = update(client(ann), email="new@example.org", current_password=password, organization="X")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert EmailAddress.objects.count() == 1
    assert AccountProfile.objects.get(pk=ann.pk).organization == ""


def test_an_address_of_another_person_is_not_taken_and_not_told(client: Log, ann: Account) -> None:
    factories.make_account(email="bob@example.org")
    browser = client(ann)
    answer = update(browser, email="Bob@example.org", current_password=PASSWORD)
    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert EmailAddress.objects.filter(user=ann).count() == 1
    assert not MailMessage.objects.filter(recipient="bob@example.org").exists()


def test_a_change_can_be_dropped_and_a_new_password_drops_it(client: Log, ann: Account) -> None:
    browser = client(ann)
    update(browser, email="new@example.org", current_password=PASSWORD)
    link = link_to("new@example.org")
    browser.post("/profile/email/keep")
    assert Client().get(link).status_code == 404
    cache.clear()
    update(browser, email="two@example.org", current_password=PASSWORD)
    operations.set_password(account_id=AccountId(ann.pk), password="nine green lorries")
    assert Client().get(link_to("two@example.org")).status_code == 404
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


def test_an_address_somebody_registered_meanwhile_is_refused(client: Log, ann: Account) -> None:
    update(client(ann), email="new@example.org", current_password=PASSWORD)
    factories.make_account(email="new@example.org")
    assert Client().get(link_to("new@example.org")).status_code == 410
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
    assert EmailAddress.objects.get(user=ann, primary=True).email == "ann@example.org"


# Sharing ----------------------------------------------------------------------------------------------


@pytest.mark.feature("W-103")
def test_requesters_see_the_profile_only_when_it_is_shared_and_only_of_their_workers(
    client: Log, ann: Account
) -> None:
    requester, other = factories.make_requester(), factories.make_requester()
    published = factories.publish(requester, 1)
    factories.submit(ann, factories.accept(ann, published).assignment_id)
    browser = client(ann)
    update(browser, first_name="Ann", last_name="Example", skills="Nursing", birth_date="1990-05-31")
    url = f"/workers/{ids.encode_account(ann.pk)}"

    page = client(requester).get(url).content.decode()
    assert ids.encode_account(ann.pk) in page
    assert "Nursing" not in page
    assert "Example" not in page

    update(browser, shares_profile="on")
    page = client(requester).get(url).content.decode()
    assert "Nursing" in page
    assert "Ann Example" in page
    for never in ("1990", "ann@example.org", "May 31"):
        assert never not in page
    assert client(other).get(url).status_code == 404
    assert browser.get(url).status_code == 404


# The password -----------------------------------------------------------------------------------------


@pytest.mark.feature("W-102", "M-09")
@pytest.mark.parametrize(
    ("current", "new", "again", "changed"),
    [
        (PASSWORD, "nine green lorries", "nine green lorries", True),
        ("wrong", "nine green lorries", "nine green lorries", False),
        (PASSWORD, "nine green lorries", "nine green trucks!", False),
        ("", "nine green lorries", "nine green lorries", False),
        (PASSWORD, "nine green lorries", "", False),
    ],
)
def test_a_password_change_needs_the_current_one_and_the_new_one_twice(
    client: Log, ann: Account, current: str, new: str, again: str, changed: bool
) -> None:
    browser = client(ann)
    page = browser.get("/account/password/change/").content.decode()
    for label in ("Current password", "New password", "Repeat the new password"):
        assert label in page
    browser.post("/account/password/change/", {"oldpassword": current, "password1": new, "password2": again})
    ann.refresh_from_db()
    assert ann.check_password(new) == changed
    assert ann.check_password(PASSWORD) != changed
