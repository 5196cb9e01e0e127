"""API keys: made, shown once, revoked; the requester's pages for them; what is kept of them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from manyhands.accounts import api_keys, closing
from manyhands.accounts.errors import AccountNotActive, APIKeyNotFound, NotRequester, TooManyAPIKeys
from manyhands.accounts.models import Account, APIKey, AuditEntry
from manyhands.accounts.own_data import SECTIONS
from manyhands.accounts.states import AccountStatus
from manyhands.core import db
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId
from tests import factories
from tests.harness.mturk import call, make_key

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def requester() -> Account:
    return factories.make_requester()


def own(account: Account) -> list[api_keys.Key]:
    return api_keys.keys_of(AccountId(account.pk))


def test_a_key_looks_like_amazons_and_lies_sealed_in_the_database(requester: Account) -> None:
    made = make_key(requester)

    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", made.secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(api_key)::text, secret FROM api_key")
        row, sealed = cursor.fetchone()
    assert made.secret not in row
    assert made.secret.encode() not in bytes(sealed)
    assert make_key(requester).secret != made.secret


def test_a_key_ends_after_a_year_unless_told_otherwise(requester: Account) -> None:
    api_keys.create(account_id=AccountId(requester.pk), name="Yearly", scopes=["read"])
    (key,) = own(requester)
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - timedelta(days=365)) < timedelta(minutes=1)

    assert make_key(requester, good_for=None)
    assert own(requester)[0].expires_at is None


@pytest.mark.parametrize(
    ("name", "scopes", "limit", "field"),
    [(" ", ["read"], None, "name"), ("x" * 101, ["read"], None, "name"), ("A", [], None, "scopes"),
     ("A", ["everything"], None, "scopes"), ("A", ["read"], -1, "spend_limit")],
)  # fmt: skip
def test_what_makes_no_key_is_named(
    requester: Account, name: str, scopes: list[str], limit: int | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        api_keys.create(
            account_id=AccountId(requester.pk), name=name, scopes=scopes, spend_limit_minor=limit
        )  # fmt: skip
    assert set(refused.value.errors) == {field}
    assert not own(requester)


def test_only_active_requesters_have_keys_and_not_without_end(
    requester: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotRequester):
        make_key(factories.make_worker())
    monkeypatch.setattr(api_keys, "KEYS_MAX", 2)
    first = make_key(requester)
    make_key(requester)
    with pytest.raises(TooManyAPIKeys):
        make_key(requester)
    api_keys.revoke(account_id=AccountId(requester.pk), access_key_id=first.access_key_id)
    make_key(requester)
    Account.objects.filter(pk=requester.pk).update(status=AccountStatus.SUSPENDED)
    with pytest.raises(AccountNotActive):
        make_key(requester)


def test_revoking_ends_a_key_once_and_is_in_the_audit(requester: Account) -> None:
    made = make_key(requester, scopes=["money", "read"])
    number = APIKey.objects.get().pk
    for _ in range(2):
        api_keys.revoke(account_id=AccountId(requester.pk), access_key_id=made.access_key_id)

    assert call(made, "GetAccountBalance").fault[0] == "UnrecognizedClientException"
    acts = AuditEntry.objects.filter(subject=f"api_key:{number}").order_by("id")
    assert list(acts.values_list("act", "actor_id", "facts")) == [
        ("api_key.create", requester.pk, {"scopes": "read money"}),
        ("api_key.revoke", requester.pk, {}),
    ]
    for stranger, key in ((factories.make_requester(), made.access_key_id), (requester, "A\0")):
        with pytest.raises(APIKeyNotFound):
            api_keys.revoke(account_id=AccountId(stranger.pk), access_key_id=key)


def test_a_secret_sealed_under_another_key_is_no_key(
    requester: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_key(requester)
    monkeypatch.setattr(api_keys, "_SEAL", "another purpose")

    assert call(made, "GetAccountBalance").fault[0] == "UnrecognizedClientException"


def test_the_copy_of_ones_data_has_the_keys_without_their_secrets(requester: Account) -> None:
    made = make_key(requester)
    section = next(each for each in SECTIONS if each.name == "api_keys")

    (row,) = db.many(lambda found: found, section.statement, account_id=requester.pk)

    assert row["access_key_id"] == made.access_key_id
    assert "secret" not in row


def test_closing_the_account_takes_the_keys_away() -> None:
    account = factories.make_requester(deposit_minor=0)
    account.set_password("seven blue tractors")
    account.save()
    made = make_key(account)

    closing.close(account_id=AccountId(account.pk), password="seven blue tractors")

    assert not APIKey.objects.exists()
    assert call(made, "GetAccountBalance").fault[0] == "UnrecognizedClientException"


def test_the_page_shows_the_secret_once(requester: Account, client: Callable[..., Client]) -> None:
    browser = client(requester)
    assert "No API keys yet" in browser.get("/requester/api-keys").content.decode()
    proposed = browser.get("/requester/api-keys/new").content.decode()
    assert "never ends works for whoever finds it" in proposed

    made = browser.post(
        "/requester/api-keys/new",
        {"name": "<b>Survey</b>", "scopes": ["read", "publish"], "ends": "90", "spend_limit": "12.50"},
    )

    assert "no-store" in made["Cache-Control"]
    page = made.content.decode()
    (key,) = own(requester)
    secret = re.search(r"<code>([A-Za-z0-9+/]{40})</code>", page)
    assert secret
    assert key.access_key_id in page
    assert 'endpoint_url="http' in page
    assert (key.scopes, key.spend_limit_minor) == (["read", "publish"], 1250)
    assert call(api_keys.Made(key.access_key_id, secret[1]), "GetAccountBalance").status == 200
    listed = browser.get("/requester/api-keys").content.decode()
    assert secret[1] not in listed
    assert "&lt;b&gt;Survey&lt;/b&gt;" in listed


def test_the_form_says_what_is_missing_at_the_field(
    requester: Account, client: Callable[..., Client]
) -> None:
    answer = client(requester).post("/requester/api-keys/new", {"ends": "soon", "spend_limit": "much"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "scopes", "ends", "spend_limit"}


def test_revoking_asks_first(requester: Account, client: Callable[..., Client]) -> None:
    made = make_key(requester)
    browser = client(requester)
    address = f"/requester/api-keys/{made.access_key_id}/revoke"

    assert "Revoke the key “Tests”?" in browser.get(address).content.decode()
    assert own(requester)[0].is_usable
    browser.post(address)

    assert not own(requester)[0].is_usable
    assert "revoked" in browser.get("/requester/api-keys").content.decode()
    assert client(factories.make_requester()).get(address).status_code == 404
    assert json.dumps(made.secret) not in browser.get("/requester/api-keys").content.decode()
