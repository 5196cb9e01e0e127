-- note_reviews: what review policies are to judge, of what was handed in: each submission once, and its HIT.
-- Params: after, up_to (ids of events).   Rows: none.
-- Locks: none; the caller holds the cursor.
-- Index: assignment_event_pkey; assignment_pkey; hit_review_policy_once; policy_review_one_open.
INSERT INTO policy_review (hit_id, level, assignment_id)
SELECT DISTINCT policy.hit_id, policy.level, CASE WHEN policy.level = 'Assignment' THEN assignment.id END
  FROM assignment_event
  JOIN assignment ON assignment.id = assignment_event.assignment_id
  JOIN hit_review_policy AS policy ON policy.hit_id = assignment.hit_id
 WHERE assignment_event.id > %(after)s
   AND assignment_event.id <= %(up_to)s
   AND assignment_event.to_status = 'submitted'
   AND assignment.answer IS NOT NULL
    ON CONFLICT DO NOTHING
