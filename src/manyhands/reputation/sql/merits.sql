-- merits: a page of workers with decided work, as the Masters formula judges them.
-- Params: after (worker id), limit, and the formula's figures.   Rows: one per worker, by id.
-- Locks: none.   Index: worker_standing_pkey; assignment_by_worker (reads all of a worker's work: run nightly).
WITH candidate AS (
    SELECT worker_standing.worker_id
      FROM worker_standing
     WHERE worker_standing.worker_id > %(after)s
       AND worker_standing.approved + worker_standing.rejected > 0
     ORDER BY worker_standing.worker_id
     LIMIT %(limit)s
),
-- include manyhands.reputation: merit_parts
SELECT judged.* FROM judged ORDER BY judged.worker_id
