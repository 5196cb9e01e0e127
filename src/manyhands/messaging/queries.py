"""What pages read about mail."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.messaging.models import MailMessage

PAGE_SIZE = 20


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
