"""What time decides, made good in the tables: sets of rows per statement, safe to run at any time.

Readers never wait for these (docs/invariants.md): an expired assignment is expired by its deadline.
"""

from dataclasses import dataclass

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.ids import AssignmentId, RequesterId
from manyhands.ledger.operations import posting
from manyhands.work.operations.reviewing import DECISIONS_PER_STATEMENT, approve_by_time

ABANDON_DUE = sql.load("manyhands.work", "abandon_due")
RESTORE_DUE = sql.load("manyhands.work", "restore_due")
EXPIRE_DUE = sql.load("manyhands.work", "expire_due")
RELEASE_REJECTED_DUE = sql.load("manyhands.work", "release_rejected_due")
FOLD_OPEN = sql.load("manyhands.work", "fold_open")

PAGE = 1_000
# A submission that arrived before the deadline may still wait for its turn; so long its place is kept.
GRACE_S = 30


def abandon_due(*, grace_s: int = GRACE_S) -> int:
    """accepted -> abandoned for assignments whose time ran out; their places are free again."""
    return db.one(int, ABANDON_DUE, grace_s=grace_s, page=PAGE)


def restore_due(*, grace_s: int = GRACE_S) -> int:
    """correction -> submitted for answers not corrected in time: they stand as handed in."""
    return db.one(int, RESTORE_DUE, grace_s=grace_s, page=PAGE)


def expire_due() -> int:
    """Withdraw the free places of HITs whose lifetime is over, and give their money back."""
    with posting():
        return db.one(int, EXPIRE_DUE, page=PAGE)


@dataclass(frozen=True, slots=True)
class _Due:
    requester_id: RequesterId
    assignment_ids: list[AssignmentId]


_APPROVAL_DUE = """
SELECT requester_id, array_agg(id ORDER BY id)
  FROM (SELECT requester_id, id FROM assignment
         WHERE status = 'submitted' AND auto_approve_at <= now()
         ORDER BY auto_approve_at LIMIT %(page)s) AS due
 GROUP BY requester_id
 ORDER BY requester_id
"""


def approve_due() -> int:
    """submitted -> approved for submissions whose auto-approval delay is over."""
    return sum(
        len(approve_by_time(requester_id=due.requester_id, assignment_ids=due.assignment_ids).decided)
        for due in db.many(_Due, _APPROVAL_DUE, page=DECISIONS_PER_STATEMENT)
    )


def release_rejected_due() -> int:
    """Give the money of rejected work back once the appeal window is over."""
    with posting():
        return db.one(int, RELEASE_REJECTED_DUE, page=PAGE)


def forget_tokens() -> int:
    """Forget the tokens of requests older than a day: they may be used again."""
    return db.run("DELETE FROM request_token WHERE at < now() - interval '1 day'")


_ONE_FOLDING_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('manyhands.work.fold_open'))"


def fold_open() -> int:
    """Fold the changes of the open-HIT counts together; the sums stay as they are."""
    with transaction.atomic():
        db.run(_ONE_FOLDING_AT_A_TIME)
        return db.one(int, FOLD_OPEN)


SWEEPS = (abandon_due, restore_due, expire_due, approve_due, release_rejected_due)


def sweep_all() -> int:
    """Run every sweep until nothing is due; how many rows were changed."""
    changed = 0
    for sweep in SWEEPS:
        while done := sweep():
            changed += done
    return changed
