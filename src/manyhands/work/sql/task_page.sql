-- task_page: one assignment as its worker's page shows it.
-- Params: assignment_id, worker_id.   Rows: 0 (none, or another worker's) or 1.
-- Locks: none.
-- Index: assignment_pkey or assignment_by_worker; hit_type_open_by_type.
SELECT assignment.id, assignment.hit_id, assignment.hit_type_id, assignment.batch_id,
-- include manyhands.work: status_by_time
       , hit_type.title, hit_type.description, hit_type.keywords, requester.display_name,
       assignment.reward_minor, hit_type.assignment_duration_s, hit_type.auto_approval_delay_s,
       assignment.accepted_at, assignment.deadline_at,
       assignment.submitted_at, assignment.auto_approve_at, assignment.decided_at,
       assignment.rejection_reason, assignment.feedback, assignment.corrections,
       assignment_draft.saved_at,
       CASE WHEN assignment.status IN ('accepted', 'abandoned') THEN assignment_draft.answer
            ELSE assignment.answer END,
       (SELECT coalesce(sum(hit_type_open.change), 0)::bigint
          FROM hit_type_open
         WHERE hit_type_open.hit_type_id = assignment.hit_type_id
           AND hit_type_open.expires_minute > now()),
       now(), hit.question_id, test.name, test.tasks_needed,
       CASE WHEN test.id IS NOT NULL THEN (
            SELECT least(count(*), test.tasks_needed)
              FROM assignment AS done
              JOIN hit_type AS of_test ON of_test.id = done.hit_type_id
             WHERE done.worker_id = %(worker_id)s
               AND of_test.qualification_type_id = test.id
               AND done.submitted_at IS NOT NULL) ELSE 0 END
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
  LEFT JOIN qualification_type AS test ON test.id = hit_type.qualification_type_id
  LEFT JOIN assignment_draft ON assignment_draft.assignment_id = assignment.id
 WHERE assignment.id = %(assignment_id)s
   AND assignment.worker_id = %(worker_id)s;
