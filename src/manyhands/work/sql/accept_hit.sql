-- accept_hit: give a worker one particular HIT.
-- Params: worker_id, hit_id, daily_max, at_once_max.   Rows: 0 (taken, expired, or not allowed) or 1.
-- Locks: the worker; the hit row, waited for.
-- Index: hit_pkey.
WITH
-- include manyhands.work: person_lock
, grp AS (
    SELECT hit.hit_type_id FROM hit WHERE hit.id = %(hit_id)s
),
-- include manyhands.work: may_accept
, candidate AS (
    SELECT hit.id
      FROM hit
     WHERE hit.id = %(hit_id)s
       AND hit.is_open
       -- Also when it was moved to other terms while this statement waited for it.
       AND hit.hit_type_id = (SELECT may_accept.id FROM may_accept)
       AND hit.position > (SELECT may_accept.low FROM may_accept)
       AND hit.position <= (SELECT may_accept.high FROM may_accept)
       AND hit.expires_at > now()
-- include manyhands.work: not_had
       FOR NO KEY UPDATE OF hit
),
-- include manyhands.work: accept_tail
SELECT accepted.id, accepted.hit_id, accepted.hit_type_id, may_accept.layout_id, taken.question_id,
       taken.input, accepted.deadline_at, now()
  FROM accepted, taken, may_accept;
