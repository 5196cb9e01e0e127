"""Devices, the second step of signing in, a copy of one's data, and the end of an account."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from manyhands.accounts import closing, exporting, operations
from manyhands.accounts.errors import BalanceOpen, OwnPasswordWrong, WorkOpen
from manyhands.accounts.models import Account, AccountProfile, DataExport, Session
from manyhands.catalog.models import SavedSearch
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId
from manyhands.ledger.models import Transfer
from manyhands.messaging.models import MailMessage
from manyhands.work.models import Assignment
from tests import factories
from tests.db.test_dashboard_pages import worked
from tests.harness.wire import statements_sent

Log = Callable[..., Client]
PASSWORD = "seven blue tractors"


@pytest.fixture
def ann(client: Log) -> Account:
    made = operations.register(
        name="Ann", email="ann@example.org", password=PASSWORD, worker=True, requester=False, verified=True
    )
    return Account.objects.get(pk=made.account_id)


def sign_in(
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", **more: str
) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/account/login/", {"login": "ann@example.org", "password": PASSWORD} | more)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# Devices ----------------------------------------------------------------------------------------------


def test_devices_are_listed_by_what_they_are_and_ended_one_by_one(ann: Account) -> None:
    here, there = sign_in(), sign_in("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1")
    page = here.get("/account/devices/")
    assert {name for _, name in page.context["devices"]} == {"Firefox on Linux", "Safari on iPhone"}
    other = next(device for device, _ in page.context["devices"] if not device.is_this)

    here.post("/account/devices/sign-out/", {"mark": other.mark})

    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_all_other_devices_end_at_once(ann: Account) -> None:
    here, *others = (sign_in() for _ in range(3))
    here.post("/account/devices/sign-out/", {"others": "1"})
    assert is_signed_in(here)
    assert not any(is_signed_in(each) for each in others)


def test_nobody_ends_anothers_session(ann: Account, client: Log) -> None:
    here = sign_in()
    mark = here.get("/account/devices/").context["devices"][0][0].mark
    client(factories.make_worker()).post("/account/devices/sign-out/", {"mark": mark})
    assert is_signed_in(here)


def test_last_seen_is_written_every_half_hour_and_not_more(ann: Account) -> None:
    here = sign_in()
    here.get("/account/")
    with statements_sent() as sent:
        here.get("/messages/unread")
    few = len(sent)
    long_ago = timezone.now() - timedelta(hours=1)
    Session.objects.update(last_seen_at=long_ago)
    here.get("/account/")
    assert Session.objects.get().last_seen_at > long_ago
    with statements_sent() as sent:
        here.get("/messages/unread")
    assert len(sent) == few


# The second step --------------------------------------------------------------------------------------


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def set_up_app(client: Client) -> str:
    page = client.get("/account/2fa/totp/activate/", follow=True)
    if page.redirect_chain:
        page = client.post(
            "/account/reauthenticate/?next=/account/2fa/totp/activate/", {"password": PASSWORD}, follow=True
        )
    secret = page.context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    return str(secret)


def test_an_app_is_set_up_sealed_and_asked_for_at_log_in(ann: Account) -> None:
    secret = set_up_app(sign_in())
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept

    fresh = sign_in()
    assert not is_signed_in(fresh)
    cache.clear()
    assert (
        "This code is not right"
        in fresh.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    )
    assert not is_signed_in(fresh)
    cache.clear()
    fresh.post("/account/2fa/authenticate/", {"code": code_for(secret)})
    assert is_signed_in(fresh)


def test_a_recovery_code_signs_in_once(ann: Account) -> None:
    owner = sign_in()
    set_up_app(owner)
    codes = owner.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    for expected in (True, False):
        cache.clear()
        fresh = sign_in()
        fresh.post("/account/2fa/authenticate/", {"code": codes[0]})
        assert is_signed_in(fresh) is expected


def test_every_page_of_the_second_step_is_ours(ann: Account) -> None:
    owner = sign_in()
    set_up_app(owner)
    for path in (
        "",
        "totp/deactivate/",
        "webauthn/",
        "webauthn/add/",
        "recovery-codes/",
        "recovery-codes/generate/",
    ):
        answer = owner.get(f"/account/2fa/{path}")
        assert answer.status_code == 200, path
        assert 'class="page-head"' in answer.content.decode() or 'class="card' in answer.content.decode(), (
            path
        )
        assert "built/site.css" in answer.content.decode(), path
    fresh = sign_in()
    assert 'data-passkey="use"' in fresh.get("/account/2fa/authenticate/").content.decode()
    assert 'data-passkey="enter"' in Client().get("/account/login/").content.decode()


# A copy of everything -----------------------------------------------------------------------------------


def test_a_copy_is_made_once_mailed_and_given_to_nobody_else(ann: Account, client: Log) -> None:
    requester = factories.make_requester()
    worked(ann, factories.publish(requester, 1), timezone.now(), decision="approved")
    SavedSearch.objects.create(worker_id=ann.pk, name="Japanese", criteria={"text": "translation"})
    owner = sign_in()
    owner.post("/account/data/")
    owner.post("/account/data/")
    assert DataExport.objects.count() == 1
    export_id = DataExport.objects.get().pk

    assert [exporting.make(export_id=export_id) for _ in range(2)] == [True, False]

    told = MailMessage.objects.filter(recipient="ann@example.org")
    link = re.search(r"http://\S+?(/account/data/\S+)", told.get().body)
    assert link
    answer = owner.get(link[1])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        parts = {name: json.loads(folder.read(name)) for name in folder.namelist()}
    assert parts["account.json"][0]["email"] == "ann@example.org"
    assert parts["tasks_done.json"][0]["answer"] == [["meaning", "a thing"]]
    assert [each["amount_minor"] for each in parts["transfers.json"]] == [5]
    assert [each["name"] for each in parts["saved_searches.json"]] == ["Japanese"]
    assert parts.get("reports.json", []) == []
    assert "password" not in answer.content.decode("latin-1")
    assert client(requester).get(link[1]).status_code == 404
    assert Client().get(link[1]).status_code == 302
    assert owner.get(link[1].rstrip("/")[:-1] + "x/").status_code == 404

    DataExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert owner.get(link[1]).status_code == 404
    assert exporting.forget_expired() == 1


# The end ------------------------------------------------------------------------------------------------


def close(account: Account, password: str = PASSWORD) -> None:
    closing.close(account_id=AccountId(account.pk), password=password)


def test_an_account_ends_in_two_steps_and_its_person_is_erased(ann: Account) -> None:
    owner, other = sign_in(), sign_in()
    assert "What stays" in owner.get("/account/close/").content.decode()
    assert owner.post("/account/close/", {"password": PASSWORD}).status_code == 422
    assert owner.post("/account/close/", {"password": "no", "understood": "on"}).status_code == 422
    assert is_signed_in(owner)

    answer = owner.post("/account/close/", {"password": PASSWORD, "understood": "on"})

    assert "Your account is deleted" in answer.content.decode()
    assert not is_signed_in(owner)
    assert not is_signed_in(other)
    ann.refresh_from_db()
    assert (ann.status, ann.name) == ("closed", "–")
    assert "ann" not in ann.email
    assert not AccountProfile.objects.filter(pk=ann.pk).exists()
    assert not is_signed_in(sign_in())
    assert MailMessage.objects.latest("id").recipient == "ann@example.org"
    # The address is free again.
    operations.register(
        name="Ann", email="ann@example.org", password=PASSWORD, worker=True, requester=False, verified=True
    )


@pytest.mark.parametrize(
    ("decision", "refusal"), [("approved", BalanceOpen), ("", WorkOpen), ("held", WorkOpen)]
)
def test_it_is_refused_while_money_or_work_is_open_and_nothing_changes(
    ann: Account, decision: str, refusal: type[Refusal]
) -> None:
    published = factories.publish(factories.make_requester(), 1)
    if decision == "held":
        factories.accept(ann, published)
    else:
        worked(ann, published, timezone.now(), decision=decision)
    before = Transfer.objects.count()

    with pytest.raises(refusal):
        close(ann)

    ann.refresh_from_db()
    assert (ann.status, ann.email, Transfer.objects.count()) == ("active", "ann@example.org", before)
    assert "cannot be deleted yet" in sign_in().get("/account/close/").content.decode()


def test_a_requester_with_money_or_published_work_stays(client: Log) -> None:
    for published in (False, True):
        account = factories.make_requester(deposit_minor=1_000)
        account.set_password(PASSWORD)
        Account.objects.filter(pk=account.pk).update(password=account.password)
        if published:
            factories.publish(account, 1)
        with pytest.raises(Refusal):
            close(account)


def test_decided_work_stays_under_the_id_alone(ann: Account) -> None:
    worked(ann, factories.publish(factories.make_requester(), 1), timezone.now(), decision="rejected")
    close(ann)
    kept = Assignment.objects.get()
    assert (kept.worker_id, kept.answer) == (ann.pk, [["meaning", "a thing"]])


def test_a_wrong_password_ends_nothing(ann: Account) -> None:
    with pytest.raises(OwnPasswordWrong):
        close(ann, "wrong")
    ann.refresh_from_db()
    assert ann.status == "active"
