"""Applications as the operator's page lists them. One statement each."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.accounts import countries
from manyhands.core import db, ids

PAGE = 100


@dataclass(frozen=True, slots=True)
class Request:
    """One application; the person of it as an operator may see it."""

    account_id: int
    name: str
    email: str
    confirmed: bool
    country_code: str
    is_worker: bool
    is_requester: bool
    status: str
    requested_at: datetime
    due_at: datetime
    decided_at: datetime | None
    reason: str
    is_overdue: bool

    @property
    def public_id(self) -> str:
        return ids.encode_account(self.account_id)

    @property
    def country(self) -> str:
        return countries.name(self.country_code)


_LIST = """
SELECT account.id, account.name, account.email,
       EXISTS (SELECT FROM account_emailaddress AS address
                WHERE address.user_id = account.id AND address.verified),
       coalesce(profile.country, ''), account.is_worker, account.is_requester, account.status,
       request.requested_at, request.due_at, request.decided_at, request.reason,
       request.decided_at IS NULL AND request.due_at < now()
  FROM account_request AS request
  JOIN account ON account.id = request.account_id
  LEFT JOIN account_profile AS profile ON profile.account_id = account.id
 WHERE (request.decided_at IS NULL) = %(open)s AND account.status <> 'closed'
 ORDER BY request.decided_at DESC, request.due_at, account.id
 LIMIT %(limit)s
"""


def waiting() -> list[Request]:
    """Undecided applications, the one due first on top."""
    return db.many(Request, _LIST, open=True, limit=PAGE)


def decided() -> list[Request]:
    """Decided ones, the newest decision first."""
    return db.many(Request, _LIST, open=False, limit=PAGE)


def waiting_count() -> int:
    """How many applications are undecided."""
    return db.one(int, "SELECT count(*) FROM account_request WHERE decided_at IS NULL")


def overdue_count() -> int:
    """How many applications are past their three business days."""
    return db.one(int, "SELECT count(*) FROM account_request WHERE decided_at IS NULL AND due_at < now()")
