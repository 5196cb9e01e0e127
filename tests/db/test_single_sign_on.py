"""Single sign-on against a provider on loopback: first sign-in, linking, and what is changed there (M-10)."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from manyhands.accounts import changing_email, closing, exporting, operations, profiles, single_sign_on
from manyhands.accounts.errors import (
    AlreadyLinked,
    IdentityManaged,
    IdentityTaken,
    NotLinked,
    OperatorsOnly,
    OwnPasswordWrong,
)
from manyhands.accounts.identity import Identity, is_linked
from manyhands.accounts.models import Account, AccountProfile, Agreement, AuditEntry, DataExport
from manyhands.accounts.profiles import Details
from manyhands.config import env
from manyhands.config.identity import IdentityProvider, identity_provider
from manyhands.core.ids import AccountId
from manyhands.messaging.models import MailMessage
from tests import factories
from tests.harness import identity_provider as fake
from tests.harness.every_url import signed_in
from tests.harness.identity_provider import FakeProvider

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "seven blue tractors"
ACCOUNT_URL = "https://people.example.org/me"
ANN = {
    "sub": "u-1", "name": "Ann Example", "given_name": "Ann", "family_name": "Example",
    "email": "ann@example.org", "email_verified": True,
}  # fmt: skip
STATED = {
    "country": "JP",
    "wants": ["worker"],
    "agrees": "on",
    "keeps_quiet": "on",
    "time_zone": "Asia/Tokyo",
}


@pytest.fixture(scope="module")
def _provider() -> Iterator[FakeProvider]:
    with fake.running() as running:
        yield running


@pytest.fixture
def provider(_provider: FakeProvider) -> Iterator[FakeProvider]:
    """Single sign-on is on; Ann is signed in at the provider."""
    issuer = _provider.issuer
    _provider.__init__()  # type: ignore[misc]  # a fresh state on the same server
    _provider.issuer = issuer
    _provider.claims = dict(ANN)
    ours = IdentityProvider(issuer, "Example Lab", ACCOUNT_URL, fake.CLIENT_ID, fake.CLIENT_SECRET)
    with override_settings(IDENTITY_PROVIDER=ours):
        yield _provider


@pytest.fixture
def ann() -> Account:
    """Ann with an account and a password of her own, and a confirmed address."""
    return register("ann@example.org")


def register(email: str, *, verified: bool = True) -> Account:
    made = operations.register(
        name="Ann", email=email, password=PASSWORD, worker=True, requester=True, verified=verified
    )
    return Account.objects.get(pk=made.account_id)


def login_path() -> str:
    ours = settings.IDENTITY_PROVIDER
    assert ours is not None
    return f"/account/sso/{ours.id}/login/"


def through_provider(client: Client, start: str = "", data: dict[str, str] | None = None) -> Any:
    """Press the button, let the provider's browser page send us back, and follow the way here."""
    leaving = client.post(start or login_path(), data or {}, follow=True)
    back = httpx.get(leaving.context["url"]).headers["Location"]
    assert back.startswith(f"{settings.SITE_ORIGIN}/account/sso/")
    return client.get(back.removeprefix(settings.SITE_ORIGIN), follow=True)


def person_of(client: Client) -> str:
    page = client.get("/account/")
    return page.context["user"].email if page.status_code == 200 else ""


# Off ---------------------------------------------------------------------------------------------------


def test_it_is_off_unless_the_environment_names_a_provider() -> None:
    assert settings.IDENTITY_PROVIDER is None
    assert "/account/sso/" not in Client().get("/account/login/").content.decode()
    assert Client().post("/account/sso/x/login/").status_code == 404
    assert signed_in(factories.make_worker()).get("/account/sso/").status_code == 404


