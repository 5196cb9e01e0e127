"""Mail kept in the database instead of being sent (the demo's mailbox), and workers' words to requesters."""

from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import Requester, Worker
from manyhands.work.models import Assignment, Batch


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


class TaskFeedback(models.Model):
    """What a worker tells a requester about a task, from its page."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    # Copies of the assignment's, so that a batch's feedback needs no join to be found.
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False)
    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    words = models.TextField()
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "task_feedback"
        indexes = [models.Index(fields=["batch", "-id"], name="task_feedback_by_batch")]
