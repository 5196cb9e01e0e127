"""What pages read: inboxes, threads, settings, and (in the demo) mail. One statement each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from manyhands.core import db, sql
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId
from manyhands.messaging import addresses
from manyhands.messaging.models import MailMessage, NoticeSetting
from manyhands.messaging.states import ALL_KINDS, DEFAULT_MAIL, KINDS_OF, MailChoice, NoticeKind, Side
from manyhands.messaging.words import Told, told

PAGE_SIZE = 20
INBOX_PAGE = 30
MESSAGES_MAX = 500
TASKS_MAX = 100
# The badge of the menu says '99+' beyond.
UNREAD_MAX = 100
_LAST = (datetime(9999, 1, 1, tzinfo=UTC), 2**62)

_INBOX = sql.load("manyhands.messaging", "inbox")


# Inboxes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an inbox. Of a thread: ``subject`` and its last message; else ``facts``."""

    id: int
    kind: NoticeKind
    facts: Mapping[str, Any]
    at: datetime
    is_unread: bool
    thread_id: int | None
    subject: str
    author_name: str
    author_side: str
    is_own: bool
    excerpt: str

    @property
    def told(self) -> Told:
        """The entry in the reader's language."""
        if self.thread_id is None:
            return told(self.kind, self.facts)
        return Told(title=self.subject, text=self.excerpt, sender=self.author_name, icon="mail")


def inbox(
    *,
    account_id: AccountId,
    side: Side,
    unread_only: bool = False,
    before: tuple[datetime, int] | None = None,
    page: int = INBOX_PAGE,
) -> list[Entry]:
    """Up to ``page`` entries, newest first, from below ``before`` (an entry's instant and id)."""
    before_at, before_id = before or _LAST
    return db.many(
        Entry,
        _INBOX,
        account_id=account_id,
        side=side.value,
        unread_only=unread_only,
        before_at=before_at,
        before_id=before_id,
        page=page,
    )


_UNREAD = """
SELECT count(*) FROM (SELECT FROM notice WHERE account_id = %(account_id)s AND side = %(side)s
                         AND read_at IS NULL LIMIT %(most)s) AS unread
"""


def unread_count(*, account_id: AccountId, side: Side) -> int:
    """How many entries are unread, UNREAD_MAX at most: counting on would serve nobody."""
    return db.one(int, _UNREAD, account_id=account_id, side=side.value, most=UNREAD_MAX)


_INSTANT = "SELECT at FROM notice WHERE id = %(entry_id)s AND account_id = %(account_id)s"


def place_of(*, account_id: AccountId, entry_id: int) -> tuple[datetime, int] | None:
    """Where an entry stands in its inbox, for the page below it; None for another's."""
    at = db.one_or_none(lambda at: at, _INSTANT, account_id=account_id, entry_id=entry_id)
    return None if at is None else (at, entry_id)


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry, opened. The last fields are a thread's: what it is about, and with whom."""

    id: int
    kind: NoticeKind
    facts: Mapping[str, Any]
    at: datetime
    is_unread: bool
    thread_id: int | None
    subject: str
    hit_type_id: HITTypeId | None
    assignment_id: AssignmentId | None
    batch_id: int | None
    shares_contact: bool
    with_requester: bool
    person_id: AccountId | None
    person_name: str
    person_email: str
    requester_name: str

    @property
    def told(self) -> Told:
        return told(self.kind, self.facts)

    def contact_address(self, reader_id: AccountId) -> str:
        """The worker's address as the requester may have it: relayed, unless the operator says otherwise."""
        if settings.CONTACT_LITERAL_EMAIL:
            return self.person_email
        return addresses.relay_address(thread_id=self.thread_id or 0, account_id=reader_id)


_ENTRY = """
SELECT notice.id, notice.kind, notice.facts, notice.at, notice.read_at IS NULL, notice.thread_id,
       coalesce(thread.subject, ''), thread.hit_type_id, thread.assignment_id, thread.batch_id,
       coalesce(thread.shares_contact, false), thread.requester_id IS NOT NULL, thread.account_id,
       coalesce(person.name, ''), coalesce(person.email, ''), coalesce(requester.display_name, '')
  FROM notice
  LEFT JOIN thread ON thread.id = notice.thread_id
  LEFT JOIN account AS person ON person.id = thread.account_id
  LEFT JOIN requester ON requester.account_id = thread.requester_id
 WHERE notice.id = %(entry_id)s
   AND notice.account_id = %(account_id)s
   AND notice.side = %(side)s
"""


def entry(*, account_id: AccountId, side: Side, entry_id: int) -> Opened | None:
    """An entry of one's own inbox; None for another's, and where there is none."""
    return db.one_or_none(Opened, _ENTRY, account_id=account_id, side=side.value, entry_id=entry_id)


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    side: Side
    author_name: str
    is_own: bool
    words: str
    sent_at: datetime


