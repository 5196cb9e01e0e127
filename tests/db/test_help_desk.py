"""Questions to the help desk: the life of a ticket, mail both ways, and who may see what."""

import subprocess
import sys
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from manyhands.accounts.models import Account
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, WorkerId
from manyhands.help import access, errors, incoming, replies, words
from manyhands.help.models import Ticket, TicketId, TicketMessage
from manyhands.help.operations import receiving, tickets
from manyhands.help.operations.receiving import Outcome, receive_mail
from manyhands.help.states import TRANSITIONS, TicketStatus
from manyhands.messaging import addresses
from manyhands.messaging import operations as messaging
from manyhands.messaging.models import MailMessage, ThreadMessage
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def ask(account: Account | None, text: str = "Where is my reward?", **given: Any) -> tickets.Asked:
    given = {"email": "", "topic": "money", "language": "en", "source": "192.0.2.1"} | given
    return tickets.ask(account_id=None if account is None else AccountId(account.pk), text=text, **given)


def mail_from(sender: str, text: str = "Please help.", subject: str = "Help", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "help@example.test", subject
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def status(ticket_id: TicketId) -> str:
    return Ticket.objects.values_list("status", flat=True).get(pk=ticket_id)


def everything() -> list[Any]:
    """All there is of tickets and mail, to see that nothing changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Ticket, TicketMessage, MailMessage)]


@pytest.fixture
def worker() -> Account:
    return factories.make_worker(email="ana@example.test")


@pytest.fixture
def staff() -> Account:
    return factories.make_account(is_reviewer=True)


# Asking -----------------------------------------------------------------------------------------


@pytest.mark.feature("C-49")
def test_a_question_becomes_a_numbered_ticket_and_is_acknowledged_by_mail(worker: Account) -> None:
    asked = ask(worker)

    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.status, ticket.asker_id) == (asked.number, "open", worker.pk)
    mail = MailMessage.objects.get()
    assert mail.recipient == "ana@example.test"
    assert f"[#{asked.number}]" in mail.subject
    assert f"/help/questions/{asked.number}" in mail.body


def test_what_a_stranger_types_is_not_mailed_to_the_address_they_typed() -> None:
    ask(None, text="Buy pills at http://spam.example", email="victim@example.test")

    mail = MailMessage.objects.get()
    assert mail.recipient == "victim@example.test"
    assert "pills" not in mail.subject + mail.body


def test_a_guest_needs_an_address(worker: Account) -> None:
    with pytest.raises(errors.EmailNeeded):
        ask(None, email="nobody")
    assert everything() == [[], [], []]


def test_a_question_can_carry_ones_own_task_only(worker: Account) -> None:
    published = factories.publish(factories.make_requester(), 2)
    mine = factories.accept(worker, published).assignment_id
    other = factories.accept(factories.make_worker(), published).assignment_id

    ask(worker, assignment_id=mine)
    before = everything()
    with pytest.raises(NotFound):
        ask(worker, assignment_id=other)
    with pytest.raises(NotFound):
        ask(None, email="a@example.test", assignment_id=mine)

    ticket = Ticket.objects.get()
    assert (ticket.assignment_id, ticket.hit_type_id) == (mine, published.hit_type_id)
    assert everything() == before


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u200b", "\0\0", "x" * (words.TICKET_MAX + 1)])
def test_nothing_and_too_much_are_refused(worker: Account, text: str) -> None:
    with pytest.raises((errors.NothingSaid, errors.TooLong)):
        ask(worker, text)
    assert everything() == [[], [], []]


def test_after_five_questions_in_an_hour_the_sixth_is_refused(worker: Account) -> None:
    for _ in range(5):
        ask(worker)
    with pytest.raises(errors.TooOften):
        ask(worker, source="198.51.100.7")
    assert Ticket.objects.count() == 5


# Answering ----------------------------------------------------------------------------------------


@pytest.mark.feature("C-49")
def test_an_answer_of_the_staff_is_mailed_and_the_asker_can_write_back(
    worker: Account, staff: Account
) -> None:
    ticket_id = ask(worker).ticket_id
    tickets.answer(
        ticket_id=ticket_id,
        staff_id=AccountId(staff.pk),
        text="It is in Earnings.",
        then=TicketStatus.ANSWERED,
    )
    assert status(ticket_id) == "answered"
    assert "It is in Earnings." in MailMessage.objects.latest("id").body

    tickets.write(ticket_id=ticket_id, account_id=AccountId(worker.pk), text="Thank you.")
    assert status(ticket_id) == "open"
    said = TicketMessage.objects.order_by("id").values_list("words", "is_staff")
    assert list(said) == [("Where is my reward?", False), ("It is in Earnings.", True), ("Thank you.", False)]


@pytest.mark.parametrize("before", list(TicketStatus))
@pytest.mark.parametrize("after", list(TicketStatus))
def test_a_ticket_moves_only_along_its_transitions(
    worker: Account, staff: Account, before: TicketStatus, after: TicketStatus
) -> None:
    ticket_id = ask(worker).ticket_id
    Ticket.objects.filter(pk=ticket_id).update(status=before)

    assert tickets._move(ticket_id, after, stay=False) == (after in TRANSITIONS[before])
    assert status(ticket_id) == (after if after in TRANSITIONS[before] else before)


def test_a_ticket_is_closed_once(worker: Account, staff: Account) -> None:
    ticket_id = ask(worker).ticket_id
    tickets.close_own(ticket_id=ticket_id, account_id=AccountId(worker.pk))
    with pytest.raises(errors.TicketMoved):
        tickets.close(ticket_id=ticket_id, staff_id=AccountId(staff.pk))


def test_another_worker_and_a_guest_can_do_nothing_with_a_ticket(worker: Account) -> None:
    asked = ask(worker)
    other = AccountId(factories.make_account(worker=True, requester=True).pk)
    before = everything()

    for act in (
        lambda: access.ticket_of_asker(account_id=other, number=asked.number),
        lambda: access.ticket_of_guest(number=asked.number, mark=replies.guest_mark(asked.number)),
        lambda: access.ticket_for_staff(account_id=other, number=asked.number),
        lambda: tickets.write(ticket_id=asked.ticket_id, account_id=other, text="Mine now"),
        lambda: tickets.write(ticket_id=asked.ticket_id, account_id=None, text="Mine now"),
        lambda: tickets.close_own(ticket_id=asked.ticket_id, account_id=other),
        lambda: tickets.close_own(ticket_id=asked.ticket_id, account_id=None),
        lambda: tickets.close(ticket_id=asked.ticket_id, staff_id=other),
        lambda: tickets.answer(
            ticket_id=asked.ticket_id, staff_id=other, text="Mine now", then=TicketStatus.ANSWERED
        ),
    ):
        with pytest.raises((errors.TicketNotFound, errors.StaffOnly)):
            act()
    assert everything() == before


# Mail that comes in -----------------------------------------------------------------------------------


@pytest.mark.feature("C-49")
def test_a_mail_opens_a_ticket_of_the_account_it_comes_from(worker: Account) -> None:
    assert (
        receive_mail(mail_from("Ana <ANA@example.test>", subject="Оплата", text="Где деньги?\n")) == "opened"
    )

    ticket = Ticket.objects.get()
    assert (ticket.asker_id, ticket.email, ticket.subject) == (worker.pk, "ana@example.test", "Оплата")
    assert TicketMessage.objects.get().words == "Где деньги?"


@override_settings(HELP_ADDRESS="Help <help@example.test>")
def test_an_answer_to_the_signed_address_joins_its_ticket_without_what_it_quotes(
    worker: Account, staff: Account
) -> None:
    asked = ask(worker)
    tickets.answer(
        ticket_id=asked.ticket_id, staff_id=AccountId(staff.pk), text="Which task?", then=TicketStatus.WAITING
    )
    ours = MailMessage.objects.latest("id")
    quoted = "\n".join(f"> {line}" for line in ours.body.splitlines())
    reply = mail_from(
        "other@example.test",
        f"The one with birds.\n\nOn Monday, Manyhands <help+x@example.test>\nwrote:\n{quoted}",
        To=ours.sender,
    )

    assert receive_mail(reply) == Outcome.APPENDED

    assert status(asked.ticket_id) == "open"
    assert TicketMessage.objects.latest("id").words == "The one with birds."


def test_a_subject_is_believed_only_from_the_askers_own_address(worker: Account) -> None:
    asked = ask(worker)
    subject = f"Re: [#{asked.number}] We have your question"

    assert receive_mail(mail_from("mallory@example.test", subject=subject)) == Outcome.OPENED
    assert receive_mail(mail_from("ana@example.test", subject=subject)) == Outcome.APPENDED

    assert TicketMessage.objects.filter(ticket_id=asked.ticket_id).count() == 2


@override_settings(HELP_ADDRESS="help@example.test")
def test_a_made_up_mark_in_the_address_is_not_believed(worker: Account) -> None:
    asked = ask(worker)
    address = f"help+{asked.number.lower()}-aaaaaaaaaaaaa@example.test"

    assert receive_mail(mail_from("mallory@example.test", To=address)) == Outcome.OPENED
    assert TicketMessage.objects.filter(ticket_id=asked.ticket_id).count() == 1


def test_a_mail_that_comes_twice_is_kept_once() -> None:
    raw = mail_from("ana@example.test", Message_ID="<1@example.test>")

    assert [receive_mail(raw), receive_mail(raw)] == [Outcome.OPENED, Outcome.KNOWN]
    assert (Ticket.objects.count(), MailMessage.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}, {"List_Id": "<x.y>"}],
)
def test_what_machines_write_is_neither_kept_nor_answered(headers: dict[str, str]) -> None:
    assert receive_mail(mail_from("robot@example.test", **headers)) == Outcome.IGNORED
    assert everything() == [[], [], []]


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"From: \r\n\r\nhello", b"From: <<<>>>\n\nx", b"Subject: none\n\nx"],
)
def test_mail_nobody_can_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(errors.MailUnreadable):
        receive_mail(raw)
    assert everything() == [[], [], []]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@example.test\nContent-Type: text/plain; charset=nonsense\n\nhello \xff there",
        b"From: a@example.test\nSubject: =?utf-9?q?=ff?=\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"From: a@example.test\nContent-Type: multipart/mixed\n\nno boundary",
        b"From: a@example.test\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 5_000,
        b"From: a@example.test\nContent-Type: text/html\n\n<p>Hi<script>bad()</script></p><p>you</p>",
        b"From: a@example.test\nContent-Type: text/html\n\n<p "
        + b" ".join(b"a%d" % n for n in range(2_000))
        + b">Hi",
        b"From: a@example.test\nMessage-ID: " + b"x" * 4_000 + b"\n\n\0\x07hello",
        b"From: a@example.test\n\n" + "я".encode() * 300_000,
    ],
)
def test_broken_and_hostile_mail_is_kept_bounded(raw: bytes) -> None:
    assert receive_mail(raw) == Outcome.OPENED
    kept = TicketMessage.objects.get()
    assert len(kept.words) <= words.TICKET_MAX
    assert "\0" not in kept.words
    assert "bad()" not in kept.words


def test_an_enormous_mail_is_refused() -> None:
    with pytest.raises(errors.MailTooLarge):
        receive_mail(b"From: a@example.test\n\n" + b"x" * incoming.BYTES_MAX)


def test_one_sender_cannot_flood_the_desk() -> None:
    for number in range(20):
        receive_mail(mail_from("a@example.test", Message_ID=f"<{number}@x>"))
    with pytest.raises(errors.TooOften):
        receive_mail(mail_from("a@example.test"))
    assert receive_mail(mail_from("b@example.test")) == receiving.Outcome.OPENED


def test_without_an_address_for_mail_answers_come_from_the_sites_own() -> None:
    assert replies.sender("BCD-123") == settings.DEFAULT_FROM_EMAIL


def run_mail_in(raw: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "manyhands.cli", "mail-in"], input=raw, capture_output=True)


@pytest.mark.feature("C-49")
def test_a_mail_server_can_pipe_mail_into_the_command() -> None:
    kept = run_mail_in(mail_from("ana@example.test", text="From outside"))
    refused = run_mail_in(b"nothing of a mail")

    assert (kept.returncode, kept.stdout) == (0, b"opened\n"), kept.stderr
    assert refused.returncode == 65
    assert list(TicketMessage.objects.values_list("words", flat=True)) == ["From outside"]


def test_an_answer_to_a_relay_address_goes_to_its_thread_and_not_to_the_desk(worker: Account) -> None:
    requester = factories.make_requester()
    published = factories.publish(requester, 1)
    sent = messaging.contact_requester(
        worker_id=WorkerId(worker.pk), hit_type_id=published.hit_type_id, words="Do bats count?"
    )
    relay = addresses.relay_address(thread_id=sent.thread_id, account_id=AccountId(requester.pk))

    kept = run_mail_in(mail_from(requester.email, "No, only birds.", To=relay))
    foreign = run_mail_in(mail_from("mallory@example.test", "Yes", To=relay))

    assert (kept.stdout, foreign.returncode) == (b"message\n", 65), kept.stderr
    assert list(ThreadMessage.objects.order_by("id").values_list("words", flat=True)) == [
        "Do bats count?",
        "No, only birds.",
    ]
    assert Ticket.objects.count() == 0
