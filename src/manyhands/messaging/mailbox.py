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
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        MailMessage.objects.bulk_create(rows)
        return len(email_messages)
