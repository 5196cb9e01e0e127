-- dispose_batch: close a batch for good (or one HIT of it): nothing free, nothing out, nothing undecided.
-- Params: batch_id, hit_id (null for all).   Rows: 1 (disposed, left).
-- Locks: the hits in id order.
-- Index: hit_by_batch.
WITH chosen AS (
    SELECT hit.id, hit.status IN ('reviewable', 'reviewing') AND hit.submitted = 0 AS ready
      FROM hit
     WHERE hit.batch_id = %(batch_id)s
       AND (%(hit_id)s::bigint IS NULL OR hit.id = %(hit_id)s)
       AND hit.status <> 'disposed'
     ORDER BY hit.id
       FOR NO KEY UPDATE
), disposed AS (
    UPDATE hit SET status = 'disposed'
      FROM chosen
     WHERE hit.id = chosen.id AND chosen.ready
       AND NOT EXISTS (SELECT FROM chosen AS other WHERE NOT other.ready)
 RETURNING hit.id, hit.hit_type_id
), told AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT disposed.id, disposed.hit_type_id, 'disposed'
      FROM disposed
      JOIN hit_type ON hit_type.id = disposed.hit_type_id
     WHERE hit_type.keeps_events
     ORDER BY disposed.id
)
SELECT (SELECT count(*) FROM disposed), (SELECT count(*) FROM chosen WHERE NOT chosen.ready);
