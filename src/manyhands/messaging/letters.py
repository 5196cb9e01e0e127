"""Writing the mail of notices: what gathered in an inbox becomes a row of the outbox, once.

Taking the notices and writing the mail is one transaction: a kill leaves both undone, or both done.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext, ngettext

from manyhands.core import db
from manyhands.core.ids import AccountId
from manyhands.messaging import addresses, links, mail_text
from manyhands.messaging.states import NoticeKind, Side
from manyhands.messaging.words import Told, told

_LOG = logging.getLogger(__name__)

ACCOUNTS_MAX = 500
# A letter tells so many in full; the rest is a number and a link.
NOTICES_MAX = 30
MESSAGES_MAX = 50
_SUBJECT_MAX = 200

_DUE = """
SELECT DISTINCT account_id FROM notice
 WHERE mail IN ('now', 'daily') AND mail_at <= now()
 ORDER BY account_id LIMIT %(limit)s
"""

# Of what is mailed at once everything goes that waits, due or not: it is one letter.
_TAKE = """
WITH due AS (
    SELECT notice.id, notice.mail, notice.first_unmailed_id
      FROM notice
     WHERE notice.account_id = %(account_id)s
       AND (notice.mail = 'now' OR (notice.mail = 'daily' AND notice.mail_at <= now()))
     ORDER BY notice.id
       FOR NO KEY UPDATE
), taken AS (
    UPDATE notice SET mail = 'sent', mail_at = NULL, first_unmailed_id = NULL
      FROM due
     WHERE notice.id = due.id
 RETURNING notice.id, due.mail, notice.side, notice.kind, notice.facts, notice.at, notice.thread_id,
           due.first_unmailed_id
)
SELECT * FROM taken ORDER BY at, id
"""

_READER = """
SELECT id, email, language, time_zone FROM account WHERE id = %(account_id)s AND status = 'active'
"""

_MESSAGES = """
SELECT thread_message.side, coalesce(CASE thread_message.side WHEN 'requester' THEN requester.display_name END,
                                     thread_message.author_name),
       thread_message.words, thread.subject, thread.shares_contact, thread_message.author_id, author.email
  FROM thread_message
  JOIN thread ON thread.id = thread_message.thread_id
  JOIN account AS author ON author.id = thread_message.author_id
  LEFT JOIN requester ON requester.account_id = thread_message.author_id
 WHERE thread_message.thread_id = %(thread_id)s
   AND thread_message.id >= %(first_id)s
   AND thread_message.author_id <> %(account_id)s
 ORDER BY thread_message.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    id: int
    mail: str
    side: str
    kind: NoticeKind
    facts: dict[str, Any]
    at: datetime
    thread_id: int | None
    first_unmailed_id: int | None


@dataclass(frozen=True, slots=True)
class _Reader:
    id: AccountId
    email: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class _Message:
    side: str
    author_name: str
    words: str
    subject: str
    shares_contact: bool
    author_id: AccountId
    author_email: str


def write_due(*, limit: int = ACCOUNTS_MAX) -> int:
    """Write every letter that is due; how many. One transaction for each reader.

    A letter that cannot be written is logged and left to the next run: it must not hold up the others.
    """
    written = 0
    for account_id in db.many(AccountId, _DUE, limit=limit):
        try:
            written += write_letters(account_id)
        except Exception:
            _LOG.exception("The mail of account %s could not be written.", account_id)
    return written


def write_letters(account_id: AccountId) -> int:
    """Write what waits for one reader: one letter a thread, one for news at once, one digest."""
    with transaction.atomic():
        taken = db.many(_Taken, _TAKE, account_id=account_id)
        reader = db.one_or_none(_Reader, _READER, account_id=account_id)
        if reader is None:
            return 0
        letters = _in_the_readers_terms(reader, lambda: _letters(reader, taken))
        for letter in letters:
            letter.send()  # into the outbox: a row of this transaction
    return len(letters)


def _in_the_readers_terms(reader: _Reader, write: Callable[[], list[EmailMessage]]) -> list[EmailMessage]:
    with translation.override(reader.language), timezone.override(ZoneInfo(reader.time_zone)):
        return write()


def _letters(reader: _Reader, taken: list[_Taken]) -> list[EmailMessage]:
    at_once = [each for each in taken if each.mail == "now"]
    daily = [each for each in taken if each.mail == "daily"]
    letters = [_of_thread(reader, each) for each in at_once if each.thread_id is not None]
    news = [each for each in at_once if each.thread_id is None]
    if news:
        letters.append(_of_news(reader, news))
    if daily:
        letters.append(_digest(reader, daily))
    return letters


