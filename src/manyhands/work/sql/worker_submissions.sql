-- worker_submissions: what a worker handed in, newest first.
-- Params: worker_id, status ('' for any, as time has made it), before (an id), limit.   Rows: up to limit.
-- Locks: none.
-- Index: assignment_by_worker (worker_id, id DESC).
SELECT submission.*
  FROM (
        SELECT assignment.id, assignment.hit_type_id, hit_type.title, requester.display_name,
-- include manyhands.work: status_by_time
               AS status, assignment.reward_minor, assignment.submitted_at, assignment.auto_approve_at,
               assignment.decided_at, assignment.rejection_reason, assignment.feedback
          FROM assignment
          JOIN hit_type ON hit_type.id = assignment.hit_type_id
          JOIN requester ON requester.account_id = assignment.requester_id
         WHERE assignment.worker_id = %(worker_id)s
           AND assignment.status IN ('submitted', 'approved', 'rejected', 'correction')
           AND assignment.id < %(before)s
       ) AS submission
 WHERE %(status)s = '' OR submission.status = %(status)s
 ORDER BY submission.id DESC
 LIMIT %(limit)s;
