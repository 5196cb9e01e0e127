-- worker_day: what a worker handed in between two instants, newest first.
-- Params: worker_id, begins, ends, limit, offset.   Rows: up to limit; the last column counts all.
-- Locks: none.
-- Index: assignment_by_worker.
SELECT assignment.id, assignment.hit_id, assignment.requester_id, requester.display_name, hit_type.title,
       assignment.reward_minor,
-- include manyhands.work: status_by_time
       AS status, assignment.feedback, count(*) OVER ()
  FROM assignment
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
 WHERE assignment.worker_id = %(worker_id)s
   AND assignment.status IN ('submitted', 'correction', 'approved', 'rejected')
   AND assignment.submitted_at >= %(begins)s
   AND assignment.submitted_at < %(ends)s
 ORDER BY assignment.submitted_at DESC, assignment.id DESC
 LIMIT %(limit)s OFFSET %(offset)s
