"""What a worker has shown to be able to do, as a score that work may ask for.

Statements read the view ``held_qualification`` (migration 0004): what each worker holds at this moment,
the platform's own types included. Tables are written by operations only.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from manyhands.accounts.models import Account, Requester, Worker
from manyhands.qualifications.states import (
    OPEN_REQUEST,
    ChangeReason,
    Grade,
    QualificationStatus,
    RequestStatus,
    Route,
    ScoreKind,
    StageKind,
    TypeStatus,
)


class QualificationType(models.Model):
    """``requester`` is null for the platform's own. ``name`` is unique within its owner while not disposed.

    ``pass_score``: below it a test or assessment is failed; null: any score is granted (MTurk API).
    ``retry_delay_s``: how long after an attempt the next may begin; null: it can be taken once only.
    ``validity_s``: how long a score holds; null: for good. ``training``: what the worker reads first.
    ``eligibility``: who may ask for it, as ``eligibility.Eligibility`` writes it.
    ``tasks_needed``: how many qualification tasks make the score, for that route.
    """

    requester = models.ForeignKey(Requester, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    description = models.TextField(default="")
    keywords = models.CharField(max_length=1000, default="", db_default="")
    status = models.CharField(max_length=8, choices=TypeStatus.choices, db_default=TypeStatus.ACTIVE)
    route = models.CharField(max_length=10, choices=Route.choices, db_default=Route.GRANT)
    score_kind = models.CharField(max_length=8, choices=ScoreKind.choices, db_default=ScoreKind.PERCENT)
    auto_granted_score = models.IntegerField(default=1, db_default=1)
    pass_score = models.IntegerField(null=True)
    retry_delay_s = models.IntegerField(null=True)
    validity_s = models.IntegerField(null=True)
    tasks_needed = models.IntegerField(null=True)
    training = models.TextField(default="", db_default="")
    eligibility = models.JSONField(default=dict, db_default={})
    graded_by_owner = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_type"
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "name"],
                condition=~Q(status=TypeStatus.DISPOSED),
                name="qualification_type_name_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=(Q(retry_delay_s__isnull=True) | Q(retry_delay_s__gte=0))
                & (Q(validity_s__isnull=True) | Q(validity_s__gt=0))
                & (Q(tasks_needed__isnull=True) | Q(tasks_needed__gt=0)),
                name="qualification_type_durations_and_counts_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QualificationTest(models.Model):
    """One immutable version of a type's test: QuestionForm and AnswerKey as XML (MTurk API, 3.4 and 3.6).

    The newest version is the one taken next; an attempt keeps the one it began with.
    """

    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="tests")
    version = models.IntegerField()
    question_form = models.TextField()
    answer_key = models.TextField(default="", db_default="")
    duration_s = models.IntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_test"
        constraints = [
            models.UniqueConstraint(fields=["qualification_type", "version"], name="qualification_test_once"),
            models.CheckConstraint(condition=Q(duration_s__gt=0), name="qualification_test_duration"),
        ]


class QualificationAgreement(models.Model):
    """One immutable version of the text that an agreement's worker accepts."""

    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="agreements")
    version = models.IntegerField()
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_agreement"
        constraints = [
            models.UniqueConstraint(
                fields=["qualification_type", "version"], name="qualification_agreement_once"
            )
        ]


class AgreementAcceptance(models.Model):
    """Who accepted which version, and when (W-54). Never changed."""

    agreement = models.ForeignKey(QualificationAgreement, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_agreement_acceptance"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "worker"], name="qualification_agreement_acceptance_once"
            )
        ]


class QualificationPrerequisite(models.Model):
    """What must be held before a type can be asked for: base training before a project's (C-03)."""

    qualification_type = models.ForeignKey(
        QualificationType, models.CASCADE, related_name="prerequisites", db_index=False
    )
    needed = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    score_min = models.IntegerField(null=True)

    class Meta:
        db_table = "qualification_prerequisite"
        constraints = [
            models.UniqueConstraint(
                fields=["qualification_type", "needed"], name="qualification_prerequisite_once"
            ),
            models.CheckConstraint(
                condition=~Q(qualification_type=F("needed")), name="qualification_prerequisite_not_itself"
            ),
        ]


class Qualification(models.Model):
    """One worker's score in one qualification type; revoked ones stay as history."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    score = models.IntegerField()
    status = models.CharField(max_length=8, choices=QualificationStatus.choices)
    granted_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "qualification"
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "qualification_type"], name="qualification_once_per_worker"
            )
        ]


class QualificationEvent(models.Model):
    """One change of a worker's qualification: from, to, why, from what, by whom. Never changed.

    ``score_before`` is null when nothing was held, ``score_after`` when it was taken away.
    ``inputs`` are the figures the rule went by; ``words`` are for the worker to read.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    score_before = models.IntegerField(null=True)
    score_after = models.IntegerField(null=True)
    reason = models.CharField(max_length=16, choices=ChangeReason.choices)
    inputs = models.JSONField(default=dict, db_default={})
    words = models.TextField(default="", db_default="")
    actor = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "qualification_event"
        indexes = [models.Index(fields=["worker", "-id"], name="qualification_event_by_worker")]


