-- send_bonus: pay a worker beside the reward of an assignment, with its fee and the request's token, or nothing.
-- Params: requester_id, worker_id, assignment_id, amount_minor, reason, actor_id, token (or null).
-- Rows: 0 (no such submission of this worker's, or a token used within a day) or 1.
-- Locks: the token; the three ledger accounts in id order.
-- Index: assignment_pkey or assignment_by_worker.
WITH chosen AS (
    SELECT assignment.id, assignment.hit_id, assignment.batch_id, assignment.worker_id, assignment.requester_id,
           worker.hold_until > now() AS is_held
      FROM assignment
      JOIN worker ON worker.account_id = assignment.worker_id
     WHERE assignment.id = %(assignment_id)s
       AND assignment.requester_id = %(requester_id)s
       AND assignment.worker_id = %(worker_id)s
       AND assignment.status IN ('submitted', 'correction', 'approved', 'rejected')
), priced AS (
    SELECT %(amount_minor)s::integer AS reward_minor FROM chosen
),
-- include manyhands.ledger: requester_fee
, fresh AS (
    SELECT nextval(pg_get_serial_sequence('bonus', 'id')) AS id FROM chosen
),
-- include manyhands.work: claim_token
, given AS (
    INSERT INTO bonus (id, requester_id, worker_id, assignment_id, hit_id, amount_minor, fee_minor, reason, actor_id)
    SELECT opening.id, chosen.requester_id, chosen.worker_id, chosen.id, chosen.hit_id, priced.reward_minor,
           fee.fee_minor, %(reason)s::text, %(actor_id)s::bigint
      FROM opening, chosen, priced, fee
 RETURNING bonus.id, bonus.amount_minor, bonus.fee_minor, bonus.created_at
), movement AS (
    -- 1 requester available; 3 worker held, 4 worker available; 6 fees.
    SELECT chosen.requester_id * 16 + 1 AS debit_account,
           chosen.worker_id * 16 + CASE WHEN chosen.is_held THEN 3 ELSE 4 END AS credit_account,
           given.amount_minor::bigint AS amount_minor, 'bonus:' || given.id AS idempotency_key,
           'bonus' AS purpose, chosen.id AS assignment_id, chosen.batch_id
      FROM given, chosen
     UNION ALL
    SELECT chosen.requester_id * 16 + 1, chosen.requester_id * 16 + 6, given.fee_minor::bigint,
           'bonus:' || given.id || ':fee', 'bonus_fee', chosen.id, chosen.batch_id
      FROM given, chosen
),
-- include manyhands.ledger: post_transfers
SELECT given.id, given.amount_minor, given.fee_minor, given.created_at FROM given;
