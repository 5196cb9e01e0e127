"""The states of an account."""

from django.db import models


class AccountStatus(models.TextChoices):
    ACTIVE = "active"  # -> suspended, closed
    SUSPENDED = "suspended"  # -> active, closed
    CLOSED = "closed"  # the end


TRANSITIONS: dict[AccountStatus, frozenset[AccountStatus]] = {
    AccountStatus.ACTIVE: frozenset({AccountStatus.SUSPENDED, AccountStatus.CLOSED}),
    AccountStatus.SUSPENDED: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED}),
    AccountStatus.CLOSED: frozenset(),
}
