"""Operations on accounts: roles, uniqueness, privileged acts; and the settings and mail pages over them."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.test.utils import override_settings

from manyhands.accounts import operations
from manyhands.accounts.demo import DEMO_PEOPLE, ensure_demo_people
from manyhands.accounts.errors import (
    AccountNotActive,
    AccountNotSuspended,
    AlreadyRequester,
    AlreadyWorker,
    EmailTaken,
    NoRoleChosen,
    NotWorker,
    OperatorsOnly,
    OwnAccount,
    ReasonMissing,
)
from manyhands.accounts.models import Account, AuditEntry, Requester, Worker
from manyhands.accounts.queries import person_by_email
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId, WorkerId
from manyhands.messaging.models import MailMessage
from tests.conftest import Database

PASSWORD = "seven blue tractors"


def register(email: str, **roles: bool) -> AccountId:
    wanted = {"worker": True, "requester": False} | roles
    return operations.register(name="Ann", email=email, password=PASSWORD, verified=True, **wanted).account_id


def logged_in(account_id: AccountId) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account_id))
    return client


def test_an_address_belongs_to_one_account_whatever_its_case(database: Database) -> None:
    register("ann@example.org")
    with pytest.raises(EmailTaken):
        register("ANN@Example.ORG")
    with pytest.raises(IntegrityError):
        Account.objects.create(name="Other", email="Ann@example.org", password="!")
    assert Account.objects.count() == 1


def test_somebody_who_wants_nothing_is_refused(database: Database) -> None:
    with pytest.raises(NoRoleChosen):
        register("ann@example.org", worker=False)


@pytest.mark.feature("S-01", "M-99")
def test_either_role_can_be_added_later_and_only_once(database: Database) -> None:
    worker, requester = register("w@example.org"), register("r@example.org", worker=False, requester=True)

    operations.become_requester(account_id=worker, display_name="  Ann's   lab ")
    operations.become_worker(account_id=requester)

    assert Requester.objects.get(pk=worker).display_name == "Ann's lab"
    assert Worker.objects.get(pk=requester).hold_until is not None
    with pytest.raises(AlreadyRequester):
        operations.become_requester(account_id=worker, display_name="Again")
    with pytest.raises(AlreadyWorker):
        operations.become_worker(account_id=requester)


def test_a_suspended_account_takes_no_role(database: Database) -> None:
    ann = register("ann@example.org")
    operations.suspend_account(account_id=ann, actor_id=None, reason="Sold answers.")
    with pytest.raises(AccountNotActive):
        operations.become_requester(account_id=ann, display_name="Ann")
    assert Requester.objects.count() == 0


@pytest.mark.parametrize("act", ["suspend_account", "reinstate_account"])
def test_only_an_operator_suspends_and_never_without_a_reason(database: Database, act: str) -> None:
    ann, bob = register("ann@example.org"), register("bob@example.org")
    olga = register("olga@example.org", worker=False, operator=True)
    change = getattr(operations, act)

    with pytest.raises(OperatorsOnly):
        change(account_id=ann, actor_id=bob, reason="I do not like her.")
    with pytest.raises(OwnAccount):
        change(account_id=olga, actor_id=olga, reason="Tired.")
    with pytest.raises(ReasonMissing):
        change(account_id=ann, actor_id=olga, reason="  ")

    assert set(Account.objects.values_list("status", flat=True)) == {"active"}
    assert AuditEntry.objects.count() == 0


def test_suspension_is_audited_with_actor_and_reason_and_happens_once(database: Database) -> None:
    ann, olga = register("ann@example.org"), register("olga@example.org", worker=False, operator=True)

    operations.suspend_account(account_id=ann, actor_id=olga, reason="Sold answers.")

    with pytest.raises(AccountNotActive):
        operations.suspend_account(account_id=ann, actor_id=olga, reason="Sold answers.")
    operations.reinstate_account(account_id=ann, actor_id=olga, reason="A mistake.")
    with pytest.raises(AccountNotSuspended):
        operations.reinstate_account(account_id=ann, actor_id=olga, reason="A mistake.")
    assert list(AuditEntry.objects.order_by("id").values_list("actor_id", "act", "subject", "facts")) == [
        (olga, "account.suspend", f"account:{ann}", {"reason": "Sold answers."}),
        (olga, "account.reinstate", f"account:{ann}", {"reason": "A mistake."}),
    ]


def test_roles_are_granted_and_revoked_by_operators(database: Database) -> None:
    ann, olga = register("ann@example.org"), register("olga@example.org", worker=False, operator=True)

    with pytest.raises(OperatorsOnly):
        operations.grant_role(account_id=olga, role=operations.Role.REVIEWER, actor_id=ann)
    operations.grant_role(account_id=ann, role=operations.Role.REVIEWER, actor_id=olga)
    granted = person_by_email("ANN@example.org")
    operations.revoke_role(account_id=ann, role=operations.Role.REVIEWER, actor_id=None)
    revoked = person_by_email("ann@example.org")

    assert granted is not None
    assert revoked is not None
    assert (granted.is_reviewer, revoked.is_reviewer) == (True, False)
    assert AuditEntry.objects.count() == 2


def test_settings_refuse_what_does_not_exist(database: Database) -> None:
    ann = register("ann@example.org")
    with pytest.raises(InvalidInput):
        operations.set_language(account_id=ann, language="xx")
    with pytest.raises(InvalidInput):
        operations.set_time_zone(account_id=ann, time_zone="Mars/Olympus")


def test_the_automatic_next_task_is_the_workers_switch(database: Database) -> None:
    ann = register("ann@example.org")
    operations.set_auto_accept_next(worker_id=WorkerId(ann), value=True)
    assert Worker.objects.get(pk=ann).auto_accept_next is True
    with pytest.raises(NotWorker):
        operations.set_auto_accept_next(worker_id=WorkerId(ann + 1), value=True)


@pytest.mark.feature("S-01")
def test_the_settings_page_adds_roles_and_saves_what_is_entered(database: Database) -> None:
    ann = register("ann@example.org")
    client = logged_in(ann)

    client.post("/account/roles/requester/", {"display_name": "Ann's lab"})
    client.post("/account/", {"name": "Ann B", "language": "en", "time_zone": "Asia/Tokyo"})

    account = Account.objects.select_related("requester").get(pk=ann)
    assert (account.name, account.time_zone) == ("Ann B", "Asia/Tokyo")
    assert (account.is_worker, account.is_requester, account.requester.display_name) == (
        True,
        True,
        "Ann's lab",
    )
    page = client.get("/account/").content.decode()
    assert "You do tasks." in page
    assert "You publish tasks." in page


def test_the_settings_page_is_for_those_who_signed_in(database: Database) -> None:
    for path in ("/account/", "/account/password/change/"):
        assert Client().get(path).status_code == 302
    assert Client().post("/account/roles/worker/").status_code == 302


def test_the_language_menu_changes_the_account_and_never_leaves_the_site(database: Database) -> None:
    ann = register("ann@example.org")
    client = logged_in(ann)
    answer = client.post("/language/", {"language": "ru", "next": "https://evil.example/"})
    assert (answer["Location"], answer.cookies["django_language"].value) == ("/", "ru")
    assert Account.objects.get().language == "ru"


def test_demo_people_are_made_once(database: Database) -> None:
    assert ensure_demo_people() == ensure_demo_people()
    assert Account.objects.count() == len(DEMO_PEOPLE)


def test_demo_mail_is_listed_newest_first_by_address_and_escaped(database: Database) -> None:
    texts = [("a@x.org", "First"), ("b@x.org", "Second"), ("a@x.org", "Third <b>")]
    for recipient, subject in texts:
        MailMessage.objects.create(
            recipient=recipient, sender="us@x.org", subject=subject, body="See http://localhost:1/path"
        )

    assert Client().get("/demo/mail").status_code == 404
    with override_settings(DEMO=True):
        everything = Client().get("/demo/mail").content.decode()
        filtered = Client().get("/demo/mail?to=A@x.org").content.decode()

    assert everything.index("Third &lt;b&gt;") < everything.index("Second") < everything.index("First")
    assert 'href="http://localhost:1/path"' in everything
    assert "Second" not in filtered


def test_demo_mail_comes_a_page_at_a_time(database: Database) -> None:
    for number in range(25):
        MailMessage.objects.create(
            recipient="a@x.org", sender="us@x.org", subject=f"Mail {number}.", body="-"
        )
    with override_settings(DEMO=True):
        first = Client().get("/demo/mail").content.decode()
        older = first.split('rel="next" href="')[1].split('"')[0]
        second = Client().get(older).content.decode()
    assert ("Mail 24." in first, "Mail 5." in first, "Mail 4." in first) == (True, True, False)
    assert ("Mail 4." in second, "Mail 0." in second) == (True, True)
