"""The tables of the work: projects and layouts, HIT types, batches, HITs, assignments.

Times are instants (``…_at``), durations seconds (``…_s``), money minor units (``…_minor``).
Which statement changes what, and which invariant each constraint keeps: docs/invariants.md.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from manyhands.accounts.models import Account, APIKey, Requester, Worker
from manyhands.catalog.models import SubCategory
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import Comparator, Guard
from manyhands.work.file_models import AnswerFile  # noqa: F401 -- Django finds tables here
from manyhands.work.states import PLACE_TAKEN, AssignmentStatus, BatchStatus, HITStatus, RejectionReason


class Project(models.Model):
    """What a requester publishes again and again: settings for new batches, and a layout that evolves."""

    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+")
    name = models.CharField(max_length=128)
    title = models.CharField(max_length=128)
    description = models.CharField(max_length=2000)
    keywords = models.CharField(max_length=1000, default="", blank=True)
    sub_category = models.ForeignKey(SubCategory, models.PROTECT, related_name="+")
    reward_minor = models.IntegerField()
    assignment_duration_s = models.IntegerField()
    auto_approval_delay_s = models.IntegerField()
    lifetime_s = models.IntegerField()
    max_assignments = models.IntegerField(default=1)
    layout = models.ForeignKey("Layout", models.PROTECT, null=True, related_name="+")
    # What new groups of this project ask of workers, as ``qualifications.requirements`` writes it.
    requirements = models.JSONField(default=list, db_default=[])
    # Set: what is published from now on are the qualification tasks of this type.
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, null=True, related_name="+")
    # Set: who does not hold this gets so many first questions before anything else, each with so many places.
    in_job_type = models.ForeignKey(QualificationType, models.PROTECT, null=True, related_name="+")
    first_questions = models.SmallIntegerField(default=0, db_default=0)
    first_places = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "project"
        indexes = [models.Index(fields=["requester", "-id"], name="project_by_requester")]


class Layout(models.Model):
    """One immutable version of a project's question: HTML with ``${placeholders}`` (a HIT layout).

    ``form_spec`` is set when the HTML was made by the form builder, and is what its editor reopens.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="layouts")
    version = models.IntegerField()
    html = models.TextField()
    form_spec = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "layout"
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="layout_version_unique")]


class HITType(models.Model):
    """What all tasks of a group share; immutable, so that a change makes a new group (W-16).

    ``digest`` is over everything shared, the layout and the requirements included: publishing with
    the same settings again finds the same group.
    """

    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+")
    sub_category = models.ForeignKey(SubCategory, models.PROTECT, related_name="+")
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=128)
    description = models.CharField(max_length=2000)
    keywords = models.CharField(max_length=1000, default="")
    reward_minor = models.IntegerField()
    assignment_duration_s = models.IntegerField()
    auto_approval_delay_s = models.IntegerField()
    # Whether somebody is to be told what happens to its HITs: only then are ``HITEvent`` rows written.
    keeps_events = models.BooleanField(default=False, db_default=False)
    # Set for qualification tasks: the type whose score they make. Every HIT then has known answers.
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, null=True, related_name="+")
    # Set: who does not hold this gets HITs with positions below zero only, the first questions.
    in_job_type = models.ForeignKey(QualificationType, models.PROTECT, null=True, related_name="+")
    # False while every HIT of the type has one place: then no worker can have done an open one.
    has_several_places = models.BooleanField(default=False, db_default=False)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "hit_type"
        constraints = [
            models.UniqueConstraint(fields=["requester", "digest"], name="hit_type_unique"),
            models.CheckConstraint(condition=Q(reward_minor__gte=0), name="hit_type_reward_not_negative"),
            models.CheckConstraint(
                condition=Q(assignment_duration_s__gt=0, auto_approval_delay_s__gte=0),
                name="hit_type_durations_positive",
            ),
        ]
        indexes = [models.Index(fields=["sub_category"], name="hit_type_by_sub_category")]


class QualificationRequirement(models.Model):
    """One condition a worker must meet (MTurk API, QualificationRequirement). At most ten a type.

    ``scores``: whole numbers, or for the platform's locale type places such as ``US`` and ``US-CA``.
    """

    hit_type = models.ForeignKey(HITType, models.CASCADE, related_name="requirements")
    qualification_type = models.ForeignKey(QualificationType, models.PROTECT, related_name="+")
    comparator = models.CharField(max_length=20, choices=Comparator.choices)
    scores = models.JSONField(default=list)
    actions_guarded = models.CharField(max_length=24, choices=Guard.choices, default=Guard.ACCEPT)

    class Meta:
        db_table = "qualification_requirement"


