-- approve: decide up to a thousand assignments of one requester and pay for them.
-- Params: assignment_ids, requester_id, from_status ('submitted', or 'rejected' to override), since
-- (rejections before it stand), actor_id (null when time decided), feedback.   Rows: one per approved id.
-- Locks: the assignments, their hits, the ledger accounts, each in id order.
-- Index: assignment_pkey.
WITH chosen AS (
    SELECT assignment.id, assignment.status, assignment.release_due_at
      FROM assignment
     WHERE assignment.id = ANY(%(assignment_ids)s)
       AND assignment.requester_id = %(requester_id)s
       AND assignment.status = %(from_status)s
       AND (%(from_status)s = 'submitted' OR assignment.decided_at > %(since)s)
     ORDER BY assignment.id
       FOR NO KEY UPDATE
), approved AS (
    UPDATE assignment
       SET status = 'approved',
           decided_at = now(),
           release_due_at = NULL,
           feedback = %(feedback)s
      FROM chosen
     WHERE assignment.id = chosen.id
 RETURNING assignment.id, assignment.hit_id, assignment.worker_id, assignment.batch_id,
           assignment.reward_minor, assignment.fee_minor,
           chosen.status = 'rejected' AND chosen.release_due_at IS NULL AS released
), approved_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id, words)
    SELECT approved.id, %(from_status)s, 'approved', %(actor_id)s::bigint, %(feedback)s FROM approved
), approved_hit AS (
    SELECT hit.id, approved_count.places
      FROM hit
      JOIN (SELECT approved.hit_id, count(*) AS places FROM approved GROUP BY 1) AS approved_count
        ON approved_count.hit_id = hit.id
     ORDER BY hit.id
       FOR NO KEY UPDATE OF hit
), counted AS (
    UPDATE hit
       SET submitted = hit.submitted - CASE WHEN %(from_status)s = 'submitted' THEN approved_hit.places ELSE 0 END,
           rejected = hit.rejected - CASE WHEN %(from_status)s = 'rejected' THEN approved_hit.places ELSE 0 END,
           approved = hit.approved + approved_hit.places
      FROM approved_hit
     WHERE hit.id = approved_hit.id
), payment AS (
    SELECT approved.id, approved.batch_id, approved.reward_minor, approved.fee_minor,
           -- 1 requester available, 2 requester reserved; 3 worker held, 4 worker available; 6 fees.
           %(requester_id)s::bigint * 16 + CASE WHEN approved.released THEN 1 ELSE 2 END AS payer_account,
           approved.worker_id * 16 + CASE WHEN worker.hold_until > now() THEN 3 ELSE 4 END AS earner_account,
           %(requester_id)s::bigint * 16 + 6 AS fee_account
      FROM approved
      JOIN worker ON worker.account_id = approved.worker_id
     -- The hits are locked before the money, here as everywhere.
     WHERE (SELECT count(*) FROM approved_hit) > 0
), standing AS (
    INSERT INTO worker_standing (worker_id, approved, rejected)
    SELECT approved.worker_id, count(*), 0
      FROM approved
     GROUP BY approved.worker_id
     ORDER BY approved.worker_id
        ON CONFLICT (worker_id) DO UPDATE
       SET approved = worker_standing.approved + excluded.approved,
           rejected = worker_standing.rejected
                      - CASE WHEN %(from_status)s = 'rejected' THEN excluded.approved ELSE 0 END
 RETURNING worker_standing.worker_id
), movement AS (
    SELECT payer_account AS debit_account, earner_account AS credit_account,
           reward_minor::bigint AS amount_minor, 'approve:' || id || ':reward' AS idempotency_key,
           'reward' AS purpose, id AS assignment_id, batch_id
      FROM payment
     UNION ALL
    SELECT payer_account, fee_account, fee_minor::bigint, 'approve:' || id || ':fee', 'fee', id, batch_id
      FROM payment
),
-- include manyhands.ledger: post_transfers
SELECT approved.id FROM approved;
