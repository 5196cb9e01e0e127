"""The same market as the tables tell it, in the shape in which the model can be compared."""

from collections import Counter
from typing import Any, LiteralString

from manyhands.core import db

KINDS = {1: "available", 2: "reserved", 4: "earned", 6: "fees"}


def _rows(statement: LiteralString, **params: Any) -> list[tuple[Any, ...]]:
    return db.many(lambda *row: row, statement, **params)


def hits() -> dict[int, tuple[Any, ...]]:
    return {
        row[0]: row[1:]
        for row in _rows(
            "SELECT id, status, max_assignments, available, pending, submitted, approved, rejected, withdrawn"
            " FROM hit"
        )
    }


def assignments() -> dict[int, tuple[Any, ...]]:
    """Status, answer, draft, whether its rejection still holds money, and its steps."""
    return {
        row[0]: (*row[1:5], [tuple(step) for step in row[5]])
        for row in _rows(
            "SELECT assignment.id, assignment.status, assignment.answer, assignment_draft.answer,"
            " assignment.release_due_at IS NOT NULL,"
            " (SELECT jsonb_agg(jsonb_build_array(from_status, to_status) ORDER BY id)"
            "    FROM assignment_event WHERE assignment_id = assignment.id)"
            " FROM assignment LEFT JOIN assignment_draft ON assignment_draft.assignment_id = assignment.id"
        )
    }


def balances() -> Counter[tuple[int, str]]:
    """By owner and kind; what came from outside (kind 0) is the sum of the others."""
    return Counter(
        {
            (owner, KINDS[kind]): amount
            for owner, kind, amount in _rows(
                "SELECT owner_id, kind, balance_minor FROM ledger_account"
                " WHERE kind <> 0 AND balance_minor <> 0"
            )
        }
    )


def rewards() -> Counter[int]:
    return Counter(
        dict(_rows("SELECT assignment_id, count(*) FROM transfer WHERE purpose = 'reward' GROUP BY 1"))
    )


def totals() -> tuple[int, int, int]:
    """How many transfers, events of batches, and skips there are."""
    [row] = _rows(
        "SELECT (SELECT count(*) FROM transfer WHERE purpose <> 'deposit'),"
        " (SELECT count(*) FROM batch_event), (SELECT count(*) FROM hit_skip)"
    )
    return row


TIME_PASSES: LiteralString = """
WITH step AS (SELECT make_interval(mins => %(minutes)s) AS back),
h AS (UPDATE hit SET expires_at = expires_at - back FROM step),
o AS (UPDATE hit_type_open SET expires_minute = expires_minute - back, folded_at = NULL FROM step),
a AS (UPDATE assignment
         SET accepted_at = accepted_at - back, deadline_at = deadline_at - back,
             submitted_at = submitted_at - back, auto_approve_at = auto_approve_at - back,
             decided_at = decided_at - back, release_due_at = release_due_at - back
        FROM step),
s AS (UPDATE hit_skip SET until = until - back FROM step)
UPDATE batch SET expires_at = expires_at - back, published_at = published_at - back FROM step
"""


def let_time_pass(minutes: int) -> None:
    """Move every instant that decides something back by so many minutes."""
    db.run(TIME_PASSES, minutes=minutes)
