"""What screens read of the books."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from manyhands.core import db
from manyhands.ledger.accounts import AccountKind, account_id


@dataclass(frozen=True, slots=True)
class Balance:
    """An owner's balances by kind, in minor units; accounts that do not exist yet hold nothing."""

    available_minor: int
    reserved_minor: int
    fees_minor: int
    held_minor: int
    earned_available_minor: int


_BALANCE = """
SELECT coalesce(sum(balance_minor) FILTER (WHERE kind = 1), 0)::bigint,
       coalesce(sum(balance_minor) FILTER (WHERE kind = 2), 0)::bigint,
       coalesce(sum(balance_minor) FILTER (WHERE kind = 6), 0)::bigint,
       coalesce(sum(balance_minor) FILTER (WHERE kind = 3), 0)::bigint,
       coalesce(sum(balance_minor) FILTER (WHERE kind = 4), 0)::bigint
  FROM ledger_account
 WHERE id >= %(owner_id)s * 16 AND id < (%(owner_id)s + 1) * 16
"""


def balance_of(owner_id: int) -> Balance:
    """The balances of a requester, a worker, or one who is both. One statement.

    In the sandbox at least the fixed balance is available: it is filled when it is needed.
    """
    balance = db.one(Balance, _BALANCE, owner_id=owner_id)
    return replace(balance, available_minor=max(balance.available_minor, settings.SANDBOX_BALANCE_MINOR))


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer as one owner sees it: ``amount_minor`` is negative when money left the account."""

    transfer_id: int
    at: datetime
    purpose: str
    kind: int
    amount_minor: int
    assignment_id: int | None
    batch_id: int | None
    batch_name: str | None


_ENTRIES = """
SELECT transfer.id, transfer.created_at, transfer.purpose, %(kind)s::integer,
       CASE WHEN transfer.credit_account_id = %(account)s THEN transfer.amount_minor
            ELSE -transfer.amount_minor END,
       transfer.assignment_id, transfer.batch_id, NULL
  FROM (
        (SELECT * FROM transfer WHERE credit_account_id = %(account)s AND id < %(before)s
          ORDER BY id DESC LIMIT %(limit)s)
         UNION ALL
        (SELECT * FROM transfer WHERE debit_account_id = %(account)s AND id < %(before)s
          ORDER BY id DESC LIMIT %(limit)s)
       ) AS transfer
 ORDER BY transfer.id DESC
 LIMIT %(limit)s
"""


def entries_of(owner_id: int, kind: AccountKind, *, before: int = 2**62, limit: int = 50) -> list[Entry]:
    """The transfers behind one balance, newest first; ``before`` is the last id of the page above."""
    return db.many(
        Entry, _ENTRIES, account=account_id(owner_id, kind), kind=int(kind), before=before, limit=limit
    )
