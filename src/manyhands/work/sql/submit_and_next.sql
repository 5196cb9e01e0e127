-- submit_and_next: hand in an answer and, when the worker has auto-accept on, take the next of the group.
-- Params: assignment_id, worker_id, answer, reported, received_at, daily_max, at_once_max.
-- Rows: 0 (refused: nothing changed) or 1, its second half null when there is no next.
-- Locks: the worker, the assignment, its hit; the next hit, SKIP LOCKED.
-- Index: assignment_pkey or assignment_by_worker; hit_open (hit_type_id, position) WHERE is_open.
WITH
-- include manyhands.work: person_lock
,
-- include manyhands.work: submit_parts
, grp AS (
    -- The own HIT is locked before another is looked for, so that two workers never wait in a ring.
    SELECT submitted.hit_type_id FROM submitted, submitted_hit, person WHERE person.auto_accept_next
),
-- include manyhands.work: may_accept
, candidate AS (
    SELECT hit.id
      FROM hit
     WHERE hit.hit_type_id = (SELECT may_accept.id FROM may_accept)
       AND hit.is_open
       AND hit.position > (SELECT may_accept.position FROM may_accept)
       AND hit.position <= (SELECT may_accept.high FROM may_accept)
       AND hit.expires_at > now()
-- include manyhands.work: not_had
-- include manyhands.work: not_skipped
     ORDER BY hit.position
     LIMIT 1
       FOR NO KEY UPDATE OF hit SKIP LOCKED
),
-- include manyhands.work: accept_tail
SELECT submitted.id, submitted.hit_type_id, submitted.requester_id,
       submitted.auto_approve_at <= now() AS approved_at_once, person.auto_accept_next,
       accepted.id AS next_id, accepted.hit_id AS next_hit_id, may_accept.layout_id AS next_layout_id,
       taken.question_id AS next_question_id, taken.input AS next_input, accepted.deadline_at AS next_deadline_at, now() AS moment
  FROM submitted
  JOIN person ON true
  LEFT JOIN accepted ON true
  LEFT JOIN taken ON true
  LEFT JOIN may_accept ON true;
