"""Why a task is reported, and how far a report is."""

from django.db import models


class ReportReason(models.TextChoices):
    """What workers can say is wrong with a task."""

    POLICY_VIOLATION = "policy-violation"
    PERSONAL_DATA = "personal-data"
    SCAM = "scam"
    HARMFUL = "harmful"
    BROKEN = "broken"
    UNFAIR = "unfair"
    OTHER = "other"


class ReportStatus(models.TextChoices):
    OPEN = "open"  # -> closed
    CLOSED = "closed"  # an operator has looked: the end


TRANSITIONS: dict[ReportStatus, frozenset[ReportStatus]] = {
    ReportStatus.OPEN: frozenset({ReportStatus.CLOSED}),
    ReportStatus.CLOSED: frozenset(),
}