def test_the_environment_is_read_and_held_to_https(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identity_provider() is None
    monkeypatch.setenv("MANYHANDS_OIDC_ISSUER", "https://id.example.org/realms/Lab/")
    with pytest.raises(env.BadEnvironment):
        identity_provider()
    monkeypatch.setenv("MANYHANDS_OIDC_CLIENT_ID", "manyhands")
    monkeypatch.setenv("MANYHANDS_OIDC_CLIENT_SECRET", "hidden")
    ours = identity_provider()
    assert ours is not None
    assert (ours.id, ours.name) == ("id-example-org-realms-lab", "id.example.org")
    assert ours.account_url == "https://id.example.org/realms/Lab"
    assert "hidden" not in repr(ours)
    monkeypatch.setenv("MANYHANDS_OIDC_ISSUER", "http://id.example.org")
    with pytest.raises(env.BadEnvironment):
        identity_provider()


# The first sign-in ---------------------------------------------------------------------------------------


def test_a_first_sign_in_asks_for_country_and_terms_and_makes_the_account(provider: FakeProvider) -> None:
    client = Client()
    assert "Sign in with Example Lab" in client.get("/account/login/").content.decode()

    page = through_provider(client)

    assert page.redirect_chain[-1][0] == "/account/sso/signup/"
    assert {"password1", "email", "name"}.isdisjoint(page.context["form"].fields)
    assert not Account.objects.exists()
    for missing in ("country", "agrees", "keeps_quiet", "wants"):
        stated = {name: value for name, value in STATED.items() if name != missing}
        refused = client.post("/account/sso/signup/", stated)
        assert missing in refused.context["form"].errors
        assert not Account.objects.exists()

    client.post("/account/sso/signup/", STATED)

    account = Account.objects.get()
    assert (account.name, account.email, account.time_zone) == (
        "Ann Example",
        "ann@example.org",
        "Asia/Tokyo",
    )
    assert (account.is_worker, account.is_requester, account.has_usable_password()) == (True, False, False)
    assert EmailAddress.objects.get().verified
    assert Agreement.objects.filter(account=account).count() == 2
    profile = AccountProfile.objects.get()
    assert (profile.country, profile.first_name, profile.last_name) == ("JP", "Ann", "Example")
    assert is_linked(AccountId(account.pk))
    assert person_of(client) == "ann@example.org"


def test_the_next_sign_in_needs_nothing_more_and_follows_the_provider(provider: FakeProvider) -> None:
    first = Client()
    through_provider(first)
    first.post("/account/sso/signup/", STATED)
    provider.claims |= {"name": "Ann Married", "email": "Ann@New.Example.org"}

    client = Client()
    through_provider(client)

    assert person_of(client) == "ann@new.example.org"
    account = Account.objects.get()
    assert account.name == "Ann Married"
    assert [(each.email, each.verified) for each in EmailAddress.objects.all()] == [
        ("ann@new.example.org", True)
    ]
    told = MailMessage.objects.values_list("recipient", flat=True)
    assert {"ann@example.org", "ann@new.example.org"} <= set(told)


def test_anothers_address_is_not_taken_over(provider: FakeProvider) -> None:
    single_sign_on.link(account_id=AccountId(register("ann@example.org").pk), identity=Identity("u-1"))
    other = register("other@example.org")
    provider.claims["email"] = other.email

    client = Client()
    through_provider(client)

    assert person_of(client) == "ann@example.org"
    assert EmailAddress.objects.get(email=other.email).user_id == other.pk


@pytest.mark.parametrize("verified", [False, "false", None])
def test_an_address_the_provider_has_not_verified_is_confirmed_by_mail_first(
    provider: FakeProvider, verified: Any
) -> None:
    provider.claims["email_verified"] = verified
    client = Client()
    page = through_provider(client)
    assert page.context["form"]["email"].value() == "ann@example.org"

    client.post("/account/sso/signup/", STATED | {"email": "ann@example.org"})

    assert person_of(client) == ""
    address = EmailAddress.objects.get()
    assert not address.verified
    EmailAddress.objects.update(verified=True)
    through_provider(client)
    assert person_of(client) == "ann@example.org"


def test_who_stops_at_the_provider_or_meets_an_error_is_told(provider: FakeProvider) -> None:
    provider.refuses = True
    assert "You stopped the sign-in at Example Lab" in through_provider(Client()).content.decode()
    page = Client().get(login_path().replace("login", "callback") + "?code=x&state=y")
    assert (page.status_code, "Something went wrong" in page.content.decode()) == (401, True)
    assert Client().post("/account/sso/another/login/").status_code == 404


# What the provider says is not believed blindly --------------------------------------------------------------


def forged(provider: FakeProvider) -> None:
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def for_another_client(provider: FakeProvider) -> None:
    provider.audience = "another client"


def of_another_issuer(provider: FakeProvider) -> None:
    provider.claims["iss"] = "https://elsewhere.example.org"


def expired(provider: FakeProvider) -> None:
    provider.claims["exp"] = int(time.time()) - 3_600


def of_another_user(provider: FakeProvider) -> None:
    provider.user_info = ANN | {"sub": "u-2"}


@pytest.mark.parametrize("spoil", [forged, for_another_client, of_another_issuer, expired, of_another_user])
def test_an_answer_that_is_not_whole_signs_nobody_in(
    provider: FakeProvider, ann: Account, spoil: Callable[[FakeProvider], None]
) -> None:
    spoil(provider)
    client = Client()
    page = through_provider(client)
    assert page.status_code == 401
    assert person_of(client) == ""
    assert not SocialAccount.objects.exists()


def test_a_discovery_document_of_another_issuer_or_a_silent_provider_is_a_page(
    provider: FakeProvider,
) -> None:
    provider.announced_issuer = "https://elsewhere.example.org"
    assert Client().post(login_path()).status_code == 401
    nowhere = IdentityProvider("http://127.0.0.1:9", "Nowhere", ACCOUNT_URL, "a", "b")
    with override_settings(IDENTITY_PROVIDER=nowhere):
        assert Client().post(login_path()).status_code == 401


# Linking -------------------------------------------------------------------------------------------------


def test_an_account_is_found_by_an_address_verified_on_both_sides(
    provider: FakeProvider, ann: Account
) -> None:
    client = Client()
    through_provider(client)
    assert person_of(client) == "ann@example.org"
    assert SocialAccount.objects.get().user_id == ann.pk
    ann.refresh_from_db()
    assert not ann.has_usable_password()
    assert MailMessage.objects.filter(recipient="ann@example.org", subject="Your account is linked").exists()


def test_in_the_sandbox_an_address_links_nothing_for_it_was_never_confirmed(
    provider: FakeProvider, ann: Account
) -> None:
    with override_settings(ENVIRONMENT="sandbox"):
        client = Client()
        through_provider(client)
    assert person_of(client) == ""
    assert not is_linked(AccountId(ann.pk))


@pytest.mark.parametrize("side", ["here", "there"])
def test_an_address_verified_on_one_side_only_links_nothing(provider: FakeProvider, side: str) -> None:
    account = register("ann@example.org", verified=side == "here")
    provider.claims["email_verified"] = side != "here"
    client = Client()
    through_provider(client)
    client.post("/account/sso/signup/", STATED | {"email": "ann@example.org"})
    assert person_of(client) == ""
    assert not SocialAccount.objects.exists()
    assert Account.objects.get() == account
    assert account.check_password(PASSWORD)


def test_who_is_signed_in_links_after_the_password_and_stays_signed_in(
    provider: FakeProvider, ann: Account
) -> None:
    provider.claims |= {"email": "ann@lab.example.org"}
    client, elsewhere = Client(), Client()
    for each in (client, elsewhere):
        each.post("/account/login/", {"login": ann.email, "password": PASSWORD})
    asked = client.post("/account/sso/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    # The password given, the form is sent again by itself.
    leaving = client.post(asked.headers["Location"], {"password": PASSWORD})
    back = httpx.get(leaving.context["url"]).headers["Location"]

    page = client.get(back.removeprefix(settings.SITE_ORIGIN), follow=True)

    assert "Your account is linked to Example Lab" in page.content.decode()
    assert person_of(client) == "ann@lab.example.org"
    assert person_of(elsewhere) == ""
    assert SocialAccount.objects.get().user_id == ann.pk


def test_an_old_sign_in_and_anothers_identity_link_nothing(provider: FakeProvider, ann: Account) -> None:
    other = register("other@example.org")
    single_sign_on.link(account_id=AccountId(other.pk), identity=Identity("u-1"))
    client = signed_in(ann)
    page = through_provider(client, "/account/sso/")
    assert "belongs to another account" in page.content.decode()
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0, "reauthenticated": True}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(ann.pk)
    session.save()
    page = through_provider(client, login_path() + "?process=connect")
    assert "That took too long" in page.content.decode()
    assert SocialAccount.objects.get().user_id == other.pk


def test_one_account_has_one_identity_and_one_identity_one_account(
    provider: FakeProvider, ann: Account
) -> None:
    other = register("other@example.org")
    for _ in range(2):
        single_sign_on.link(account_id=AccountId(ann.pk), identity=Identity("u-1"))
    with pytest.raises(AlreadyLinked):
        single_sign_on.link(account_id=AccountId(ann.pk), identity=Identity("u-2"))
    with pytest.raises(IdentityTaken):
        single_sign_on.link(account_id=AccountId(other.pk), identity=Identity("u-1"))
    other.refresh_from_db()
    assert other.check_password(PASSWORD)
    assert SocialAccount.objects.count() == 1


def test_only_operators_unlink_and_it_is_on_record(provider: FakeProvider, ann: Account) -> None:
    single_sign_on.link(account_id=AccountId(ann.pk), identity=Identity("u-1"))
    me, operator = AccountId(ann.pk), AccountId(factories.make_account(is_operator=True).pk)
    with pytest.raises(OperatorsOnly):
        single_sign_on.unlink(account_id=me, actor_id=AccountId(register("x@example.org").pk), reason="Left.")
    single_sign_on.unlink(account_id=me, actor_id=operator, reason="She left the lab.")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.facts) == ("account.unlink", {"reason": "She left the lab."})
    with pytest.raises(NotLinked):
        single_sign_on.unlink(account_id=me, actor_id=operator, reason="Twice.")
    Client().post("/account/password/reset/", {"email": ann.email})
    assert "/account/password/reset/key/" in MailMessage.objects.latest("id").body


