"""Bulk approval of 10,000 submissions, against the bare transfers of the same approvals in psql.

Ours decides: it guards, writes events, moves the counters of the tasks, and posts reward and fee of each.
psql only inserts the same transfers and updates the balances, a thousand approvals to a transaction as well.
"""

import statistics
from typing import Any

import psycopg

from bench import support

SUBMISSIONS = 10_000
WORKERS = 100
ROUNDS = 5
PAGE = 1_000

READY_MADE = """
CREATE UNLOGGED TABLE ready_made AS
SELECT (row_number() OVER (ORDER BY id) - 1) / %(page)s AS page, id AS assignment_id, batch_id,
       requester_id * 16 + 2 AS payer_account, worker_id * 16 + 4 AS earner_account,
       requester_id * 16 + 6 AS fee_account, reward_minor::bigint, fee_minor::bigint
  FROM assignment WHERE hit_type_id = %(hit_type_id)s AND status = 'submitted';
"""

BARE_PAGE = """
BEGIN;
INSERT INTO transfer (debit_account_id, credit_account_id, amount_minor, idempotency_key, purpose,
                      assignment_id, batch_id)
SELECT payer_account, earner_account, reward_minor, 'approve:' || assignment_id || ':reward', 'reward',
       assignment_id, batch_id FROM ready_made WHERE page = {page}
 UNION ALL
SELECT payer_account, fee_account, fee_minor, 'approve:' || assignment_id || ':fee', 'fee',
       assignment_id, batch_id FROM ready_made WHERE page = {page};
UPDATE ledger_account SET balance_minor = balance_minor + amount, version = version + 1
  FROM (SELECT account, sum(amount) AS amount
          FROM ready_made, LATERAL (VALUES (payer_account, -reward_minor - fee_minor),
                                           (earner_account, reward_minor), (fee_account, fee_minor))
               AS entry(account, amount)
         WHERE page = {page} GROUP BY account) AS change
 WHERE ledger_account.id = change.account;
COMMIT;
"""


def submitted_group(
    db: "psycopg.Connection[Any]", requester_id: int, workers: list[int]
) -> tuple[int, list[int]]:
    """A group with so many answers waiting for a decision: its id, and theirs."""
    hit_type_id = support.group(db, requester_id, hits=SUBMISSIONS)
    support.history(db, hit_type_id, workers, hits=SUBMISSIONS)
    rows = db.execute(
        "SELECT id FROM assignment WHERE hit_type_id = %s ORDER BY id", (hit_type_id,)
    ).fetchall()
    return hit_type_id, [row[0] for row in rows]


def approve(requester_id: int, assignment_ids: list[int]) -> None:
    from manyhands.core.ids import AccountId, AssignmentId, RequesterId
    from manyhands.work.operations import reviewing

    decided = reviewing.approve(
        requester_id=RequesterId(requester_id),
        assignment_ids=[AssignmentId(number) for number in assignment_ids],
        actor_id=AccountId(requester_id),
    )
    assert len(decided.decided) == SUBMISSIONS


def main() -> None:
    with support.installation() as home, support.connect(home) as db:
        support.say(f"Approving {SUBMISSIONS:,} submissions, {ROUNDS} times each side in turn ...")
        workers = support.people(db, WORKERS)
        requester_id = support.requester(db)
        # The workers' accounts exist on both sides: a first approval makes them.
        approve(requester_id, submitted_group(db, requester_id, workers)[1])
        bare = "".join(BARE_PAGE.format(page=page) for page in range(SUBMISSIONS // PAGE))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            _, assignment_ids = submitted_group(db, requester_id, workers)
            support.settle(db)
            ours.append(support.seconds(lambda: approve(requester_id, assignment_ids)))  # noqa: B023
            hit_type_id, _ = submitted_group(db, requester_id, workers)
            db.execute("DROP TABLE IF EXISTS ready_made")
            with psycopg.ClientCursor(db) as cursor:
                cursor.execute(READY_MADE, {"page": PAGE, "hit_type_id": hit_type_id})
            db.execute("CREATE INDEX ON ready_made (page)")
            support.settle(db)
            theirs.append(support.psql(home, bare))
        ours_s, theirs_s = statistics.median(ours), statistics.median(theirs)
        support.report(
            "approve", ours_s / theirs_s, goal=3, approve_s=ours_s, transfers_s=theirs_s,
            submissions=SUBMISSIONS, approvals_per_s=SUBMISSIONS / ours_s,
        )  # fmt: skip


if __name__ == "__main__":
    main()
