-- accept_next: give a worker the next open HIT of a group, after the last one they had.
-- Params: worker_id, hit_type_id, daily_max, at_once_max.   Rows: 0 (nothing ahead, or not allowed) or 1.
-- Locks: the worker; one hit row, SKIP LOCKED (workers never queue behind each other).
-- Index: hit_open (hit_type_id, position) WHERE is_open.
WITH
-- include manyhands.work: person_lock
, grp AS (
    SELECT %(hit_type_id)s::bigint AS hit_type_id
),
-- include manyhands.work: may_accept
, candidate AS (
    SELECT hit.id
      FROM hit
     WHERE hit.hit_type_id = %(hit_type_id)s
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
SELECT accepted.id, accepted.hit_id, accepted.hit_type_id, may_accept.layout_id, taken.question_id,
       taken.input, accepted.deadline_at, now()
  FROM accepted, taken, may_accept;
