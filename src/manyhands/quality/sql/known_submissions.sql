-- known_submissions: what was handed in of HITs whose answer is known, and is not scored yet.
-- Params: after, up_to (ids of events).   Rows: one per submission.
-- Locks: none; the caller holds the cursor.
-- Index: assignment_event_pkey; assignment_pkey; known_answer_pkey; known_answer_result_pkey.
SELECT DISTINCT ON (assignment.id)
       assignment.id, assignment.worker_id, batch.project_id, hit_type.qualification_type_id,
       assignment.submitted_at, assignment.answer, known_answer.answers
  FROM assignment_event
  JOIN assignment ON assignment.id = assignment_event.assignment_id
  JOIN known_answer ON known_answer.hit_id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN batch ON batch.id = assignment.batch_id
 WHERE assignment_event.id > %(after)s
   AND assignment_event.id <= %(up_to)s
   AND assignment_event.to_status = 'submitted'
   AND assignment.answer IS NOT NULL
   AND NOT EXISTS (
        SELECT FROM known_answer_result WHERE known_answer_result.assignment_id = assignment.id)
 ORDER BY assignment.id
