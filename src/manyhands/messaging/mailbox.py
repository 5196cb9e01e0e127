"""The outbox as an e-mail backend: mail is a row of the transaction that caused it, sent by a job.

In the demo it is only kept, and read on a page.
"""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from manyhands.messaging.models import MailMessage


class DatabaseMailbox(BaseEmailBackend):
    """Stores one row per mail and recipient; never fails on an address, never opens a connection."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            MailMessage(
                recipient=parseaddr(recipient)[1].lower()[:254],
                sender=message.from_email[:254],
                subject=str(message.subject),
                body=str(message.body),
                headers=_headers(message),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        MailMessage.objects.bulk_create(rows)
        return len(email_messages)


def _headers(message: EmailMessage) -> dict[str, str]:
    """What the mail says besides: the extra headers, and where an answer goes."""
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    return headers
