"""What workers say of requesters and requesters of work, and what the nightly formula did.

Ratings are sealed until both sides have spoken or the time to speak is over: nobody answers a rating
with a rating (``revealed`` in ``queries``). They are never changed.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from manyhands.accounts.models import Requester, Worker
from manyhands.reputation.states import Side
from manyhands.work.models import Assignment

_STARS = (1, 5)


class Rating(models.Model):
    """One side's word on one assignment, in stars from 1 to 5.

    A worker rates pay, fairness, communication and speed; a requester rates the work. ``sealed_until``: when
    it is opened even if the other side never speaks; both may speak until then. ``is_counted``: it is opened,
    and in the figures that are kept.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=9, choices=Side.choices)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+", db_index=False)
    pay = models.SmallIntegerField(null=True)
    fairness = models.SmallIntegerField(null=True)
    communication = models.SmallIntegerField(null=True)
    speed = models.SmallIntegerField(null=True)
    work = models.SmallIntegerField(null=True)
    words = models.CharField(max_length=1000, default="", db_default="")
    rated_at = models.DateTimeField(db_default=Now())
    sealed_until = models.DateTimeField()
    is_counted = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "rating"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "side"], name="rating_once_a_side"),
            models.CheckConstraint(
                condition=Q(
                    side=Side.WORKER, pay__range=_STARS, fairness__range=_STARS, communication__range=_STARS,
                    speed__range=_STARS, work__isnull=True,
                )
                | Q(
                    side=Side.REQUESTER, work__range=_STARS, pay__isnull=True, fairness__isnull=True,
                    communication__isnull=True, speed__isnull=True,
                ),
                name="rating_in_stars",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["requester", "side"], name="rating_by_requester"),
            models.Index(fields=["worker", "side"], name="rating_by_worker"),
            models.Index(fields=["sealed_until"], condition=Q(is_counted=False), name="rating_to_open"),
        ]


class MastersRun(models.Model):
    """One nightly run of the Masters formula: its version, and who gained or lost it by which figures."""

    at = models.DateTimeField(db_default=Now())
    formula = models.CharField(max_length=16)
    judged_count = models.IntegerField()
    held_count = models.IntegerField()
    changes = models.JSONField(default=list)

    class Meta:
        db_table = "masters_run"


class WorkerMerit(models.Model):
    """How the Masters formula last judged a worker: each part from 0 to 1, and the whole from 0 to 100."""

    worker = models.OneToOneField(Worker, models.CASCADE, primary_key=True, related_name="+")
    formula = models.CharField(max_length=16)
    score = models.IntegerField()
    parts = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "worker_merit"
