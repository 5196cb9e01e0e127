"""Mail kept in the database instead of being sent: what the demo's mailbox page reads."""

from django.db import models
from django.db.models.functions import Now


class MailMessage(models.Model):
    """One mail to one recipient, as plain text."""

    recipient = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.TextField()
    body = models.TextField()
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "mail_message"
        indexes = [models.Index(fields=["recipient", "-id"], name="mail_message_recipient")]