class Batch(models.Model):
    """HITs of one price, managed together: those of one file, or those of one type made by the API.

    Until published, the rows of a file wait in ``file``. The API's batch of a type is made with its first
    HIT and takes in all that follow; what describes a file (``row_count``, ``columns``, the terms asked
    for) says nothing there.
    """

    class Source(models.TextChoices):
        FILE = "file"
        API = "api"

    source = models.CharField(
        max_length=4, choices=Source.choices, default=Source.FILE, db_default=Source.FILE.value
    )
    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="batches")
    hit_type = models.ForeignKey(HITType, models.PROTECT, null=True, related_name="batches")
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=128)
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.DRAFT)
    columns = models.JSONField(default=list)
    # Whether the file has columns of known answers, which are no part of ``columns``.
    has_known = models.BooleanField(default=False, db_default=False)
    # So many of its known rows are first questions, each with so many places, as the project said at upload.
    first_questions = models.SmallIntegerField(default=0, db_default=0)
    first_places = models.IntegerField(default=0, db_default=0)
    row_count = models.IntegerField(default=0)
    sample_rows = models.JSONField(default=list)
    max_assignments = models.IntegerField(default=1)
    reward_minor = models.IntegerField()
    fee_minor = models.IntegerField(default=0)
    lifetime_s = models.IntegerField()
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    publishing_at = models.DateTimeField(null=True)
    rows_published = models.IntegerField(default=0, db_default=0)
    failure = models.TextField(default="", db_default="")
    # The key its cost is counted against, from the start of its publishing until that is refused.
    charged_key = models.ForeignKey(APIKey, models.PROTECT, null=True, related_name="+")
    reservations = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "batch"
        indexes = [
            models.Index(fields=["requester", "-id"], name="batch_by_requester"),
            models.Index(fields=["project", "-id"], name="batch_by_project"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(max_assignments__gt=0), name="batch_max_assignments_positive"),
            models.CheckConstraint(
                condition=Q(reward_minor__gte=0, fee_minor__gte=0), name="batch_money_not_negative"
            ),
            models.UniqueConstraint(
                fields=["hit_type"],
                name="batch_of_api_unique",
                condition=Q(source="api", status=BatchStatus.PUBLISHED),
            ),
        ]


class BatchFile(models.Model):
    """The uploaded CSV as it came, in pieces, so that reading it never needs all of it at once."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="pieces")
    ordinal = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "batch_file"
        constraints = [models.UniqueConstraint(fields=["batch", "ordinal"], name="batch_file_piece_unique")]


class Question(models.Model):
    """What the API's HITs ask: the XML as it was given. Many HITs may share one, and it never changes."""

    class Kind(models.TextChoices):
        HTML = "html"
        EXTERNAL = "external"
        FORM = "form"

    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "question"
        constraints = [models.UniqueConstraint(fields=["requester", "digest"], name="question_unique")]


class HIT(models.Model):
    """One task with ``max_assignments`` places: its type's layout filled with ``input``, or a ``question``.

    ``layout`` is the HIT layout a question was made from. ``annotation`` is for its requester alone.
    ``position`` orders the tasks of a group for workers; it is drawn anew when a place becomes free
    again, so that a worker's cursor only ever moves forward (docs/adr/0005). Below zero stand the first
    questions of a job, which open the rest to a worker.
    """

    hit_type = models.ForeignKey(HITType, models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False)
    position = models.BigIntegerField()
    input = models.JSONField()
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="+", db_index=False)
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, related_name="+", db_index=False)
    annotation = models.CharField(max_length=255, default="", db_default="")
    status = models.CharField(max_length=12, choices=HITStatus.choices, db_default=HITStatus.ASSIGNABLE)
    max_assignments = models.IntegerField()
    available = models.IntegerField()
    pending = models.IntegerField(db_default=0)
    submitted = models.IntegerField(db_default=0)
    approved = models.IntegerField(db_default=0)
    rejected = models.IntegerField(db_default=0)
    withdrawn = models.IntegerField(db_default=0)
    releases = models.IntegerField(db_default=0)
    fee_minor = models.IntegerField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    is_open = models.GeneratedField(
        expression=Q(available__gt=0, status=HITStatus.ASSIGNABLE),  # type: ignore[arg-type]  # a Q is one
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        db_table = "hit"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    available__gte=0,
                    pending__gte=0,
                    submitted__gte=0,
                    approved__gte=0,
                    rejected__gte=0,
                    withdrawn__gte=0,
                ),
                name="hit_counters_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    max_assignments=F("available")
                    + F("pending")
                    + F("submitted")
                    + F("approved")
                    + F("rejected")
                    + F("withdrawn")
                ),
                name="hit_counters_sum_to_max_assignments",
            ),
            models.CheckConstraint(condition=Q(max_assignments__gt=0), name="hit_max_assignments_positive"),
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="hit_fee_not_negative"),
        ]
        indexes = [
            # The open tasks of a group in the order workers get them.
            models.Index(fields=["hit_type", "position"], name="hit_open", condition=Q(is_open=True)),
            models.Index(fields=["batch", "id"], name="hit_by_batch"),
            models.Index(fields=["expires_at"], name="hit_open_by_expiry", condition=Q(is_open=True)),
        ]


