-- abandon_due: free the places of assignments whose time ran out, a page at a time.
-- Params: grace_s (a submission that arrived in time may still be on its way), page.   Rows: 1 (how many).
-- Locks: the assignments, SKIP LOCKED; their hits in id order.
-- Index: assignment_by_deadline.
WITH due AS (
    SELECT assignment.id
      FROM assignment
     WHERE assignment.status = 'accepted'
       AND assignment.deadline_at < now() - make_interval(secs => %(grace_s)s)
     ORDER BY assignment.deadline_at
     LIMIT %(page)s
       FOR NO KEY UPDATE SKIP LOCKED
), abandoned AS (
    UPDATE assignment
       SET status = 'abandoned'
      FROM due
     WHERE assignment.id = due.id
 RETURNING assignment.id, assignment.hit_id
), abandoned_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status)
    SELECT abandoned.id, 'accepted', 'abandoned' FROM abandoned
), freed AS (
    SELECT abandoned.hit_id FROM abandoned
),
-- include manyhands.work: free_places
SELECT count(*) FROM abandoned;