# M-10 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def linked(provider: FakeProvider, ann: Account) -> Account:
    single_sign_on.link(account_id=AccountId(ann.pk), identity=Identity("u-1", name="Ann"))
    ann.refresh_from_db()
    return ann


@pytest.mark.feature("M-10")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["password/change/", "password/set/"])
def test_a_linked_accounts_password_pages_lead_to_the_provider(
    linked: Account, page: str, method: str
) -> None:
    sent = {"oldpassword": PASSWORD, "password1": "eight red tractors", "password2": "eight red tractors"}
    answer = getattr(signed_in(linked), method)(f"/account/{page}", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, ACCOUNT_URL)
    linked.refresh_from_db()
    assert not linked.has_usable_password()


@pytest.mark.feature("M-10")
def test_a_linked_accounts_settings_offer_the_provider_and_change_no_name(linked: Account) -> None:
    client = signed_in(linked)
    page = client.get("/account/")
    assert page.content.decode().count(f'href="{ACCOUNT_URL}"') == 2
    assert "name" not in page.context["form"].fields
    answer = client.post("/account/", {"name": "Bob", "language": "ja", "time_zone": "UTC"})
    assert answer.headers["Location"] == ACCOUNT_URL
    linked.refresh_from_db()
    assert (linked.name, linked.language) == ("Ann", "en")

    client.post("/account/", {"language": "ja", "time_zone": "Asia/Tokyo"})

    linked.refresh_from_db()
    assert (linked.name, linked.language, linked.time_zone) == ("Ann", "ja", "Asia/Tokyo")