class QualificationRequest(models.Model):
    """One worker's way to one qualification: an attempt at its test, or a wish that waits for its owner.

    ``answer`` is a list of ``[field, value]`` pairs. ``deadline_at`` is when a test taken must be in.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="requests")
    status = models.CharField(max_length=8, choices=RequestStatus.choices)
    test = models.ForeignKey(QualificationTest, models.PROTECT, null=True, related_name="+", db_index=False)
    requested_at = models.DateTimeField(db_default=Now())
    deadline_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    # Which version of an assessment's stages it goes by, and how many of them are done.
    stage_version = models.IntegerField(null=True)
    stages_done = models.IntegerField(default=0, db_default=0)
    submitted_at = models.DateTimeField(null=True)
    score = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.TextField(default="", db_default="")

    class Meta:
        db_table = "qualification_request"
        constraints = [
            # Two windows never take one test at once, and nobody asks twice while an answer is due.
            models.UniqueConstraint(
                fields=["worker", "qualification_type"],
                condition=Q(status__in=OPEN_REQUEST),
                name="qualification_request_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["worker", "-id"], name="qual_request_by_worker"),
            models.Index(
                fields=["qualification_type", "id"],
                condition=Q(status="pending"),
                name="qual_request_pending",
            ),
        ]


class WorkerStanding(models.Model):
    """How a worker's decided work counts so far; moved by the statements that decide.

    ``submitted``, ``returned`` and ``abandoned`` are counted each night: only old requirements ask for them.
    """

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="+")
    approved = models.IntegerField(default=0, db_default=0)
    rejected = models.IntegerField(default=0, db_default=0)
    submitted = models.IntegerField(default=0, db_default=0)
    returned = models.IntegerField(default=0, db_default=0)
    abandoned = models.IntegerField(default=0, db_default=0)
    # Requesters' opened ratings of the work, 0 (one star) to 100 (five), and how many requesters.
    rating = models.IntegerField(null=True)
    rater_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "worker_standing"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    approved__gte=0, rejected__gte=0, submitted__gte=0, returned__gte=0, abandoned__gte=0
                ),
                name="worker_standing_not_negative",
            )
        ]


class ProfileRule(models.Model):
    """What an answer to a profile question gives: this score in this premium type."""

    question = models.CharField(max_length=32)
    option = models.CharField(max_length=32)
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    score = models.IntegerField()

    class Meta:
        db_table = "profile_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["question", "option", "qualification_type"], name="profile_rule_once"
            )
        ]


class ProfileAnswer(models.Model):
    """What a worker told about themself, for being shown tasks and nothing else. Deleted when taken back."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=32)
    option = models.CharField(max_length=32)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "profile_answer"
        constraints = [
            models.UniqueConstraint(fields=["worker", "question", "option"], name="profile_answer_once")
        ]


class ProfileConsent(models.Model):
    """That a worker agreed to these words on the use of profile answers, when, and until when."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    version = models.CharField(max_length=16)
    given_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "profile_consent"
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(revoked_at__isnull=True), name="profile_consent_one"
            )
        ]


class AssessmentStage(models.Model):
    """One stage of an assessment, immutable: changed stages are a new version, attempts keep theirs.

    ``text``: what is read first, or the instructions of a writing. ``question_form`` and ``answer_key``: XML, for
    questions. ``pass_percent``: below it the attempt ends there. ``topic``, ``words_min`` and ``words_max``: for
    a writing.
    """

    qualification_type = models.ForeignKey(
        QualificationType, models.PROTECT, related_name="stages", db_index=False
    )
    version = models.IntegerField()
    ordinal = models.IntegerField()
    kind = models.CharField(max_length=9, choices=StageKind.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(default="", db_default="")
    question_form = models.TextField(default="", db_default="")
    answer_key = models.TextField(default="", db_default="")
    pass_percent = models.IntegerField(null=True)
    topic = models.CharField(max_length=500, default="", db_default="")
    words_min = models.IntegerField(null=True)
    words_max = models.IntegerField(null=True)

    class Meta:
        db_table = "assessment_stage"
        constraints = [
            models.UniqueConstraint(
                fields=["qualification_type", "version", "ordinal"], name="assessment_stage_once"
            )
        ]


class AssessmentStep(models.Model):
    """What one attempt made of one stage. ``answer``: pairs of fields and values, or the text written.

    ``score`` is the percentage of a stage of questions. An editor's ``grade``, ``corrected`` text and ``words``
    are for the worker to read; ``returned_words`` say why a text was sent back, and how often it was.
    """

    request = models.ForeignKey(QualificationRequest, models.PROTECT, related_name="steps", db_index=False)
    stage = models.ForeignKey(AssessmentStage, models.PROTECT, related_name="+", db_index=False)
    answer = models.JSONField(null=True)
    score = models.IntegerField(null=True)
    submitted_at = models.DateTimeField(db_default=Now())
    grade = models.CharField(max_length=20, choices=Grade.choices, default="", db_default="")
    corrected = models.TextField(default="", db_default="")
    words = models.TextField(default="", db_default="")
    editor = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    graded_at = models.DateTimeField(null=True)
    returned_words = models.TextField(default="", db_default="")
    returned_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "assessment_step"
        constraints = [
            models.UniqueConstraint(fields=["request", "stage"], name="assessment_step_once"),
        ]
