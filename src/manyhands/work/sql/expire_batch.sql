-- expire_batch: end the lifetime of a batch's HITs now (or of one HIT of it).
-- Params: batch_id, hit_id (null for all).   Rows: 1 (how many HITs).
-- Locks: the hits in id order; the ledger accounts in id order.
-- Index: hit_by_batch.
WITH withdrawing AS (
    SELECT hit.id, hit.expires_at, hit.is_open, hit.status, hit.withdrawn, hit.available AS places
      FROM hit
     WHERE hit.batch_id = %(batch_id)s
       AND (%(hit_id)s::bigint IS NULL OR hit.id = %(hit_id)s)
       AND hit.status <> 'disposed'
       AND (hit.available > 0 OR hit.expires_at > now())
     ORDER BY hit.id
       FOR NO KEY UPDATE
),
-- include manyhands.work: withdraw_tail
SELECT count(*) FROM withdrawn;
