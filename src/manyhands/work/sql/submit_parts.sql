-- Consumes person: hands in the answer when the assignment is this worker's and its time was not over
-- when the request arrived.
submitted AS (
    UPDATE assignment
       SET status = 'submitted',
           answer = %(answer)s::jsonb,
           reported = %(reported)s::jsonb,
           submitted_at = %(received_at)s::timestamptz,
           auto_approve_at = %(received_at)s::timestamptz + make_interval(secs => hit_type.auto_approval_delay_s)
      FROM person, hit_type
     WHERE assignment.id = %(assignment_id)s
       AND assignment.worker_id = person.worker_id
       AND assignment.status IN ('accepted', 'correction')
       AND assignment.deadline_at >= %(received_at)s::timestamptz
       AND hit_type.id = assignment.hit_type_id
 RETURNING assignment.id, assignment.hit_id, assignment.hit_type_id, assignment.worker_id,
           assignment.corrections, assignment.auto_approve_at, assignment.requester_id,
           hit_type.keeps_events
), submitted_hit AS (
    UPDATE hit
       SET pending = hit.pending - 1,
           submitted = hit.submitted + 1,
           status = CASE WHEN hit.available = 0 AND hit.pending = 1 THEN 'reviewable' ELSE hit.status END
      FROM submitted
     WHERE hit.id = submitted.hit_id
 RETURNING hit.id, hit.hit_type_id, submitted.keeps_events AND hit.status = 'reviewable' AS to_be_told
), reviewable_event AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT submitted_hit.id, submitted_hit.hit_type_id, 'reviewable' FROM submitted_hit WHERE to_be_told
), submitted_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id)
    SELECT submitted.id, CASE WHEN submitted.corrections > 0 THEN 'correction' ELSE 'accepted' END,
           'submitted', submitted.worker_id
      FROM submitted
), draft_dropped AS (
    DELETE FROM assignment_draft USING submitted WHERE assignment_draft.assignment_id = submitted.id
)
