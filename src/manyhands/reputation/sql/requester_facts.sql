-- requester_facts: what workers' opened ratings say of these requesters, in tenths of a star.
-- One worker counts once, however often they rated: the mean of their own ratings.
-- Params: requester_ids.   Rows: one per requester.   Locks: their facts, in id order.
-- Index: rating_by_requester.
WITH per_worker AS (
    SELECT rating.requester_id, rating.worker_id, avg(rating.pay) AS pay, avg(rating.fairness) AS fairness,
           avg(rating.communication) AS communication, avg(rating.speed) AS speed
      FROM rating
     WHERE rating.requester_id = ANY(%(requester_ids)s)
       AND rating.side = 'worker'
       AND rating.is_counted
     GROUP BY rating.requester_id, rating.worker_id
)
INSERT INTO requester_facts (requester_id, rater_count, pay_tenths, fairness_tenths, communication_tenths, speed_tenths)
SELECT per_worker.requester_id, count(*), round(avg(pay) * 10), round(avg(fairness) * 10),
       round(avg(communication) * 10), round(avg(speed) * 10)
  FROM per_worker
 GROUP BY per_worker.requester_id
 ORDER BY per_worker.requester_id
    ON CONFLICT (requester_id) DO UPDATE
   SET rater_count = excluded.rater_count,
       pay_tenths = excluded.pay_tenths,
       fairness_tenths = excluded.fairness_tenths,
       communication_tenths = excluded.communication_tenths,
       speed_tenths = excluded.speed_tenths
