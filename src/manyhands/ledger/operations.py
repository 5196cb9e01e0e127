"""Movements of money that stand alone. What belongs to an assignment is moved by the statement that
decides it, through ``sql/post_transfers.sql``; ``posting`` turns its broken constraints into errors.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings

from manyhands.core import db, sql
from manyhands.core.ids import RequesterId
from manyhands.ledger.accounts import PLATFORM_OWNER, AccountKind, account_id
from manyhands.ledger.errors import AlreadyPosted, InsufficientFunds

TRANSFER = sql.load("manyhands.ledger", "transfer")

NO_MONEY = "ledger_account_not_negative"
REPEATED = "transfer_idempotency_key"


@contextmanager
def posting() -> Iterator[None]:
    """Turn the constraints that guard the books into InsufficientFunds and AlreadyPosted."""
    try:
        yield
    except psycopg.IntegrityError as broken:
        name = broken.diag.constraint_name or ""
        if name == NO_MONEY:
            raise InsufficientFunds from None
        if name.startswith(REPEATED):
            raise AlreadyPosted from None
        raise


def transfer(
    *, debit_account: int, credit_account: int, amount_minor: int, idempotency_key: str, purpose: str,
    batch_id: int | None = None,
) -> None:  # fmt: skip
    """Move an amount between two accounts. One statement, both accounts locked in id order.

    Raises InsufficientFunds, AlreadyPosted (the key was used before: nothing changes).
    """
    with posting():
        db.run(
            TRANSFER,
            debit_account=debit_account,
            credit_account=credit_account,
            amount_minor=amount_minor,
            idempotency_key=idempotency_key,
            purpose=purpose,
            batch_id=batch_id,
        )


def fill_sandbox(*, requester_id: RequesterId) -> None:
    """In the sandbox, before money is reserved: bring what is available up to the fixed balance.

    clearing -> requester:available. Two statements there, none in production. Two at once may both fill.
    """
    if not settings.SANDBOX_BALANCE_MINOR:
        return
    available = account_id(requester_id, AccountKind.REQUESTER_AVAILABLE)
    held = db.one_or_none(
        int, "SELECT balance_minor FROM ledger_account WHERE id = %(available)s", available=available
    )
    missing = settings.SANDBOX_BALANCE_MINOR - (held or 0)
    if missing > 0:
        deposit(requester_id=requester_id, amount_minor=missing, reference=f"sandbox:{uuid.uuid4().hex}")


def deposit(*, requester_id: RequesterId, amount_minor: int, reference: str) -> None:
    """Book money that came in from outside to a requester, once per ``reference``.

    clearing -> requester:available. Raises AlreadyPosted.
    """
    transfer(
        debit_account=account_id(PLATFORM_OWNER, AccountKind.CLEARING),
        credit_account=account_id(requester_id, AccountKind.REQUESTER_AVAILABLE),
        amount_minor=amount_minor,
        idempotency_key=f"deposit:{reference}",
        purpose="deposit",
    )
