"""The outbox of mail (in the demo its mailbox), and workers' words to requesters."""

from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import Requester, Worker
from manyhands.work.models import Assignment, Batch


class MailMessage(models.Model):
    """One mail to one recipient, as plain text; leased while it is being sent."""

    recipient = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.TextField()
    body = models.TextField()
    sent_at = models.DateTimeField(db_default=Now())
    attempts = models.SmallIntegerField(default=0, db_default=0)
    leased_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mail_message"
        indexes = [
            models.Index(fields=["recipient", "-id"], name="mail_message_recipient"),
            models.Index(
                fields=["id"], name="mail_message_waiting", condition=models.Q(delivered_at__isnull=True)
            ),
        ]


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
