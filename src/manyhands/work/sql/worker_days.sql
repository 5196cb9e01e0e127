-- worker_days: the latest days on which a worker handed something in, and what became of it.
-- Params: worker_id, zone, limit.   Rows: up to limit.
-- Locks: none.
-- Index: none promised: it reads all a worker has handed in, which may be much of the table.
SELECT day, count(*), count(*) FILTER (WHERE status = 'approved'), count(*) FILTER (WHERE status = 'rejected'),
       count(*) FILTER (WHERE status IN ('submitted', 'correction')),
       coalesce(sum(reward_minor) FILTER (WHERE status = 'approved'), 0)::bigint
  FROM (SELECT (assignment.submitted_at AT TIME ZONE %(zone)s::text)::date AS day, assignment.reward_minor,
-- include manyhands.work: status_by_time
               AS status
          FROM assignment
         WHERE assignment.worker_id = %(worker_id)s
           AND assignment.status IN ('submitted', 'correction', 'approved', 'rejected')) AS submission
 GROUP BY day
 ORDER BY day DESC
 LIMIT %(limit)s
