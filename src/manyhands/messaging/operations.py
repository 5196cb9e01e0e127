"""State changes of messages between people: writing, answering, reading, and how one wants to be told.

Notices of the platform are in ``notices``.
"""

from dataclasses import dataclass

from django.db import transaction

from manyhands.accounts.models import Account
from manyhands.accounts.operators import is_operator
from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId, RequesterId, WorkerId
from manyhands.messaging import addresses, mail_text
from manyhands.messaging.errors import NothingSaid, SenderNotKnown, TooLong, TooManyMessages, TooManyToday
from manyhands.messaging.models import Notice, NoticeSetting, ThreadMessage
from manyhands.messaging.notices import channels
from manyhands.messaging.states import ALL_KINDS, DEFAULT_MAIL, MailChoice, NoticeKind, Side

ENTER_THREAD = sql.load("manyhands.messaging", "enter_thread")

CHARACTERS_MAX = 2_000
NAME_CHARACTERS_MAX = 100
UNANSWERED_MAX = 5
MESSAGES_PER_DAY_MAX = 200
_MAIL_ID_MAX = 255


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in its thread, and the entry of the author's inbox where the thread is read."""

    thread_id: int
    message_id: int
    entry_id: int


def send_task_feedback(
    *, worker_id: WorkerId, assignment_id: AssignmentId, words: str, name: str = ""
) -> Sent:
    """Tell the requester something about a task the worker has or had; the task is attached.

    (nothing) -> a message, in the thread of this task. ``name``: what the requester reads; the account's
    if left out. Raises NothingSaid, TooLong, TooManyMessages, NotFound (another's assignment, or none).
    """
    text = _clean(words)
    with transaction.atomic():
        thread_id = db.one_or_none(int, _THREAD_OF_TASK, worker_id=worker_id, assignment_id=assignment_id)
        if thread_id is None:
            raise NotFound
        return _post(thread_id, AccountId(worker_id), Side.WORKER, text, name=name)


def contact_requester(*, worker_id: WorkerId, hit_type_id: HITTypeId, words: str) -> Sent:
    """Ask the requester of a task group a question; the worker's name and an address go with it.

    (nothing) -> a message, in the thread of this group.
    Raises NothingSaid, TooLong, TooManyMessages, NotFound (no such group, or one's own).
    """
    text = _clean(words)
    with transaction.atomic():
        thread_id = db.one_or_none(int, _THREAD_OF_GROUP, worker_id=worker_id, hit_type_id=hit_type_id)
        if thread_id is None:
            raise NotFound
        return _post(thread_id, AccountId(worker_id), Side.WORKER, text)


def write_to_worker(*, requester_id: RequesterId, assignment_id: AssignmentId, words: str) -> Sent:
    """Write to the worker of one's own task, in the thread of this task.

    Raises NothingSaid, TooLong, TooManyMessages, NotFound (another's assignment, or none).
    """
    text = _clean(words)
    with transaction.atomic():
        worker_id = db.one_or_none(
            WorkerId,
            "SELECT worker_id FROM assignment WHERE id = %(assignment_id)s AND requester_id = %(requester_id)s",
            assignment_id=assignment_id,
            requester_id=requester_id,
        )
        if worker_id is None:
            raise NotFound
        thread_id = db.one(int, _THREAD_OF_TASK, worker_id=worker_id, assignment_id=assignment_id)
        return _post(thread_id, AccountId(requester_id), Side.REQUESTER, text)


def write_to_support(*, account_id: AccountId, side: Side, subject: str, words: str) -> Sent:
    """Ask support something. (nothing) -> a new thread. Raises NothingSaid, TooLong, TooManyToday."""
    text, shown = _clean(words), " ".join(subject.split())[:200]
    if not shown:
        raise NothingSaid
    with transaction.atomic():
        thread_id = db.one(
            int,
            "INSERT INTO thread (account_id, subject) VALUES (%(account_id)s, %(subject)s) RETURNING id",
            account_id=account_id,
            subject=shown,
        )
        return _post(thread_id, account_id, side, text)


def answer_as_support(*, operator_id: AccountId, thread_id: int, words: str) -> int:
    """Answer in a thread with support; the message's id. Raises NothingSaid, TooLong, NotFound."""
    text = _clean(words)
    with transaction.atomic():
        if not is_operator(operator_id) or _participants(thread_id).requester_id is not None:
            raise NotFound
        return _post(thread_id, operator_id, Side.SUPPORT, text).message_id


def reply(*, account_id: AccountId, side: Side, entry_id: int, words: str) -> Sent:
    """Answer in a thread of one's own inbox. Raises NothingSaid, TooLong, TooManyMessages, NotFound."""
    text = _clean(words)
    with transaction.atomic():
        thread_id = (
            Notice.objects.filter(pk=entry_id, account_id=account_id, side=side, thread__isnull=False)
            .values_list("thread_id", flat=True)
            .first()
        )
        if thread_id is None:
            raise NotFound
        return _post(thread_id, account_id, side, text)


