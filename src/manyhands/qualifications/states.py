"""The states of a qualification, and the comparators a requirement may use."""

from django.db import models


class QualificationStatus(models.TextChoices):
    GRANTED = "granted"  # -> revoked
    REVOKED = "revoked"  # -> granted


TRANSITIONS: dict[QualificationStatus, frozenset[QualificationStatus]] = {
    QualificationStatus.GRANTED: frozenset({QualificationStatus.REVOKED}),
    QualificationStatus.REVOKED: frozenset({QualificationStatus.GRANTED}),
}


class Comparator(models.TextChoices):
    """MTurk API, QualificationRequirement: how the worker's score is compared with the values."""

    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    EQUAL_TO = "EqualTo"
    NOT_EQUAL_TO = "NotEqualTo"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    IN = "In"
    NOT_IN = "NotIn"
