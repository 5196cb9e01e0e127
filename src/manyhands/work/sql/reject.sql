-- reject: refuse up to a thousand assignments of one requester, with a reason code and words.
-- Their money stays reserved until the appeal window ends.
-- Params: assignment_ids, requester_id, actor_id, reason, words, appeal_window_s.   Rows: one per rejected id.
-- Locks: the assignments, their hits, each in id order.
-- Index: assignment_pkey.
WITH chosen AS (
    SELECT assignment.id
      FROM assignment
     WHERE assignment.id = ANY(%(assignment_ids)s)
       AND assignment.requester_id = %(requester_id)s
       AND assignment.status = 'submitted'
       AND assignment.auto_approve_at > now()
     ORDER BY assignment.id
       FOR NO KEY UPDATE
), rejected AS (
    UPDATE assignment
       SET status = 'rejected',
           decided_at = now(),
           rejection_reason = %(reason)s,
           feedback = %(words)s,
           release_due_at = now() + make_interval(secs => %(appeal_window_s)s)
      FROM chosen
     WHERE assignment.id = chosen.id
 RETURNING assignment.id, assignment.hit_id, assignment.worker_id
), rejected_event AS (
    INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id, words)
    SELECT rejected.id, 'submitted', 'rejected', %(actor_id)s::bigint, %(words)s FROM rejected
), rejected_hit AS (
    SELECT hit.id, rejected_count.places
      FROM hit
      JOIN (SELECT rejected.hit_id, count(*) AS places FROM rejected GROUP BY 1) AS rejected_count
        ON rejected_count.hit_id = hit.id
     ORDER BY hit.id
       FOR NO KEY UPDATE OF hit
), counted AS (
    UPDATE hit
       SET submitted = hit.submitted - rejected_hit.places,
           rejected = hit.rejected + rejected_hit.places
      FROM rejected_hit
     WHERE hit.id = rejected_hit.id
 RETURNING hit.id
), standing AS (
    INSERT INTO worker_standing (worker_id, approved, rejected)
    SELECT rejected.worker_id, 0, count(*)
      FROM rejected
     -- The hits are locked before the standing, here as everywhere.
     WHERE (SELECT count(*) FROM counted) >= 0
     GROUP BY rejected.worker_id
     ORDER BY rejected.worker_id
        ON CONFLICT (worker_id) DO UPDATE SET rejected = worker_standing.rejected + excluded.rejected
)
SELECT rejected.id FROM rejected;
