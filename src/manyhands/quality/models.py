"""What is measured of live work: known answers as they were met, and what follows from them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from manyhands.accounts.models import Worker
from manyhands.qualifications.models import QualificationType
from manyhands.quality.states import SignalKind
from manyhands.work.models import HIT, Assignment, HITReviewPolicy, Project


class KnownAnswerResult(models.Model):
    """How one submission met the known answers of its HIT: so many right of so many asked. Written once.

    ``project`` and ``qualification_type`` are copies: whose skill it counts for, and whose task it was.
    ``applied_at``: when scores were moved by it; null until then.
    """

    assignment = models.OneToOneField(Assignment, models.PROTECT, primary_key=True, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+", db_index=False)
    qualification_type = models.ForeignKey(
        QualificationType, models.PROTECT, null=True, related_name="+", db_index=False
    )
    right = models.SmallIntegerField()
    asked = models.SmallIntegerField()
    submitted_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "known_answer_result"
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gte=0, asked__gt=0, right__lte=F("asked")),
                name="known_answer_result_right_of_asked",
            )
        ]
        indexes = [
            models.Index(fields=["worker", "project"], name="known_result_by_worker"),
            models.Index(fields=["project", "worker"], name="known_result_by_project"),
            models.Index(
                fields=["worker"], name="known_result_to_apply", condition=Q(applied_at__isnull=True)
            ),
        ]


class ScoreRule(models.Model):
    """How known answers of a project move the score of its skill; published on the skill's page.

    ``starts_at``: what a worker without the skill gets at the first known answer; null: only those who
    hold it are moved.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    right_by = models.SmallIntegerField(default=1)
    wrong_by = models.SmallIntegerField(default=3)
    starts_at = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "score_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(right_by__range=(0, 100), wrong_by__range=(0, 100)), name="score_rule_by"
            )
        ]


class TaskSeries(models.Model):
    """A worker's qualification tasks of one type, all done: counted once, and never again."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    right = models.IntegerField()
    asked = models.IntegerField()
    score = models.SmallIntegerField()
    is_passed = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "task_series"
        constraints = [
            models.UniqueConstraint(fields=["worker", "qualification_type"], name="task_series_once")
        ]


class FirstQuestions(models.Model):
    """A project begins with questions: who gets fewer right than needed no longer sees its groups.

    ``passed`` opens the work; ``failed`` is what new groups refuse. Both belong to the requester, who can
    give and take them like any other qualification.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    passed = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    failed = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    questions = models.SmallIntegerField()
    right_needed = models.SmallIntegerField()

    class Meta:
        db_table = "first_questions"
        constraints = [
            models.CheckConstraint(
                condition=Q(questions__gt=0, right_needed__gt=0, right_needed__lte=F("questions")),
                name="first_questions_right_of_questions",
            )
        ]


class SubmissionCursor(models.Model):
    """How far the history of assignments has been read (core/following.py). One row."""

    done_to = models.BigIntegerField()
    seen_to = models.BigIntegerField()
    seen_xid = models.BigIntegerField()

    class Meta:
        db_table = "submission_cursor"


class SubmissionSignal(models.Model):
    """Something measured of a submission that is worth a look: evidence for people, never a verdict.

    ``value`` is what was measured, ``expectation`` what it is held against; null where nothing is.
    ``name``: the field of an attention check.
    """

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=SignalKind.choices)
    name = models.CharField(max_length=200, default="")
    value = models.FloatField()
    expectation = models.FloatField(null=True)

    class Meta:
        db_table = "submission_signal"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind", "name"], name="submission_signal_once")
        ]


class PolicyReview(models.Model):
    """That a review policy is to judge a submission, or a HIT once nobody works on it; done when ``done_at`` is set."""

    hit = models.ForeignKey(HIT, models.CASCADE, related_name="+", db_index=False)
    level = models.CharField(max_length=10, choices=HITReviewPolicy.Level.choices)
    assignment = models.OneToOneField(Assignment, models.CASCADE, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_review"
        constraints = [
            models.UniqueConstraint(
                fields=["hit"],
                condition=Q(level=HITReviewPolicy.Level.HIT, done_at__isnull=True),
                name="policy_review_one_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["level", "id"], condition=Q(done_at__isnull=True), name="policy_review_to_do"
            ),
            models.Index(fields=["hit"], condition=Q(done_at__isnull=True), name="policy_review_of_hit"),
        ]


class PolicyLine(models.Model):
    """One line of what review policies found and did: an action, or a result of the action ``of``.

    ``name``: the action's, or the result's key; ``text``: what came of it, or the value. Never changed.
    """

    hit = models.ForeignKey(HIT, models.CASCADE, related_name="+", db_index=False)
    level = models.CharField(max_length=10, choices=HITReviewPolicy.Level.choices)
    of = models.ForeignKey("self", models.CASCADE, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=32)
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="+")
    question = models.TextField(default="")
    text = models.TextField()
    is_done = models.BooleanField(default=True)
    error_code = models.CharField(max_length=40, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "policy_line"
        indexes = [models.Index(fields=["hit", "id"], name="policy_line_of_hit")]
