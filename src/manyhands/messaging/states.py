"""What an inbox holds, whose side of the house it stands on, and how it leaves by mail."""

from django.db import models


class NoticeKind(models.TextChoices):
    """Why somebody is told something; people choose channels per kind."""

    MESSAGE = "message"  # a thread: somebody wrote
    DECISION_APPROVED = "decision_approved"
    DECISION_REJECTED = "decision_rejected"
    SENT_BACK = "sent_back"  # an answer was returned for correction
    QUALIFICATION = "qualification"
    PAYMENT = "payment"
    NEW_TASKS = "new_tasks"
    POLICY = "policy"
    ACCOUNT = "account"


class Side(models.TextChoices):
    """The part a person plays; one account may be worker and requester, with an inbox for each."""

    WORKER = "worker"
    REQUESTER = "requester"
    SUPPORT = "support"  # authors only: support has no inbox of its own


class MailChoice(models.TextChoices):
    """How a person wants the mail of a kind."""

    NOW = "now"  # at once; what happens within minutes is one mail
    DAILY = "daily"  # in the digest, at eight in the morning of their zone
    OFF = "off"


class MailState(models.TextChoices):
    """How far the mail of a notice is. A thread's entry goes through this anew for every message."""

    NONE = ""  # nothing to mail -> now, daily (a new message in the thread)
    NOW = "now"  # waits for ``mail_at`` -> sent
    DAILY = "daily"  # waits for ``mail_at`` -> sent
    SENT = "sent"  # the mail is in the outbox -> now, daily (a new message in the thread)


# The row of notice_setting that switches all e-mail of an account: its kind.
ALL_KINDS = ""

DEFAULT_MAIL: dict[NoticeKind, MailChoice] = {
    NoticeKind.MESSAGE: MailChoice.NOW,
    NoticeKind.DECISION_APPROVED: MailChoice.NOW,
    NoticeKind.DECISION_REJECTED: MailChoice.NOW,
    NoticeKind.SENT_BACK: MailChoice.NOW,
    NoticeKind.QUALIFICATION: MailChoice.NOW,
    NoticeKind.PAYMENT: MailChoice.NOW,
    NoticeKind.NEW_TASKS: MailChoice.NOW,
    NoticeKind.POLICY: MailChoice.NOW,
    NoticeKind.ACCOUNT: MailChoice.NOW,
}

# What each side can be told, in the order of the settings page.
KINDS_OF: dict[Side, tuple[NoticeKind, ...]] = {
    Side.WORKER: tuple(NoticeKind),
    Side.REQUESTER: (NoticeKind.MESSAGE, NoticeKind.PAYMENT, NoticeKind.POLICY, NoticeKind.ACCOUNT),
}


class EventType(models.TextChoices):
    """What a requester is told of a HIT (MTurk API, NotificationSpecification)."""

    ASSIGNMENT_ACCEPTED = "AssignmentAccepted"
    ASSIGNMENT_ABANDONED = "AssignmentAbandoned"
    ASSIGNMENT_RETURNED = "AssignmentReturned"
    ASSIGNMENT_SUBMITTED = "AssignmentSubmitted"
    ASSIGNMENT_REJECTED = "AssignmentRejected"
    ASSIGNMENT_APPROVED = "AssignmentApproved"
    HIT_CREATED = "HITCreated"
    HIT_EXPIRED = "HITExpired"
    HIT_REVIEWABLE = "HITReviewable"
    HIT_EXTENDED = "HITExtended"
    HIT_DISPOSED = "HITDisposed"
    PING = "Ping"  # only as a test


class Transport(models.TextChoices):
    """How events leave: with a signature to an address of the requester's own, or as Mechanical Turk's."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SQS = "sqs"
    SNS = "sns"


class MadeBy(models.TextChoices):
    """Where a subscription comes from: UpdateNotificationSettings, or the page of the site."""

    API = "api"
    SITE = "site"
