-- worker_rating: what requesters' opened ratings say of these workers' work: a mean from 0 (one star) to 100
-- (five), each requester counting once, and how many requesters.
-- Params: worker_ids.   Rows: one per worker.   Locks: their standing, in id order.
-- Index: rating_by_worker.
WITH per_requester AS (
    SELECT rating.worker_id, rating.requester_id, avg(rating.work) AS stars
      FROM rating
     WHERE rating.worker_id = ANY(%(worker_ids)s)
       AND rating.side = 'requester'
       AND rating.is_counted
     GROUP BY rating.worker_id, rating.requester_id
)
INSERT INTO worker_standing (worker_id, rating, rater_count)
SELECT per_requester.worker_id, round((avg(stars) - 1) * 25), count(*)
  FROM per_requester
 GROUP BY per_requester.worker_id
 ORDER BY per_requester.worker_id
    ON CONFLICT (worker_id) DO UPDATE
   SET rating = excluded.rating,
       rater_count = excluded.rater_count
