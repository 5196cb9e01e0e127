"""What other parts read about accounts, as plain rows."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models.functions import Lower

from manyhands.accounts.models import Account, Worker
from manyhands.core.ids import AccountId


@dataclass(frozen=True, slots=True)
class Person:
    """An account as lists and the command line show it."""

    id: AccountId
    email: str
    name: str
    status: str
    is_worker: bool
    is_requester: bool
    is_operator: bool
    is_reviewer: bool


_FIELDS = ("id", "email", "name", "status", "is_worker", "is_requester", "is_operator", "is_reviewer")


def person_by_email(email: str) -> Person | None:
    """The account with this address, without regard to case."""
    found = Account.objects.alias(lower_email=Lower("email")).filter(lower_email=email.strip().lower())
    row = found.values_list(*_FIELDS).first()
    return None if row is None else Person(*row)


def workers_among(numbers: Collection[int]) -> frozenset[int]:
    """Which of these are workers' ids. One statement."""
    return frozenset(Worker.objects.filter(pk__in=numbers).values_list("pk", flat=True))
