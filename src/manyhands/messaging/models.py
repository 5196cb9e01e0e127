"""The outbox of mail and push, threads between people, and notices: what an inbox shows.

A notice is stored as facts and becomes sentences when it is read, in the reader's language.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from manyhands.accounts.models import Account, Requester
from manyhands.messaging.states import (
    EventType,
    MadeBy,
    MailChoice,
    MailState,
    NoticeKind,
    Side,
    Transport,
)
from manyhands.qualifications.models import Qualification, QualificationRequest
from manyhands.work.models import Assignment, Batch, HITType


class MailMessage(models.Model):
    """One mail to one recipient, as plain text; leased while it is being sent."""

    recipient = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.TextField()
    body = models.TextField()
    headers = models.JSONField(default=dict, db_default={})
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


class Thread(models.Model):
    """A conversation of ``account`` with a requester, or with support (``requester`` null), about a task.

    One thread for each worker, requester and task. ``shares_contact``: the worker was told that name
    and address are passed on.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    requester = models.ForeignKey(Requester, models.PROTECT, null=True, related_name="+", db_index=False)
    hit_type = models.ForeignKey(HITType, models.PROTECT, null=True, related_name="+", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", db_index=False)
    # A copy of the assignment's, so that a batch's feedback is found without a join.
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", db_index=False)
    subject = models.CharField(max_length=200)
    shares_contact = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "thread"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "requester", "hit_type", "assignment"],
                name="thread_once",
                condition=Q(requester__isnull=False),
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["batch"], name="thread_by_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["-id"], name="thread_with_support", condition=Q(requester__isnull=True)),
        ]


class ThreadMessage(models.Model):
    """What one side wrote. ``author_name`` is the name given with it; ``mail_id`` its Message-ID, if mailed in."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=9, choices=Side.choices)
    author_name = models.CharField(max_length=100)
    words = models.TextField()
    sent_at = models.DateTimeField(db_default=Now())
    mail_id = models.CharField(max_length=255, null=True, unique=True)

    class Meta:
        db_table = "thread_message"
        indexes = [
            models.Index(fields=["thread", "id"], name="thread_message_by_thread"),
            models.Index(fields=["author", "sent_at"], name="thread_message_by_author"),
        ]


class Notice(models.Model):
    """One entry of one inbox: something the platform tells, or a thread (kind ``message``).

    Whether a person may read a thread is whether they have its entry. ``facts`` are what ``words`` makes
    sentences of. ``source`` names what is told, so that it is told once. ``merge_key``: what happens again
    within minutes joins an unread, unmailed entry of the same key.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    side = models.CharField(max_length=9, choices=Side.choices, db_default=Side.WORKER)
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+", db_index=False)
    facts = models.JSONField(default=dict, db_default={})
    source = models.CharField(max_length=100, null=True)
    merge_key = models.CharField(max_length=32, default="", db_default="")
    at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=5, choices=MailState.choices, default="", db_default="")
    mail_at = models.DateTimeField(null=True)
    # Of a thread: the first message that no mail has told yet.
    first_unmailed_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "source"], name="notice_once", condition=Q(source__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["thread", "account"], name="notice_of_thread_once", condition=Q(thread__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.MESSAGE, thread__isnull=False)
                | (~Q(kind=NoticeKind.MESSAGE) & Q(thread__isnull=True)),
                name="notice_message_has_thread",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "side", "-at", "-id"], name="notice_inbox"),
            models.Index(
                fields=["account", "side", "-at", "-id"],
                name="notice_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["mail_at"],
                name="notice_to_mail",
                condition=Q(mail__in=[MailState.NOW, MailState.DAILY]),
            ),
        ]