_THREAD = """
SELECT * FROM (
    SELECT thread_message.id, thread_message.side,
           CASE thread_message.side WHEN 'requester' THEN requester.display_name
                                    ELSE thread_message.author_name END,
           thread_message.author_id = %(account_id)s, thread_message.words, thread_message.sent_at
      FROM thread_message
      LEFT JOIN requester ON requester.account_id = thread_message.author_id
     WHERE thread_message.thread_id = %(thread_id)s
       AND EXISTS (SELECT FROM notice
                    WHERE notice.thread_id = %(thread_id)s AND notice.account_id = %(account_id)s)
     ORDER BY thread_message.id DESC LIMIT %(limit)s) AS last
 ORDER BY id
"""


def messages_of(*, account_id: AccountId, thread_id: int) -> list[Message]:
    """The last messages of a thread of one's own, oldest first; nothing of another's."""
    return db.many(Message, _THREAD, account_id=account_id, thread_id=thread_id, limit=MESSAGES_MAX)


_TASKS = """
SELECT assignment.id, assignment.decided_at
  FROM notice_event
  JOIN notice ON notice.id = notice_event.notice_id AND notice.account_id = %(account_id)s
  JOIN assignment_event ON assignment_event.id = notice_event.event_id
  JOIN assignment ON assignment.id = assignment_event.assignment_id
 WHERE notice_event.notice_id = %(entry_id)s
 ORDER BY assignment_event.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class DecidedTask:
    assignment_id: AssignmentId
    decided_at: datetime | None


def tasks_of(*, account_id: AccountId, entry_id: int) -> list[DecidedTask]:
    """The tasks a notice of decisions tells of, up to TASKS_MAX."""
    return db.many(DecidedTask, _TASKS, account_id=account_id, entry_id=entry_id, limit=TASKS_MAX)


@dataclass(frozen=True, slots=True)
class ContactedGroup:
    """Whom a worker is about to write to, and about what."""

    hit_type_id: HITTypeId
    title: str
    requester_name: str


_GROUP = """
SELECT hit_type.id, hit_type.title, requester.display_name
  FROM hit_type
  JOIN requester ON requester.account_id = hit_type.requester_id
 WHERE hit_type.id = %(hit_type_id)s
   AND hit_type.requester_id <> %(worker_id)s
"""


def contacted_group(*, worker_id: AccountId, hit_type_id: HITTypeId) -> ContactedGroup | None:
    """None when there is no such group, or it is one's own."""
    return db.one_or_none(ContactedGroup, _GROUP, worker_id=worker_id, hit_type_id=hit_type_id)


# Settings --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindSetting:
    kind: NoticeKind
    mail: MailChoice
    push: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """How an account is told. ``mail_on`` False: no kind is mailed, whatever its own choice."""

    mail_on: bool
    kinds: list[KindSetting]

    @property
    def receives_mail(self) -> bool:
        """What the profile shows: whether any notification comes by e-mail."""
        return self.mail_on and any(each.mail != MailChoice.OFF for each in self.kinds)


def settings_of(*, account_id: AccountId, sides: list[Side]) -> Settings:
    """An account's choices for what its sides can be told, with the defaults. One statement."""
    rows = {
        kind: (mail, push)
        for kind, mail, push in NoticeSetting.objects.filter(account_id=account_id).values_list(
            "kind", "mail", "push"
        )
    }
    wanted = {kind: None for side in sides for kind in KINDS_OF[side]}
    kinds = [
        KindSetting(kind, MailChoice(mail), push)
        for kind in wanted
        for mail, push in [rows.get(kind.value, (DEFAULT_MAIL[kind].value, True))]
    ]
    return Settings(rows.get(ALL_KINDS, (MailChoice.NOW.value, True))[0] != MailChoice.OFF, kinds)


# The demo's mail -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mail:
    id: int
    recipient: str
    sender: str
    subject: str
    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class MailPage:
    """Mails newest first; ``older_than`` asks for the page after this one, None at the end."""

    mails: list[Mail]
    older_than: int | None


def mail_page(*, recipient: str = "", older_than: int | None = None) -> MailPage:
    """Up to PAGE_SIZE kept mails, of one recipient if named. One statement."""
    rows = MailMessage.objects.order_by("-id")
    if recipient:
        rows = rows.filter(recipient=recipient.strip().lower())
    if older_than is not None:
        rows = rows.filter(id__lt=older_than)
    found = [
        Mail(*row)
        for row in rows.values_list("id", "recipient", "sender", "subject", "body", "sent_at")[
            : PAGE_SIZE + 1
        ]
    ]
    more = len(found) > PAGE_SIZE
    return MailPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if more else None)
