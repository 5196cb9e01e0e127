"""Questions and answers: every change of a ticket. Each function owns its transaction."""

import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from manyhands.accounts.models import Account
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId
from manyhands.help import limits, notices, words
from manyhands.help.access import require_staff
from manyhands.help.errors import EmailNeeded, TicketMoved, TicketNotFound
from manyhands.help.models import Ticket, TicketId, TicketMessage
from manyhands.help.states import TicketStatus, Topic, Via, sources_of
from manyhands.work.models import Assignment, HITType

# Without vowels, so that no number spells a word.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket that was opened, or (by a mail) already there."""

    ticket_id: TicketId
    number: str


def ask(
    *,
    account_id: AccountId | None,
    email: str,
    topic: str,
    text: str,
    language: str,
    source: str,
    assignment_id: AssignmentId | None = None,
    hit_type_id: HITTypeId | None = None,
) -> Asked:
    """Open a ticket from the form; ``source`` is where it came from on the net, for the limit.

    (nothing) -> open. One INSERT each for ticket, words and mail. With an account the address is the
    account's own, without one it is ``email``.
    Raises NothingSaid, TooLong, EmailNeeded, TooOften, NotFound (a task that is not the account's).
    """
    kept = words.clean(text, maximum=words.TICKET_MAX)
    account = Account.objects.filter(pk=account_id).first() if account_id else None
    address = account.email if account else _clean_email(email)
    task = _task_of(account_id, assignment_id, hit_type_id)
    limits.count("ask", source, address)
    return open_ticket(
        asker_id=account_id,
        email=address,
        language=account.language if account else language,
        topic=Topic(topic) if topic in Topic.values else Topic.OTHER,
        subject=words.shortened(kept, maximum=80),
        text=kept,
        via=Via.FORM,
        task=task,
    )


Task = tuple[AssignmentId | None, HITTypeId | None]


def open_ticket(
    *,
    asker_id: AccountId | None,
    email: str,
    language: str,
    topic: Topic,
    subject: str,
    text: str,
    via: Via,
    mail_id: str | None = None,
    task: Task = (None, None),
) -> Asked:
    """Write a ticket with its first words and acknowledge it. Raises IntegrityError for a mail kept before."""
    with transaction.atomic():
        ticket = _insert(
            asker_id=asker_id, email=email, language=language, topic=topic, subject=subject,
            assignment_id=task[0], hit_type_id=task[1],
        )  # fmt: skip
        TicketMessage.objects.create(ticket=ticket, author_id=asker_id, via=via, words=text, mail_id=mail_id)
        notices.received(ticket)
    return Asked(TicketId(ticket.pk), ticket.number)


def write(*, ticket_id: TicketId, account_id: AccountId | None, text: str) -> None:
    """Whoever asked says more; ``account_id`` is None for a guest.

    open, answered, waiting, closed -> open. One guarded UPDATE and one INSERT.
    Raises NothingSaid, TooLong, TooOften, TicketNotFound (another's).
    """
    kept = words.clean(text, maximum=words.TICKET_MAX)
    limits.count("write", f"ticket {ticket_id}")
    append(ticket_id=ticket_id, account_id=account_id, text=kept, via=Via.FORM)


def append(
    *, ticket_id: TicketId, account_id: AccountId | None, text: str, via: Via, mail_id: str | None = None
) -> None:
    """Add the asker's words and reopen. Raises TicketNotFound; IntegrityError for a mail kept before."""
    with transaction.atomic():
        if not _move(ticket_id, TicketStatus.OPEN, asker_id=account_id):
            raise TicketNotFound
        TicketMessage.objects.create(
            ticket_id=ticket_id, author_id=account_id, via=via, words=text, mail_id=mail_id
        )


def answer(*, ticket_id: TicketId, staff_id: AccountId, text: str, then: TicketStatus) -> None:
    """The staff answers, and the asker gets it by mail in the same transaction.

    open, answered, waiting, closed -> answered, waiting (a question back) or closed.
    Raises StaffOnly, NothingSaid, TooLong, TicketMoved, TicketNotFound.
    """
    require_staff(staff_id)
    kept = words.clean(text, maximum=words.TICKET_MAX)
    if then == TicketStatus.OPEN:
        raise TicketMoved
    with transaction.atomic():
        if not _move(ticket_id, then):
            _refuse(ticket_id)
        TicketMessage.objects.create(ticket_id=ticket_id, author_id=staff_id, is_staff=True, words=kept)
        notices.answered(Ticket.objects.get(pk=ticket_id), kept)


def close(*, ticket_id: TicketId, staff_id: AccountId) -> None:
    """The staff closes without words: open, answered, waiting -> closed.

    Raises StaffOnly, TicketMoved (closed already), TicketNotFound.
    """
    require_staff(staff_id)
    if not _move(ticket_id, TicketStatus.CLOSED, stay=False):
        _refuse(ticket_id)


def close_own(*, ticket_id: TicketId, account_id: AccountId | None) -> None:
    """Whoever asked needs no more: open, answered, waiting -> closed. Raises TicketMoved, TicketNotFound."""
    if not _move(ticket_id, TicketStatus.CLOSED, stay=False, asker_id=account_id):
        _refuse(ticket_id, asker_id=account_id)


def _move(ticket_id: TicketId, to: TicketStatus, *, stay: bool = True, **guard: int | None) -> bool:
    """One guarded UPDATE along TRANSITIONS; ``stay``: to be there already is as good."""
    sources = [*sources_of(to), to] if stay else sources_of(to)
    found = _guarded(ticket_id, guard).filter(status__in=sources)
    return bool(found.update(status=to, changed_at=Now()))


def _refuse(ticket_id: TicketId, **guard: int | None) -> None:
    raise TicketMoved if _guarded(ticket_id, guard).exists() else TicketNotFound


def _guarded(ticket_id: TicketId, guard: dict[str, int | None]) -> QuerySet[Ticket]:
    """The ticket; with a guard only when this account (None: nobody with one) asked it."""
    found = Ticket.objects.filter(pk=ticket_id)
    if "asker_id" not in guard:
        return found
    asker_id = guard["asker_id"]
    return found.filter(asker__isnull=True) if asker_id is None else found.filter(asker_id=asker_id)


def _insert(**columns: object) -> Ticket:
    for _ in range(_TRIES):
        number = "".join(secrets.choice(_LETTERS) for _ in range(3)) + f"-{secrets.randbelow(1_000):03}"
        if Ticket.objects.filter(number=number).exists():
            continue
        try:
            with transaction.atomic():
                return Ticket.objects.create(number=number, **columns)
        except IntegrityError:  # taken in the same moment
            continue
    raise AssertionError("no free ticket number in twenty tries")


def _task_of(
    account_id: AccountId | None, assignment_id: AssignmentId | None, hit_type_id: HITTypeId | None
) -> Task:
    """What the question is attached to. Raises NotFound."""
    if assignment_id is not None:
        own = Assignment.objects.filter(pk=assignment_id, worker_id=account_id)
        found = own.values_list("hit_type_id", flat=True).first() if account_id else None
        if found is None:
            raise NotFound
        return assignment_id, HITTypeId(found)
    if hit_type_id is not None and not HITType.objects.filter(pk=hit_type_id).exists():
        raise NotFound
    return None, hit_type_id


def _clean_email(raw: str) -> str:
    email = raw.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise EmailNeeded from None
    return email.lower()[:254]