class NoticeEvent(models.Model):
    """Which notice tells of an assignment's event. The key keeps an event from being told twice."""

    event_id = models.BigIntegerField(primary_key=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+")

    class Meta:
        db_table = "notice_event"


class QualificationTold(models.Model):
    """How a qualification was when its worker was last told of it."""

    qualification = models.OneToOneField(Qualification, models.CASCADE, primary_key=True, related_name="+")
    score = models.IntegerField()
    status = models.CharField(max_length=8)

    class Meta:
        db_table = "qualification_told"


class QualificationRequestTold(models.Model):
    """A request whose worker was told that it came to nothing."""

    request = models.OneToOneField(QualificationRequest, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        db_table = "qualification_request_told"


class EventCursor(models.Model):
    """How far a reader of the events has come (core/following.py says why it takes two steps).

    Events up to ``done_to`` are told. Those up to ``seen_to`` can be, once every transaction that is
    older than ``seen_xid`` has ended.
    """

    name = models.CharField(max_length=30, primary_key=True)
    done_to = models.BigIntegerField(default=0)
    seen_to = models.BigIntegerField(default=0)
    seen_xid = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_cursor"


class NoticeSetting(models.Model):
    """How an account wants one kind; absent means the default. Kind '' is the switch of all e-mail."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, blank=True)
    mail = models.CharField(max_length=5, choices=MailChoice.choices)
    push = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "notice_setting"
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="notice_setting_once")]


class PushSubscription(models.Model):
    """A browser that asked to be told: where its push service listens, and the keys to encrypt for it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    endpoint = models.TextField(unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "push_subscription"


class PushMessage(models.Model):
    """One notice on its way to one browser; becomes words when it is sent, in the reader's language."""

    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+", db_index=False)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    leased_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "push_message"


class EventSubscription(models.Model):
    """Where a requester wants to be told what happens to HITs of a type, or of all types (``hit_type`` null).

    Those made by the API are the notification specifications of Mechanical Turk: one for each type,
    replaced by each call. ``failures`` and ``resting_until``: a receiver that does not answer is left alone
    for a while, with everything that waits for it.
    """

    requester = models.ForeignKey(Requester, models.CASCADE, related_name="+")
    hit_type = models.ForeignKey(HITType, models.CASCADE, null=True, related_name="+", db_index=False)
    made_by = models.CharField(max_length=4, choices=MadeBy.choices)
    transport = models.CharField(max_length=7, choices=Transport.choices)
    destination = models.CharField(max_length=1_000)
    version = models.CharField(max_length=20)
    event_types = models.JSONField()
    is_active = models.BooleanField()
    # Only what happens from then on is told.
    active_since = models.DateTimeField()
    # Of a webhook: what its signatures are made with, sealed.
    secret = models.BinaryField(null=True)
    failures = models.SmallIntegerField(default=0, db_default=0)
    resting_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "event_subscription"
        constraints = [
            models.UniqueConstraint(
                fields=["hit_type"], name="event_subscription_of_type_once", condition=Q(made_by=MadeBy.API)
            ),
            models.CheckConstraint(
                condition=~Q(made_by=MadeBy.API) | Q(hit_type__isnull=False),
                name="event_subscription_of_api_has_type",
            ),
        ]


_WAITING = Q(delivered_at__isnull=True, parked_at__isnull=True)


class EventDelivery(models.Model):
    """One event on its way to one subscription, kept for a while so that it can be sent again.

    The document is made of the columns when it is sent, the same each time. The unique key keeps an event
    from being put on its way twice.
    """

    class Source(models.TextChoices):
        ASSIGNMENT = "assignment"
        HIT = "hit"

    subscription = models.ForeignKey(EventSubscription, models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    event_id = models.BigIntegerField()
    event_type = models.CharField(max_length=20, choices=EventType.choices)
    hit_id = models.BigIntegerField()
    hit_type_id = models.BigIntegerField()
    assignment_id = models.BigIntegerField(null=True)
    worker_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    attempts = models.IntegerField(default=0, db_default=0)
    # From when the day counts in which it is tried.
    due_since = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    # Given up, until somebody sends it again.
    parked_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        db_table = "event_delivery"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "source", "event_id"], name="event_delivery_once")
        ]
        indexes = [
            models.Index(fields=["subscription", "-id"], name="event_delivery_newest"),
            models.Index(fields=["subscription", "id"], name="event_delivery_waiting", condition=_WAITING),
            models.Index(
                fields=["subscription", "hit_id", "id"], name="event_delivery_of_hit", condition=_WAITING
            ),
            models.Index(
                fields=["subscription", "id"],
                name="event_delivery_parked",
                condition=Q(parked_at__isnull=False),
            ),
            models.Index(
                fields=["subscription"],
                name="event_delivery_leased",
                condition=Q(leased_until__isnull=False),
            ),
        ]
