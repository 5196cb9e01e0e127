-- restore_due: an answer sent back for correction and not corrected in time stands as it was handed in.
-- Params: grace_s, page.   Rows: 1 (how many).
-- Locks: the assignments, SKIP LOCKED; their hits in id order.
-- Index: assignment_by_deadline.
WITH due AS (
    SELECT assignment.id
      FROM assignment
     WHERE assignment.status = 'correction'
       AND assignment.deadline_at < now() - make_interval(secs => %(grace_s)s)
     ORDER BY assignment.deadline_at
     LIMIT %(page)s
       FOR NO KEY UPDATE SKIP LOCKED
), restored AS (
    UPDATE assignment
       SET status = 'submitted',
           auto_approve_at = now() + make_interval(secs => hit_type.auto_approval_delay_s)
      FROM due, hit_type
     WHERE assignment.id = due.id
       AND hit_type.id = assignment.hit_type_id
 RETURNING assignment.id, assignment.hit_id
), restored_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status)
    SELECT restored.id, 'correction', 'submitted' FROM restored
), restored_hit AS (
    SELECT hit.id, restored_count.places
      FROM hit
      JOIN (SELECT restored.hit_id, count(*) AS places FROM restored GROUP BY 1) AS restored_count
        ON restored_count.hit_id = hit.id
     ORDER BY hit.id
       FOR NO KEY UPDATE OF hit
), counted AS (
    UPDATE hit
       SET pending = hit.pending - restored_hit.places,
           submitted = hit.submitted + restored_hit.places,
           status = CASE WHEN hit.available = 0 AND hit.pending = restored_hit.places
                         THEN 'reviewable' ELSE hit.status END
      FROM restored_hit
     WHERE hit.id = restored_hit.id
 RETURNING hit.id, hit.hit_type_id, hit.status
), reviewable_event AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT counted.id, counted.hit_type_id, 'reviewable'
      FROM counted
      JOIN hit_type ON hit_type.id = counted.hit_type_id
     WHERE counted.status = 'reviewable' AND hit_type.keeps_events
)
SELECT count(*) FROM restored;
