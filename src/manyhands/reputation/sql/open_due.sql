-- open_due: mark ratings as opened whose other side has spoken or whose time is over.
-- Params: limit; assignment_id, or null for all.   Rows: one per rating opened: side, worker, requester.
-- Locks: those ratings, SKIP LOCKED.   Index: rating_to_open; rating_once_a_side.
WITH due AS (
    SELECT rating.id
      FROM rating
     WHERE NOT rating.is_counted
       AND (%(assignment_id)s::bigint IS NULL OR rating.assignment_id = %(assignment_id)s)
       AND (rating.sealed_until <= now()
            OR EXISTS (SELECT FROM rating AS other
                        WHERE other.assignment_id = rating.assignment_id AND other.side <> rating.side))
     ORDER BY rating.id
     LIMIT %(limit)s
       FOR NO KEY UPDATE OF rating SKIP LOCKED
)
UPDATE rating
   SET is_counted = true
  FROM due
 WHERE rating.id = due.id
RETURNING rating.side, rating.worker_id, rating.requester_id