@pytest.mark.feature("M-10")
@pytest.mark.parametrize("field", ["email", "first_name", "last_name"])
def test_a_linked_accounts_profile_changes_neither_address_nor_names(linked: Account, field: str) -> None:
    client = signed_in(linked)
    page = client.get(reverse("profile"))
    assert ACCOUNT_URL in page.content.decode()
    assert field not in page.context["form"].fields
    path = reverse("profile")

    answer = client.post(
        path, {"time_zone": "UTC", field: "mallory@example.org", "current_password": PASSWORD}
    )

    assert answer.headers["Location"] == ACCOUNT_URL
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ann@example.org"]
    assert AccountProfile.objects.get().first_name == ""
    assert client.post(path, {"time_zone": "Asia/Tokyo", "skills": "Birds"}).status_code == 302
    profile = AccountProfile.objects.get()
    assert (profile.skills, profile.first_name) == ("Birds", "")


@pytest.mark.feature("M-10")
def test_no_operation_changes_what_the_provider_has(linked: Account) -> None:
    me = AccountId(linked.pk)
    with pytest.raises(IdentityManaged):
        operations.set_personal(account_id=me, name="Bob", language="en", time_zone="UTC")
    with pytest.raises(IdentityManaged):
        operations.set_password(account_id=me, password="eight red tractors")
    with pytest.raises(IdentityManaged):
        changing_email.begin(account_id=me, email="bob@example.org")
    with pytest.raises(IdentityManaged):
        profiles.update(account_id=me, details=Details(first_name="Bob"), time_zone="UTC")
    linked.refresh_from_db()
    assert (linked.name, linked.email, linked.has_usable_password()) == ("Ann", "ann@example.org", False)