class HITReviewPolicy(models.Model):
    """How answers of a HIT are to be judged by rule (MTurk API, review policies): at most one a level."""

    class Level(models.TextChoices):
        ASSIGNMENT = "Assignment"
        HIT = "HIT"

    hit = models.ForeignKey(HIT, models.CASCADE, related_name="+", db_index=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    policy = models.JSONField()

    class Meta:
        db_table = "hit_review_policy"
        constraints = [models.UniqueConstraint(fields=["hit", "level"], name="hit_review_policy_once")]


class HITEvent(models.Model):
    """What happened to a HIT, in order, for those who are to be told. Only where the type keeps events.

    Written by the statement that does it, under the HIT's lock: the ids of one HIT's events are in order.
    """

    class Kind(models.TextChoices):
        CREATED = "created"
        EXPIRED = "expired"  # free places were taken off the market, or the end was set to now
        REVIEWABLE = "reviewable"
        EXTENDED = "extended"
        DISPOSED = "disposed"

    hit = models.ForeignKey(HIT, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    hit_type_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "hit_event"


class RequesterWatched(models.Model):
    """A requester all of whose types keep events, those made later included."""

    requester = models.OneToOneField(Requester, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        db_table = "requester_watched"


class RequestToken(models.Model):
    """A request done once: a client that sends its token again within a day is told so (MTurk API)."""

    requester = models.ForeignKey(Requester, models.CASCADE, related_name="+", db_index=False)
    operation = models.CharField(max_length=10)
    token = models.CharField(max_length=64)
    # What the first request made: the HIT, or the bonus.
    result_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "request_token"
        constraints = [
            models.UniqueConstraint(fields=["requester", "operation", "token"], name="request_token_once")
        ]
        indexes = [models.Index(fields=["at"], name="request_token_by_age")]


class KnownAnswer(models.Model):
    """What is known to be right for a HIT: kept beside its input, and never sent to workers.

    ``answers``: for each field asked, the answers that count as right; each is the list of the field's
    values, since a field may have several boxes ticked.
    """

    hit = models.OneToOneField(HIT, models.CASCADE, primary_key=True, related_name="+")
    answers = models.JSONField()

    class Meta:
        db_table = "known_answer"


class HITTypeOpen(models.Model):
    """How many HITs of a type are open, as changes that add up (docs/adr/0006).

    Appending a change never makes two workers wait for one row; a job folds the rows together.
    ``expires_minute`` lets a reader leave out what has expired without a sweep having run. ``folded_at``:
    which folding made the row, all rows of which are replaced together; empty for a change since.
    """

    hit_type_id = models.BigIntegerField()
    expires_minute = models.DateTimeField()
    change = models.IntegerField()
    folded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hit_type_open"
        indexes = [
            models.Index(fields=["hit_type_id"], name="hit_type_open_by_type"),
            models.Index(fields=["folded_at"], name="hit_type_open_by_folding"),
        ]


class Assignment(models.Model):
    """One worker's attempt at one HIT. ``reward_minor`` and ``fee_minor`` are as agreed at acceptance.

    ``answer`` is a list of ``[field, value]`` pairs in the order of the form.
    """

    hit = models.ForeignKey(HIT, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    # Copies of the HIT's, so that reviewing and exporting need no join.
    hit_type = models.ForeignKey(
        HITType, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    requester = models.ForeignKey(
        Requester, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=AssignmentStatus.choices)
    reward_minor = models.IntegerField()
    fee_minor = models.IntegerField()
    accepted_at = models.DateTimeField(db_default=Now())
    deadline_at = models.DateTimeField()
    answer = models.JSONField(null=True)
    # What the page's frame counted: keys, pointer, pastes, leaves (``web.content.body.report``). Null: nothing came.
    reported = models.JSONField(null=True)
    submitted_at = models.DateTimeField(null=True)
    auto_approve_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    rejection_reason = models.CharField(
        max_length=24, choices=RejectionReason.choices, default="", db_default=""
    )
    feedback = models.TextField(default="", db_default="")
    corrections = models.SmallIntegerField(default=0, db_default=0)
    # When the reservation of a rejected assignment goes back to the requester; null once it has.
    release_due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["hit", "worker"],
                name="assignment_once_per_worker",
                condition=Q(status__in=PLACE_TAKEN),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        AssignmentStatus.ACCEPTED,
                        AssignmentStatus.RETURNED,
                        AssignmentStatus.ABANDONED,
                    ]
                )
                | Q(answer__isnull=False, submitted_at__isnull=False),
                name="assignment_beyond_accepted_has_answer",
            ),
            models.CheckConstraint(
                condition=~Q(status=AssignmentStatus.REJECTED) | (~Q(rejection_reason="") & ~Q(feedback="")),
                name="assignment_rejected_with_reason_and_words",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-id"], name="assignment_by_worker"),
            models.Index(
                fields=["worker"], name="assignment_held", condition=Q(status__in=["accepted", "correction"])
            ),
            models.Index(fields=["batch", "id"], name="assignment_by_batch"),
            models.Index(
                fields=["batch", "id"], name="assignment_to_review", condition=Q(status="submitted")
            ),
            models.Index(
                fields=["deadline_at"],
                name="assignment_by_deadline",
                condition=Q(status__in=["accepted", "correction"]),
            ),
            models.Index(
                fields=["auto_approve_at"],
                name="assignment_by_auto_approval",
                condition=Q(status="submitted"),
            ),
            models.Index(
                fields=["release_due_at"],
                name="assignment_by_release",
                condition=Q(release_due_at__isnull=False),
            ),
        ]


class AssignmentEvent(models.Model):
    """One transition of an assignment: who, when, from, to, why. Written by the same statement."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", db_constraint=False)
    from_status = models.CharField(max_length=10, default="", db_default="")
    to_status = models.CharField(max_length=10)
    # Null when time decided.
    actor = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    words = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assignment_event"


class Bonus(models.Model):
    """Money beside the reward, at the requester's discretion, with a reason the worker reads."""

    requester = models.ForeignKey(Requester, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", db_index=False)
    hit = models.ForeignKey(HIT, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    amount_minor = models.IntegerField()
    fee_minor = models.IntegerField()
    reason = models.TextField()
    actor = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bonus"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="bonus_amount_positive"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="bonus_has_reason"),
        ]
        indexes = [
            models.Index(fields=["worker", "-id"], name="bonus_by_worker"),
            models.Index(fields=["assignment", "id"], name="bonus_by_assignment"),
            models.Index(fields=["hit", "id"], name="bonus_by_hit"),
        ]


class BatchEvent(models.Model):
    """What a requester did to a batch or to one HIT of it: published, extended, expired, disposed."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="events")
    hit = models.ForeignKey(HIT, models.PROTECT, null=True, related_name="+", db_index=False)
    act = models.CharField(max_length=12)
    actor = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "batch_event"


class AssignmentDraft(models.Model):
    """The answers typed so far, kept on the server until submission."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, primary_key=True, related_name="+")
    answer = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assignment_draft"


class HITSkip(models.Model):
    """A worker does not want to be offered this HIT until then. Leaves no trace in reputation."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)
    hit = models.ForeignKey(HIT, models.CASCADE, related_name="+", db_index=False)
    hit_type_id = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        db_table = "hit_skip"
        constraints = [models.UniqueConstraint(fields=["worker", "hit"], name="hit_skip_once")]


class WorkerProgress(models.Model):
    """How far a worker has come in a group: accepting goes on after this position."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)
    hit_type = models.ForeignKey(HITType, models.CASCADE, related_name="+", db_index=False)
    position = models.BigIntegerField()

    class Meta:
        db_table = "worker_progress"
        constraints = [models.UniqueConstraint(fields=["worker", "hit_type"], name="worker_progress_once")]


class WorkerBlock(models.Model):
    """A requester does not want this worker: nothing new may be accepted; accepted work is untouched."""

    requester = models.ForeignKey(Requester, models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+", db_index=False)
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "worker_block"
        constraints = [models.UniqueConstraint(fields=["requester", "worker"], name="worker_block_once")]
