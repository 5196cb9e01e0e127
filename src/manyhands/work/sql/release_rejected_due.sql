-- release_rejected_due: after the appeal window, what was reserved for rejected work goes back.
-- Params: page.   Rows: 1 (how many).
-- Locks: the assignments, SKIP LOCKED; the ledger accounts in id order.
-- Index: assignment_by_release.
WITH due AS (
    SELECT assignment.id
      FROM assignment
     WHERE assignment.release_due_at <= now()
       AND assignment.status = 'rejected'
     ORDER BY assignment.release_due_at
     LIMIT %(page)s
       FOR NO KEY UPDATE SKIP LOCKED
), released AS (
    UPDATE assignment
       SET release_due_at = NULL
      FROM due
     WHERE assignment.id = due.id
 RETURNING assignment.id, assignment.requester_id, assignment.batch_id,
           assignment.reward_minor + assignment.fee_minor AS amount_minor
), movement AS (
    SELECT requester_id * 16 + 2 AS debit_account, requester_id * 16 + 1 AS credit_account,
           amount_minor::bigint AS amount_minor, 'reject:' || id AS idempotency_key,
           'release' AS purpose, id AS assignment_id, batch_id
      FROM released
),
-- include manyhands.ledger: post_transfers
SELECT count(*) FROM released;
