"""The mail of notices: grouped, in the reader's language and hours, stopped by one click, relayed both ways."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from manyhands.accounts.models import Account
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, HITTypeId, WorkerId
from manyhands.messaging import addresses, delivery, errors, letters, mail_text, notices, operations, queries
from manyhands.messaging.models import MailMessage, Notice, ThreadMessage
from manyhands.messaging.mornings import next_eight
from manyhands.messaging.operations import Choice
from manyhands.messaging.states import MailChoice, NoticeKind, Side
from tests import factories
from tests.conftest import Database
from tests.db.test_messaging_notices import approve, handed_in, reject


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(name="Ornithology Lab")


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


def let_mail_fall_due() -> None:
    """As if everything that waits had waited long enough."""
    Notice.objects.filter(mail__in=["now", "daily"]).update(mail_at=datetime(2020, 1, 1, tzinfo=UTC))


def mailed_to(account: Account) -> list[MailMessage]:
    return list(MailMessage.objects.filter(recipient=account.email).order_by("id"))


def choose(account: Account, kind: NoticeKind, choice: MailChoice) -> None:
    operations.set_choices(
        account_id=AccountId(account.pk), mail_on=True, choices=[Choice(kind, choice, True)]
    )


@pytest.mark.feature("W-94")
def test_many_decisions_within_minutes_are_one_mail(requester: Account, worker: Account) -> None:
    taken = handed_in(requester, worker, 14)
    approve(requester, taken[:5])
    notices.tell_decisions()
    approve(requester, taken[5:12])
    notices.tell_decisions()
    assert letters.write_due() == 0, "it waits for more"

    let_mail_fall_due()
    assert letters.write_due() == 1
    assert letters.write_due() == 0

    (letter,) = mailed_to(worker)
    assert letter.subject == "12 tasks were approved: Is it a bird?"
    assert "You earned $1.44 in all." in letter.body


@pytest.mark.feature("W-94")
def test_approvals_and_rejections_share_a_mail_and_later_ones_get_another(
    requester: Account, worker: Account
) -> None:
    taken = handed_in(requester, worker, 4)
    approve(requester, taken[:2])
    reject(requester, taken[2:3])
    notices.tell_decisions()
    let_mail_fall_due()
    letters.write_due()
    approve(requester, taken[3:])
    notices.tell_decisions()
    let_mail_fall_due()
    letters.write_due()

    first, second = mailed_to(worker)
    assert first.subject == "3 decisions about your tasks"
    assert "No feathers." in first.body
    assert second.subject == "Your task was approved: Is it a bird?"


@pytest.mark.feature("W-95", "W-93")
def test_qualifications_and_new_tasks_are_mailed(worker: Account) -> None:
    notices.tell_one(
        NoticeKind.QUALIFICATION, AccountId(worker.pk), name="Latin", outcome="granted", score=90
    )
    let_mail_fall_due()
    letters.write_due()
    notices.tell_one(NoticeKind.NEW_TASKS, AccountId(worker.pk), count=1, title="Is it a bird?")
    let_mail_fall_due()
    letters.write_due()

    assert [letter.subject for letter in mailed_to(worker)] == [
        "You have the qualification Latin, with a score of 90",
        "New tasks you can work on: Is it a bird?",
    ]


def test_who_wants_no_mail_of_a_kind_gets_none_but_the_notice(requester: Account, worker: Account) -> None:
    choose(worker, NoticeKind.DECISION_APPROVED, MailChoice.OFF)
    approve(requester, handed_in(requester, worker, 1))
    notices.tell_decisions()
    let_mail_fall_due()

    assert letters.write_due() == 0
    assert queries.unread_count(account_id=AccountId(worker.pk), side=Side.WORKER) == 1


@pytest.mark.feature("W-92")
def test_the_switch_of_all_mail_wins_and_keeps_the_choices(requester: Account, worker: Account) -> None:
    me = AccountId(worker.pk)
    assert queries.settings_of(account_id=me, sides=[Side.WORKER]).receives_mail
    choose(worker, NoticeKind.PAYMENT, MailChoice.DAILY)
    operations.set_mail(account_id=me, mail_on=False)
    approve(requester, handed_in(requester, worker, 1))
    notices.tell_decisions()
    let_mail_fall_due()

    assert letters.write_due() == 0
    kept = queries.settings_of(account_id=me, sides=[Side.WORKER])
    assert not kept.receives_mail
    assert {each.kind: each.mail for each in kept.kinds}["payment"] == "daily"


def test_a_suspended_account_is_not_mailed(requester: Account, worker: Account) -> None:
    approve(requester, handed_in(requester, worker, 1))
    notices.tell_decisions()
    Account.objects.filter(pk=worker.pk).update(status="suspended")
    let_mail_fall_due()

    assert letters.write_due() == 0
    assert mailed_to(worker) == []


def test_the_digest_is_one_mail_at_eight_of_the_readers_morning(
    requester: Account, database: Database
) -> None:
    worker = factories.make_worker(time_zone="Asia/Tokyo")
    for kind in (NoticeKind.DECISION_APPROVED, NoticeKind.QUALIFICATION):
        choose(worker, kind, MailChoice.DAILY)
    approve(requester, handed_in(requester, worker, 2))
    notices.tell_decisions()
    notices.tell_one(NoticeKind.QUALIFICATION, AccountId(worker.pk), name="Latin", outcome="revoked")

    assert letters.write_due() == 0
    due = Notice.objects.filter(account=worker).values_list("mail_at", flat=True)
    assert {(at.hour, at.minute) for at in due if at} == {(23, 0)}, "8:00 in Tokyo is 23:00 in UTC"
    let_mail_fall_due()
    assert letters.write_due() == 1
    (letter,) = mailed_to(worker)
    assert letter.subject.startswith("Your day at Manyhands")
    assert "2 tasks were approved" in letter.body
    assert "You no longer have the qualification Latin" in letter.body


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", "2031-03-01T07:59", "2031-03-01T08:00"),
        ("UTC", "2031-03-01T08:00", "2031-03-02T08:00"),
        ("Europe/Moscow", "2031-03-01T04:59", "2031-03-01T05:00"),
        # The night the clocks go forward is an hour shorter.
        ("America/New_York", "2031-03-08T14:00", "2031-03-09T12:00"),
        ("Pacific/Kiritimati", "2031-03-01T00:00", "2031-03-01T18:00"),
    ],
)
def test_the_next_eight_is_that_of_the_zones_clocks(zone: str, now: str, due: str) -> None:
    assert next_eight(zone, datetime.fromisoformat(now + "+00:00")) == datetime.fromisoformat(due + "+00:00")


# Stopping it ---------------------------------------------------------------------------------


def test_the_link_of_a_mail_stops_its_kinds_without_a_log_in(
    requester: Account, worker: Account, client: Any
) -> None:
    taken = handed_in(requester, worker, 3)
    approve(requester, taken[:1])
    reject(requester, taken[1:2])
    notices.tell_decisions()
    let_mail_fall_due()
    letters.write_due()
    (letter,) = mailed_to(worker)
    link = re.search(r"<(.+)>", letter.headers["List-Unsubscribe"])
    assert link
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1] in letter.body
    path = "/" + link[1].split("/", 3)[3]
    visitor: Client = client(enforce_csrf_checks=True)

    assert b"Unsubscribe" in visitor.get(path).content
    chosen = queries.settings_of(account_id=AccountId(worker.pk), sides=[Side.WORKER])
    assert "off" not in {each.mail for each in chosen.kinds}, "looking stops nothing"
    answer = visitor.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    chosen = queries.settings_of(account_id=AccountId(worker.pk), sides=[Side.WORKER])
    assert {each.kind for each in chosen.kinds if each.mail == "off"} == {
        "decision_approved",
        "decision_rejected",
    }
    approve(requester, taken[2:])
    notices.tell_decisions()
    let_mail_fall_due()
    assert letters.write_due() == 0


def test_a_changed_link_stops_nothing(worker: Account, client: Any) -> None:
    token = addresses.unsubscribe_token(AccountId(worker.pk), [NoticeKind.PAYMENT])
    for wrong in (token[:-1] + "~", token.replace("payment", "message"), "x", "A1234567890123.payment:x"):
        assert client().post(f"/messages/unsubscribe/{wrong}").status_code == 409
    assert queries.settings_of(account_id=AccountId(worker.pk), sides=[Side.WORKER]).receives_mail


# People --------------------------------------------------------------------------------------


def ask(worker: Account, requester: Account) -> operations.Sent:
    published = factories.publish(requester, 1, title="Is it a bird?")
    return operations.contact_requester(
        worker_id=WorkerId(worker.pk), hit_type_id=HITTypeId(published.hit_type_id), words="Do bats count?"
    )


@pytest.mark.feature("M-36")
def test_a_question_arrives_with_name_and_relayed_address(requester: Account, worker: Account) -> None:
    sent = ask(worker, requester)
    let_mail_fall_due()
    assert letters.write_due() == 1

    (letter,) = mailed_to(requester)
    relay = addresses.relay_address(thread_id=sent.thread_id, account_id=AccountId(requester.pk))
    assert letter.subject == "Ana wrote to you: Is it a bird?"
    assert f"From: Ana, {relay}" in letter.body
    assert letter.headers["Reply-To"] == relay
    assert worker.email not in letter.body
    assert len(relay.partition("@")[0]) <= 64


def test_the_operator_may_pass_on_the_literal_address(requester: Account, worker: Account) -> None:
    with override_settings(CONTACT_LITERAL_EMAIL=True):
        ask(worker, requester)
        let_mail_fall_due()
        letters.write_due()
    assert f"From: Ana, {worker.email}" in mailed_to(requester)[0].body


@pytest.mark.feature("M-143")
def test_an_answer_by_mail_joins_the_thread_once_without_what_it_quotes(
    requester: Account, worker: Account
) -> None:
    sent = ask(worker, requester)
    token = addresses.relay_token(thread_id=sent.thread_id, account_id=AccountId(requester.pk))
    text = "No, only birds.\n\nOn Mon, 3 Mar 2031 at 10:00, Manyhands <reply@x>\nwrote:\n> Do bats count?\n"

    for _ in range(2):
        operations.receive_reply(token.upper(), requester.email.upper(), text, mail_id="<a@b>")

    said = queries.messages_of(account_id=AccountId(worker.pk), thread_id=sent.thread_id)
    assert [(each.author_name, each.words) for each in said] == [
        ("Ana", "Do bats count?"),
        ("Ornithology Lab", "No, only birds."),
    ]
    assert queries.unread_count(account_id=AccountId(worker.pk), side=Side.WORKER) == 1
    let_mail_fall_due()
    letters.write_due()
    assert "No, only birds." in mailed_to(worker)[0].body


def test_an_answer_from_elsewhere_or_to_a_made_up_address_changes_nothing(
    requester: Account, worker: Account
) -> None:
    sent = ask(worker, requester)
    stranger = factories.make_worker()
    token = addresses.relay_token(thread_id=sent.thread_id, account_id=AccountId(requester.pk))

    with pytest.raises(errors.SenderNotKnown):
        operations.receive_reply(token, "else@example.test", "Hello")
    with pytest.raises(errors.AddressNotValid):
        operations.receive_reply(("a" if token[0] != "a" else "b") + token[1:], requester.email, "Hello")
    with pytest.raises(errors.AddressNotValid):
        operations.receive_reply("", requester.email, "Hello")
    foreign = addresses.relay_token(thread_id=sent.thread_id, account_id=AccountId(stranger.pk))
    with pytest.raises(NotFound):
        operations.receive_reply(foreign, stranger.email, "Hello")
    assert ThreadMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes\n-- \nAna\n", "Yes"),
        ("Да\n\n3 марта 2031 г. Manyhands написал(а):\n> x", "Да"),
        ("a > b\n> quoted\n", "a > b"),
        ("> above\nin the middle", "> above\nin the middle"),
        (f"Yes\n> {mail_text.MARK}\nrest", "Yes"),
        ("", ""),
    ],
)
def test_quotes_are_left_out(text: str, kept: str) -> None:
    assert mail_text.without_quotes(text) == kept


def test_several_messages_of_a_thread_are_one_mail_and_headers_go_out(
    requester: Account, worker: Account
) -> None:
    sent = ask(worker, requester)
    operations.reply(
        account_id=AccountId(worker.pk), side=Side.WORKER, entry_id=sent.entry_id, words="And chickens?"
    )
    let_mail_fall_due()
    letters.write_due()
    mail.outbox = []
    with override_settings(MAIL_TRANSPORT="django.core.mail.backends.locmem.EmailBackend"):
        assert delivery.deliver_due() == 1

    assert "Do bats count?" in mail.outbox[0].body
    assert "And chickens?" in mail.outbox[0].body
    assert "List-Unsubscribe" in mail.outbox[0].message()
    assert mail.outbox[0].message()["Reply-To"].startswith("reply+")


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(
    requester: Account, worker: Account, caplog: pytest.LogCaptureFixture
) -> None:
    other = factories.make_worker()
    Account.objects.filter(pk=worker.pk).update(time_zone="Nowhere/Land")
    for account in (worker, other):
        notices.tell_one(NoticeKind.PAYMENT, AccountId(account.pk), outcome="bonus", amount_minor=5)
    let_mail_fall_due()

    assert letters.write_due() == 1
    assert len(mailed_to(other)) == 1
    assert Notice.objects.get(account=worker).mail == "now", "it waits until it can be written"
