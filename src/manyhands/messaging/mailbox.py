"""An e-mail backend that keeps mail in a table, for the demo and for development.

An installation that sends names Django's own SMTP backend in MANYHANDS_EMAIL_BACKEND.
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