def receive_reply(token: str, sender: str, text: str, *, mail_id: str = "") -> Sent:
    """Take an answer that came by mail to a relay address; what it quotes is left out.

    ``token``: what stands between ``reply+`` and ``@``. ``sender``: the address of the From header, which
    must be the account's. ``mail_id``: its Message-ID; the same mail delivered again changes nothing.
    Raises AddressNotValid, SenderNotKnown, NothingSaid, TooLong, TooManyMessages, NotFound.
    """
    thread_id, account_id = addresses.read_relay_token(token)
    account = Account.objects.filter(pk=account_id, status="active").first()
    if account is None or account.email.casefold() != sender.strip().casefold():
        raise SenderNotKnown
    words = _clean(mail_text.without_quotes(text))
    with transaction.atomic():
        side = (
            Notice.objects.select_for_update()
            .filter(thread_id=thread_id, account_id=account_id)
            .values_list("side", flat=True)
            .first()
        )
        if side is None:
            raise NotFound
        known = ThreadMessage.objects.filter(mail_id=mail_id[:_MAIL_ID_MAX]).first() if mail_id else None
        if known is not None:
            entry = Notice.objects.get(thread_id=thread_id, account_id=account_id)
            return Sent(thread_id, known.pk, entry.pk)
        return _post(thread_id, account_id, Side(side), words, mail_id=mail_id[:_MAIL_ID_MAX])


def _clean(words: str) -> str:
    text = words.replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise NothingSaid
    if len(text) > CHARACTERS_MAX:
        raise TooLong
    return text


# DO UPDATE, not DO NOTHING: an existing thread must come back, and be locked, so that two messages follow
# each other.
_THREAD_OF_TASK = """
INSERT INTO thread (account_id, requester_id, hit_type_id, assignment_id, batch_id, subject)
SELECT assignment.worker_id, assignment.requester_id, assignment.hit_type_id, assignment.id,
       assignment.batch_id, hit_type.title
  FROM assignment
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
 WHERE assignment.id = %(assignment_id)s
   AND assignment.worker_id = %(worker_id)s
    ON CONFLICT (account_id, requester_id, hit_type_id, assignment_id) WHERE requester_id IS NOT NULL
    DO UPDATE SET subject = excluded.subject
RETURNING id
"""

_THREAD_OF_GROUP = """
INSERT INTO thread (account_id, requester_id, hit_type_id, subject, shares_contact)
SELECT %(worker_id)s, hit_type.requester_id, hit_type.id, hit_type.title, true
  FROM hit_type
 WHERE hit_type.id = %(hit_type_id)s
   AND hit_type.requester_id <> %(worker_id)s
    ON CONFLICT (account_id, requester_id, hit_type_id, assignment_id) WHERE requester_id IS NOT NULL
    DO UPDATE SET shares_contact = true
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Participants:
    account_id: AccountId
    requester_id: AccountId | None


def _participants(thread_id: int) -> _Participants:
    found = db.one_or_none(
        _Participants,
        "SELECT account_id, requester_id FROM thread WHERE id = %(thread_id)s FOR NO KEY UPDATE",
        thread_id=thread_id,
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    id: int
    account_id: int


_WRITTEN = """
SELECT (SELECT count(*) FROM thread_message
         WHERE thread_id = %(thread_id)s
           AND id > coalesce((SELECT max(id) FROM thread_message
                               WHERE thread_id = %(thread_id)s AND author_id <> %(author_id)s), 0)),
       (SELECT count(*) FROM thread_message
         WHERE author_id = %(author_id)s AND sent_at > now() - interval '1 day'
           -- What was announced to many (notifying.py) has a limit of its own.
           AND NOT EXISTS (SELECT FROM thread
                            WHERE thread.id = thread_message.thread_id
                              AND thread.requester_id = %(author_id)s AND thread.hit_type_id IS NULL))
"""

_ADD = """
INSERT INTO thread_message (thread_id, author_id, side, author_name, words, mail_id)
SELECT %(thread_id)s, account.id, %(side)s, coalesce(nullif(%(name)s, ''), account.name), %(words)s,
       nullif(%(mail_id)s, '')
  FROM account
 WHERE account.id = %(author_id)s
RETURNING id
"""


def _post(
    thread_id: int, author_id: AccountId, side: Side, words: str, *, name: str = "", mail_id: str = ""
) -> Sent:
    """Add a message and put the thread on top of both inboxes. Inside the caller's transaction."""
    people = _participants(thread_id)
    unanswered, today = db.one(lambda *row: row, _WRITTEN, thread_id=thread_id, author_id=author_id)
    if side != Side.SUPPORT and unanswered >= UNANSWERED_MAX:
        raise TooManyMessages
    if side != Side.SUPPORT and today >= MESSAGES_PER_DAY_MAX:
        raise TooManyToday
    return _enter(thread_id, people, author_id, side, words, name=name, mail_id=mail_id)


