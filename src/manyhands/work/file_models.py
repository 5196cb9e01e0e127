"""The table of files that workers hand in; the files themselves lie in ``core.files``, by their keys."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AnswerFile(models.Model):
    """A file for one field of an assignment. The answer names it by ``[field, key]``.

    ``name`` and ``content_type`` are what the worker's browser said. A file that another has taken the place
    of, or that was taken back, is gone at once, unless the answer handed in before holds it: then it is dropped.
    """

    key = models.CharField(max_length=32, unique=True)
    assignment = models.ForeignKey("Assignment", models.PROTECT, related_name="+")
    field = models.TextField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=127)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "answer_file"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "field"],
                name="answer_file_once_per_field",
                condition=Q(dropped_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(bytes__gt=0), name="answer_file_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="answer_file_has_name"),
            models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{32}$"), name="answer_file_key_is_key"),
        ]
