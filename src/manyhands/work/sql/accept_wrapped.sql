-- accept_wrapped: the same from the start of the group, waiting for locked rows: what was passed over
-- because another worker held its lock, or skipped and now cool, is found here before saying "none left".
-- Params: worker_id, hit_type_id, daily_max, at_once_max.   Rows: 0 (nothing ahead, or not allowed) or 1.
-- Locks: the worker; one hit row, waited for.
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
       AND hit.position > (SELECT may_accept.low FROM may_accept)
       AND hit.position <= (SELECT may_accept.high FROM may_accept)
       AND hit.expires_at > now()
-- include manyhands.work: not_had
-- include manyhands.work: not_skipped
     ORDER BY hit.position
     LIMIT 1
       FOR NO KEY UPDATE OF hit
),
-- include manyhands.work: accept_tail
SELECT accepted.id, accepted.hit_id, accepted.hit_type_id, may_accept.layout_id, taken.question_id,
       taken.input, accepted.deadline_at, now()
  FROM accepted, taken, may_accept;
