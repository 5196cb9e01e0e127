"""Reports of tasks: what workers found wrong, and what operators made of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from manyhands.accounts.models import Account, Worker
from manyhands.moderation.states import ReportReason, ReportStatus
from manyhands.work.models import Assignment, HITType


class Report(models.Model):
    """One worker's report of a task group, with the assignment when it was made from one.

    ``words`` are the worker's, ``outcome`` the operator's; the requester sees neither, nor who reported.
    """

    reporter = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    hit_type = models.ForeignKey(HITType, models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=20, choices=ReportReason.choices)
    words = models.CharField(max_length=2000, default="")
    status = models.CharField(max_length=6, choices=ReportStatus.choices, db_default=ReportStatus.OPEN)
    reported_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=2000, default="", db_default="")

    class Meta:
        db_table = "task_report"
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "hit_type"],
                name="task_report_open_once",
                condition=Q(status=ReportStatus.OPEN),
            ),
            models.CheckConstraint(
                condition=Q(status=ReportStatus.OPEN) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="task_report_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["status", "id"], name="task_report_by_status")]