def _letter(
    reader: _Reader, subject: str, parts: list[str], kinds: list[NoticeKind], reply_to: str = ""
) -> EmailMessage:
    """A letter with what every one has: why it was sent, how to stop it, and the headers for the latter."""
    stop = links.unsubscribe(addresses.unsubscribe_token(reader.id, kinds))
    foot = gettext(
        "You get this mail because your account at Manyhands asks for it.\n"
        "No more mail of this kind: %(stop)s\n"
        "Choose what is mailed and when: %(settings)s"
    ) % {"stop": stop, "settings": links.whole(links.page("notification_settings"))}
    return EmailMessage(
        " ".join(subject.split())[:_SUBJECT_MAX],
        "\n\n".join([*(part for part in parts if part), f"--\n{foot}"]) + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [reader.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        reply_to=[reply_to] if reply_to else None,
    )


def _of_thread(reader: _Reader, entry: _Taken) -> EmailMessage:
    messages = _messages(reader, entry)
    who = messages[0].author_name if messages else "Manyhands"
    subject = messages[0].subject if messages else ""
    reply_to = addresses.relay_address(thread_id=entry.thread_id or 0, account_id=reader.id)
    parts = [
        gettext("%(mark)s\nAnswer this mail, or on the site: %(url)s")
        % {"mark": mail_text.MARK, "url": links.whole(links.entry(entry.id, entry.side))},
        *(f"{message.author_name}:\n{message.words}" for message in messages),
        _contact(entry, messages, reply_to),
    ]
    title = gettext("%(name)s wrote to you: %(subject)s") % {"name": who, "subject": subject}
    return _letter(reader, title, parts, [NoticeKind.MESSAGE], reply_to)


def _messages(reader: _Reader, entry: _Taken) -> list[_Message]:
    return db.many(
        _Message,
        _MESSAGES,
        thread_id=entry.thread_id,
        first_id=entry.first_unmailed_id or 0,
        account_id=reader.id,
        limit=MESSAGES_MAX,
    )


def _contact(entry: _Taken, messages: list[_Message], reply_to: str) -> str:
    """The worker's name and address, for the requester; the literal address only where the operator says so."""
    asked = next((each for each in messages if each.shares_contact and each.side == Side.WORKER), None)
    if entry.side != Side.REQUESTER or asked is None:
        return ""
    address = asked.author_email if settings.CONTACT_LITERAL_EMAIL else reply_to
    return gettext("From: %(name)s, %(address)s") % {"name": asked.author_name, "address": address}


def _of_news(reader: _Reader, entries: list[_Taken]) -> EmailMessage:
    shown = [(each, told(each.kind, each.facts)) for each in entries]
    if len(shown) == 1:
        subject = shown[0][1].title
    else:
        count = sum(int(each.facts.get("count", 1)) for each in entries)
        subject = _together({each.kind for each in entries}, count)
    return _letter(reader, subject, _parts(shown), sorted({each.kind for each in entries}))


def _together(kinds: set[NoticeKind], count: int) -> str:
    """The subject of a letter that tells of several things."""
    if kinds == {NoticeKind.DECISION_APPROVED}:
        line = ngettext("%(count)d task was approved", "%(count)d tasks were approved", count)
    elif kinds == {NoticeKind.DECISION_REJECTED}:
        line = ngettext("%(count)d task was rejected", "%(count)d tasks were rejected", count)
    elif kinds <= {NoticeKind.DECISION_APPROVED, NoticeKind.DECISION_REJECTED}:
        line = ngettext("%(count)d decision about your tasks", "%(count)d decisions about your tasks", count)
    else:
        line = ngettext("%(count)d piece of news for you", "%(count)d pieces of news for you", count)
    return line % {"count": count}


def _digest(reader: _Reader, entries: list[_Taken]) -> EmailMessage:
    shown = [(each, _of_entry(reader, each)) for each in entries]
    day = formats.date_format(timezone.localtime(), "DATE_FORMAT")
    subject = gettext("Your day at Manyhands, %(day)s") % {"day": day}
    return _letter(reader, subject, _parts(shown), sorted({each.kind for each in entries}))


def _of_entry(reader: _Reader, entry: _Taken) -> Told:
    """A digest tells of a thread in short, too."""
    if entry.thread_id is None:
        return told(entry.kind, entry.facts)
    messages = _messages(reader, entry)
    names = {
        "name": messages[0].author_name if messages else "",
        "subject": messages[0].subject if messages else "",
    }
    line = gettext("%(name)s wrote to you: %(subject)s") % names
    return Told(title=line, quote="\n\n".join(each.words for each in messages))


def _parts(shown: list[tuple[_Taken, Told]]) -> list[str]:
    parts = [_part(entry, notice) for entry, notice in shown[:NOTICES_MAX]]
    more = len(shown) - NOTICES_MAX
    if more > 0:
        line = ngettext("And %(more)d more: %(url)s", "And %(more)d more: %(url)s", more)
        parts.append(line % {"more": more, "url": links.whole(links.page("messages"))})
    return parts


def _part(entry: _Taken, notice: Told) -> str:
    quote = "\n".join(f"    {line}" for line in notice.quote.split("\n")) if notice.quote else ""
    path = notice.link.path if notice.link else links.entry(entry.id, entry.side)
    lines = [notice.title, notice.text, quote, links.whole(path)]
    return "\n".join(line for line in lines if line)