@pytest.mark.feature("M-10")
def test_a_forgotten_password_is_the_providers_to_reset(linked: Account) -> None:
    Client().post("/account/password/reset/", {"email": linked.email})
    body = MailMessage.objects.latest("id").body
    assert ACCOUNT_URL in body
    assert "/account/password/reset/key/" not in body


def test_an_account_that_is_not_linked_changes_everything_here(provider: FakeProvider, ann: Account) -> None:
    client = signed_in(ann)
    client.post("/account/", {"name": "Bob", "language": "en", "time_zone": "UTC"})
    ann.refresh_from_db()
    assert ann.name == "Bob"
    assert client.get("/account/password/change/").status_code == 200


# The rest of an account's life -------------------------------------------------------------------------------


def test_a_linked_account_ends_after_a_fresh_sign_in_at_the_provider(linked: Account) -> None:
    with pytest.raises(OwnPasswordWrong):
        closing.close(account_id=AccountId(linked.pk), password="!")
    client = signed_in(linked)
    assert client.post("/account/close/", {"understood": "on"}).status_code == 422
    page = client.get("/account/close/?step=password").content.decode()
    assert "sign in with Example Lab once more" in page

    page = through_provider(
        client, login_path() + "?auth_params=prompt%3Dlogin", {"next": "/account/close/?step=password"}
    )

    assert page.redirect_chain[-1][0] == "/account/close/?step=password"
    assert "Your account is deleted" in client.post("/account/close/", {"understood": "on"}).content.decode()
    assert not SocialAccount.objects.exists()


def test_a_password_account_never_ends_without_its_password(provider: FakeProvider, ann: Account) -> None:
    with pytest.raises(OwnPasswordWrong):
        closing.close(account_id=AccountId(ann.pk), password=None)


def test_the_copy_of_ones_data_has_the_link(linked: Account) -> None:
    exporting.make(export_id=exporting.request(account_id=AccountId(linked.pk)))
    content = DataExport.objects.get().content
    with zipfile.ZipFile(io.BytesIO(bytes(content or b""))) as folder:
        assert json.loads(folder.read("identity.json"))[0]["subject"] == "u-1"
