-- set_reviewing: park a HIT that waits for review, or take it back.
-- Params: requester_id, hit_id, from_status, to_status.   Rows: none; one is touched or none.
-- Locks: the hit.
-- Index: hit_pkey.
UPDATE hit
   SET status = %(to_status)s
  FROM batch
 WHERE hit.id = %(hit_id)s
   AND batch.id = hit.batch_id
   AND batch.requester_id = %(requester_id)s
   AND hit.status = %(from_status)s;
