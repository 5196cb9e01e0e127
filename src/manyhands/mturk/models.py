"""Answers kept for a short while, so that a client's retry gets the first answer and not a second effect."""

from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import APIKey


class KeptAnswer(models.Model):
    """The answer to one invocation of one key. ``body`` is null only inside the transaction that runs it."""

    key = models.ForeignKey(APIKey, models.CASCADE, related_name="+", db_index=False)
    # SHA-256 of the invocation's id, the operation and the body.
    invocation = models.BinaryField()
    body = models.BinaryField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "mturk_kept_answer"
        constraints = [
            models.UniqueConstraint(fields=["key", "invocation"], name="mturk_kept_answer_once"),
        ]
        indexes = [models.Index(fields=["at"], name="mturk_kept_answer_at")]
