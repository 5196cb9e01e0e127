"""The kinds of ledger account and how their ids are made.

An account's id is ``owner * 16 + kind``: a statement that knows who is paid knows the account, with
no look-up. The platform's own accounts have owner 0, but fees and top-up reserves are kept per
requester, so that no one row is hot (docs/adr/0004).
"""

from enum import IntEnum


class AccountKind(IntEnum):
    """At most sixteen. Only those in ``MAY_BE_NEGATIVE`` may fall below zero."""

    CLEARING = 0  # money outside: what providers hold for us; negative by what came in
    REQUESTER_AVAILABLE = 1
    REQUESTER_RESERVED = 2
    WORKER_HELD = 3
    WORKER_AVAILABLE = 4
    WORKER_IN_TRANSIT = 5
    FEES = 6
    TAX_WITHHELD = 7
    TOPUP_RESERVE = 8
    WRITE_OFF = 9


MAY_BE_NEGATIVE = (AccountKind.CLEARING, AccountKind.WRITE_OFF)
PLATFORM_OWNER = 0


def account_id(owner_id: int, kind: AccountKind) -> int:
    """The id of the owner's account of this kind."""
    return owner_id * 16 + kind
