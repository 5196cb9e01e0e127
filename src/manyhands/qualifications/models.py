"""What a worker has shown to be able to do, as a score that work may ask for."""

from django.db import models
from django.db.models.functions import Now

from manyhands.accounts.models import Requester, Worker
from manyhands.qualifications.states import QualificationStatus


class QualificationType(models.Model):
    """``requester`` is null for the platform's own. ``name`` is unique within its owner."""

    requester = models.ForeignKey(Requester, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    description = models.TextField(default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_type"
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "name"], name="qualification_type_name_unique", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """One worker's score in one qualification type; revoked ones stay as history."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    score = models.IntegerField()
    status = models.CharField(max_length=8, choices=QualificationStatus.choices)
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification"
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "qualification_type"], name="qualification_once_per_worker"
            )
        ]