def post_announcement(thread_id: int, worker_id: AccountId, requester_id: AccountId, words: str) -> Sent:
    """Add what a requester tells many workers, to a thread that the caller's transaction has locked.

    For ``notifying``, which counts.
    """
    return _enter(thread_id, _Participants(worker_id, requester_id), requester_id, Side.REQUESTER, words)


def _enter(
    thread_id: int,
    people: _Participants,
    author_id: AccountId,
    side: Side,
    words: str,
    *,
    name: str = "",
    mail_id: str = "",
) -> Sent:
    message_id = db.one(
        int,
        _ADD,
        thread_id=thread_id,
        author_id=author_id,
        side=side.value,
        name=" ".join(name.replace("\0", "").split())[:NAME_CHARACTERS_MAX],
        words=words,
        mail_id=mail_id,
    )
    inboxes = {people.account_id: Side.WORKER}
    if people.requester_id is not None:
        inboxes[people.requester_id] = Side.REQUESTER
    elif side != Side.SUPPORT:
        inboxes[people.account_id] = side
    else:
        inboxes[people.account_id] = _side_with_support(thread_id)
    entries = db.many(
        _Entry,
        ENTER_THREAD,
        thread_id=thread_id,
        message_id=message_id,
        author_id=author_id,
        account_ids=list(inboxes),
        sides=[each.value for each in inboxes.values()],
        **channels(),
    )
    entry_id = next((entry.id for entry in entries if entry.account_id == author_id), 0)
    return Sent(thread_id, message_id, entry_id)


def _side_with_support(thread_id: int) -> Side:
    """The inbox a thread with support stands in: where it was written from."""
    return Side(Notice.objects.values_list("side", flat=True).get(thread_id=thread_id))


# Reading ---------------------------------------------------------------------------------------


def mark_read(*, account_id: AccountId, entry_id: int) -> None:
    """unread -> read. One guarded UPDATE; read again or another's, it changes nothing."""
    db.run(
        "UPDATE notice SET read_at = now() "
        "WHERE id = %(entry_id)s AND account_id = %(account_id)s AND read_at IS NULL",
        entry_id=entry_id,
        account_id=account_id,
    )


def mark_all_read(*, account_id: AccountId, side: Side) -> int:
    """unread -> read for one whole inbox; how many were. One UPDATE."""
    return db.run(
        "UPDATE notice SET read_at = now() "
        "WHERE account_id = %(account_id)s AND side = %(side)s AND read_at IS NULL",
        account_id=account_id,
        side=side.value,
    )


# How one wants to be told ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    kind: NoticeKind
    mail: MailChoice
    push: bool


def set_choices(*, account_id: AccountId, mail_on: bool, choices: list[Choice]) -> None:
    """Remember how an account wants to be told: all e-mail on or off, and each kind. One upsert."""
    rows = [
        NoticeSetting(
            account_id=account_id, kind=ALL_KINDS, mail=MailChoice.NOW if mail_on else MailChoice.OFF
        )
    ]
    rows += [
        NoticeSetting(account_id=account_id, kind=choice.kind, mail=choice.mail, push=choice.push)
        for choice in choices
    ]
    _upsert(rows, "mail", "push")


def set_mail(*, account_id: AccountId, mail_on: bool) -> None:
    """Switch all e-mail notifications on or off; what was chosen for each kind is kept."""
    if not Account.objects.filter(pk=account_id).exists():
        raise NotFound
    set_choices(account_id=account_id, mail_on=mail_on, choices=[])


def unsubscribe(*, token: str) -> list[NoticeKind]:
    """Stop the mail of the kinds in the link of a mail; which ones. Twice is once. Raises LinkNotValid."""
    account_id, kinds = addresses.read_unsubscribe_token(token)
    if not Account.objects.filter(pk=account_id).exists():
        raise NotFound
    rows = [NoticeSetting(account_id=account_id, kind=kind, mail=MailChoice.OFF) for kind in kinds]
    with transaction.atomic():
        _upsert(rows, "mail")
        # What waits to be mailed was decided by the setting of before.
        Notice.objects.filter(account_id=account_id, kind__in=kinds, mail__in=["now", "daily"]).update(
            mail=""
        )
    return kinds


def _upsert(rows: list[NoticeSetting], *fields: str) -> None:
    NoticeSetting.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "kind"], update_fields=fields
    )


def choice_of(kind: NoticeKind, mail: str, push: bool) -> Choice:
    """A choice as a form sends it. Raises InvalidInput."""
    try:
        return Choice(kind, MailChoice(mail or DEFAULT_MAIL[kind]), push)
    except ValueError:
        raise InvalidInput({kind.value: mail}) from None
