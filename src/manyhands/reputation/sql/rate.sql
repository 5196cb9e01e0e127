-- rate: one side's rating of a task handed in, by its own worker or its own requester.
-- Params: assignment_id, side, worker_id or requester_id (the other null), pay, fairness, communication, speed,
-- work, words, within_days.   Rows: 0 (no such task of theirs) or 1: done?, in time?, the rating's id or null.
-- Locks: none.   Index: assignment_pkey; rating_once_a_side.
WITH done AS (
    SELECT assignment.id, assignment.worker_id, assignment.requester_id,
           assignment.submitted_at IS NOT NULL AS is_done,
           coalesce(assignment.submitted_at + make_interval(days => %(within_days)s) > now(), true) AS in_time,
           assignment.submitted_at + make_interval(days => %(within_days)s) AS sealed_until
      FROM assignment
     WHERE assignment.id = %(assignment_id)s
       AND (assignment.worker_id = %(worker_id)s::bigint OR assignment.requester_id = %(requester_id)s::bigint)
), rated AS (
    INSERT INTO rating (assignment_id, side, worker_id, requester_id, pay, fairness, communication, speed, work,
                        words, sealed_until)
    SELECT done.id, %(side)s, done.worker_id, done.requester_id, %(pay)s::smallint, %(fairness)s::smallint,
           %(communication)s::smallint, %(speed)s::smallint, %(work)s::smallint, %(words)s, done.sealed_until
      FROM done
     WHERE done.is_done
       AND done.in_time
 RETURNING rating.id
)
SELECT done.is_done, done.in_time, (SELECT rated.id FROM rated)
  FROM done
