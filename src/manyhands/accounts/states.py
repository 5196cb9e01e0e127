"""The states of an account, and what leads from one to another, as data.

The same pairs make the database trigger (migration 0002) and the test of every pair.
"""

from django.db import models


class AccountStatus(models.TextChoices):
    PENDING = "pending"  # applied, not reviewed yet: may look around -> active, refused, closed
    ACTIVE = "active"  # -> suspended, closed
    SUSPENDED = "suspended"  # -> active, closed
    REFUSED = "refused"  # not let in -> active (after all), closed
    CLOSED = "closed"  # the end


TRANSITIONS: dict[AccountStatus, frozenset[AccountStatus]] = {
    AccountStatus.PENDING: frozenset({AccountStatus.ACTIVE, AccountStatus.REFUSED, AccountStatus.CLOSED}),
    AccountStatus.ACTIVE: frozenset({AccountStatus.SUSPENDED, AccountStatus.CLOSED}),
    AccountStatus.SUSPENDED: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED}),
    AccountStatus.REFUSED: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED}),
    AccountStatus.CLOSED: frozenset(),
}

# Who may sign in, look around and look after their own account; work itself needs ACTIVE.
MAY_SIGN_IN = (AccountStatus.PENDING, AccountStatus.ACTIVE)
