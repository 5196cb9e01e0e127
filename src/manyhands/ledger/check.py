"""The books prove themselves: everything is recomputed from the transfers and compared.

``first_difference`` returns one sentence, or None when all is well. It runs in one snapshot, so that
it may run while work goes on.
"""

from collections.abc import Callable
from typing import LiteralString

from django.db import connection, transaction

from manyhands.core import db

# Each statement returns a sentence for the first row that is wrong, or no row.
CHECKS: tuple[LiteralString, ...] = (
    # The sum over all accounts is zero.
    """SELECT 'the balances of all accounts sum to ' || sum(balance_minor) || ', not to 0'
         FROM ledger_account HAVING sum(balance_minor) <> 0""",
    # Every balance equals its transfers.
    """SELECT 'account ' || account.id || ' holds ' || account.balance_minor || ' but its transfers make '
              || coalesce(entry.amount, 0)
         FROM ledger_account AS account
         LEFT JOIN (SELECT account_id, sum(amount) AS amount
                      FROM (SELECT credit_account_id AS account_id, amount_minor AS amount FROM transfer
                             UNION ALL
                            SELECT debit_account_id, -amount_minor FROM transfer) AS entries
                     GROUP BY account_id) AS entry ON entry.account_id = account.id
        WHERE account.balance_minor <> coalesce(entry.amount, 0)
        ORDER BY account.id LIMIT 1""",
    # No person's account is negative (kinds 0 and 9 are the platform's).
    """SELECT 'account ' || id || ' is negative: ' || balance_minor
         FROM ledger_account WHERE balance_minor < 0 AND kind NOT IN (0, 9) ORDER BY id LIMIT 1""",
)

_further: list[LiteralString] = []


def register(*statements: LiteralString) -> None:
    """Let a domain above add what must hold between its rows and the books."""
    _further.extend(statement for statement in statements if statement not in _further)


def first_difference(progress: Callable[[int, int], None] | None = None) -> str | None:
    """The first thing that does not add up, as a sentence, or None."""
    statements = (*CHECKS, *_further)
    with transaction.atomic():
        if not connection.savepoint_ids:  # the outermost block: nothing has been read yet
            db.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # With LIMIT 1 the planner bets on a difference being near, and loops for hours when there is none.
        db.run("SET LOCAL enable_nestloop = off")
        for number, statement in enumerate(statements, start=1):
            found = db.one_or_none(str, statement)
            if found is not None:
                return found
            if progress is not None:
                progress(number, len(statements))
    return None
