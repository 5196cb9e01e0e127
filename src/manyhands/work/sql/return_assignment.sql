-- return_assignment: give an accepted task up; its place is free for others at once.
-- Params: assignment_id, worker_id.   Rows: 0 (not held, or its time is over) or 1.
-- Locks: the assignment, its hit.
-- Index: assignment_pkey or assignment_by_worker.
WITH returned AS (
    UPDATE assignment
       SET status = 'returned'
     WHERE assignment.id = %(assignment_id)s
       AND assignment.worker_id = %(worker_id)s
       AND assignment.status = 'accepted'
       AND assignment.deadline_at > now()
 RETURNING assignment.id, assignment.hit_id, assignment.hit_type_id, assignment.worker_id
), returned_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id)
    SELECT returned.id, 'accepted', 'returned', returned.worker_id FROM returned
), draft_dropped AS (
    DELETE FROM assignment_draft USING returned WHERE assignment_draft.assignment_id = returned.id
), freed AS (
    SELECT returned.hit_id FROM returned
),
-- include manyhands.work: free_places
SELECT returned.id, returned.hit_id, returned.hit_type_id FROM returned;
