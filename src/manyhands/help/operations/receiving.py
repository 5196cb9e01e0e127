"""Mail that comes in: an answer finds its ticket, anything else opens one."""

from collections.abc import Sequence
from enum import StrEnum

from django.db import IntegrityError, transaction

from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core.ids import AccountId
from manyhands.help import incoming, limits, replies, words
from manyhands.help.incoming import Incoming
from manyhands.help.models import Ticket, TicketId
from manyhands.help.operations import tickets
from manyhands.help.states import Topic, Via


class Outcome(StrEnum):
    """What became of a mail."""

    OPENED = "opened"
    APPENDED = "appended"
    KNOWN = "known"  # it came a second time
    IGNORED = "ignored"  # written by a machine


def receive_mail(raw: bytes, *, envelope: Sequence[str] = ()) -> Outcome:
    """Keep a mail: in the thread its signed address or subject names, else as a new ticket.

    (nothing) -> open, or any state -> open. A subject is trusted only from the asker's own address. A mail
    delivered twice is kept once. ``envelope``: whom it was delivered to, beside its headers.
    Raises MailTooLarge, MailUnreadable, TooOften.
    """
    mail = incoming.parse(raw)
    if mail.is_automatic:
        return Outcome.IGNORED
    limits.count("mail", mail.sender)
    try:
        with transaction.atomic():
            return _keep(mail, _ticket_of(mail, [*envelope, *mail.recipients]))
    except IntegrityError:
        return Outcome.KNOWN


def _keep(mail: Incoming, ticket: Ticket | None) -> Outcome:
    if ticket is not None:
        tickets.append(
            ticket_id=TicketId(ticket.pk),
            account_id=None if ticket.asker_id is None else AccountId(ticket.asker_id),
            text=_bounded(replies.without_quoted(mail.words), mail.subject),
            via=Via.MAIL,
            mail_id=mail.mail_id,
        )
        return Outcome.APPENDED
    account = Account.objects.filter(email__iexact=mail.sender, status=AccountStatus.ACTIVE).first()
    text = _bounded(mail.words, mail.subject)
    tickets.open_ticket(
        asker_id=AccountId(account.pk) if account else None,
        email=account.email if account else mail.sender,
        language=account.language if account else "en",
        topic=Topic.OTHER,
        subject=words.shortened(mail.subject or text, maximum=150),
        text=text,
        via=Via.MAIL,
        mail_id=mail.mail_id,
    )
    return Outcome.OPENED


def _ticket_of(mail: Incoming, recipients: list[str]) -> Ticket | None:
    number = replies.number_in_addresses(recipients)
    if number is not None:
        return Ticket.objects.filter(number=number).first()
    number = replies.number_in_subject(mail.subject)
    if number is None:
        return None
    return Ticket.objects.filter(number=number, email__iexact=mail.sender).first()


def _bounded(text: str, subject: str) -> str:
    """What is kept of a mail's text; its subject when there is none."""
    kept = text if words.visible(text) else subject
    kept = kept if words.visible(kept) else "(no text)"
    return words.clean(kept[: words.TICKET_MAX], maximum=words.TICKET_MAX)
