-- send_back: return a submitted answer to its worker for correction, with words and new time.
-- Params: assignment_id, requester_id, actor_id, words.   Rows: 0 or 1.
-- Locks: the assignment, its hit.
-- Index: assignment_pkey.
WITH sent_back AS (
    UPDATE assignment
       SET status = 'correction',
           corrections = assignment.corrections + 1,
           feedback = %(words)s,
           deadline_at = now() + make_interval(secs => greatest(hit_type.assignment_duration_s, 86400)),
           auto_approve_at = NULL
      FROM hit_type
     WHERE assignment.id = %(assignment_id)s
       AND assignment.requester_id = %(requester_id)s
       AND assignment.status = 'submitted'
       AND assignment.auto_approve_at > now()
       AND hit_type.id = assignment.hit_type_id
 RETURNING assignment.id, assignment.hit_id, assignment.deadline_at
), sent_back_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id, words)
    SELECT sent_back.id, 'submitted', 'correction', %(actor_id)s::bigint, %(words)s FROM sent_back
), counted AS (
    UPDATE hit
       SET submitted = hit.submitted - 1,
           pending = hit.pending + 1,
           status = CASE WHEN hit.available = 0 THEN 'unassignable' ELSE hit.status END
      FROM sent_back
     WHERE hit.id = sent_back.hit_id
)
SELECT sent_back.id, sent_back.deadline_at FROM sent_back;
