-- extend_batch: give a batch's HITs more places, a later end, or both; what was withdrawn comes back when
-- the end lies ahead. The money is reserved by the same statement, or nothing changes.
-- Params: batch_id, hit_id (null for all), more, expires_at (null to keep), reservation_key.   Rows: 1.
-- Locks: the hits in id order; the ledger accounts in id order.
-- Index: hit_by_batch.
WITH extending AS (
    SELECT hit.id, hit.is_open AS was_open, hit.expires_at AS old_expires_at,
           coalesce(%(expires_at)s, hit.expires_at) AS new_expires_at,
           -- Places that become free now: the new ones and those withdrawn, if the end lies ahead.
           CASE WHEN coalesce(%(expires_at)s, hit.expires_at) > now() THEN %(more)s + hit.withdrawn ELSE 0 END
               AS opened
      FROM hit
     WHERE hit.batch_id = %(batch_id)s
       AND (%(hit_id)s::bigint IS NULL OR hit.id = %(hit_id)s)
       AND hit.status <> 'disposed'
     ORDER BY hit.id
       FOR NO KEY UPDATE
), extended AS (
    UPDATE hit
       SET max_assignments = hit.max_assignments + %(more)s,
           available = hit.available + extending.opened,
           withdrawn = hit.withdrawn + %(more)s - extending.opened,
           expires_at = extending.new_expires_at,
           status = CASE WHEN hit.available + extending.opened > 0 THEN 'assignable' ELSE hit.status END,
           position = CASE WHEN extending.was_open OR extending.opened = 0 THEN hit.position
                           ELSE nextval('hit_position') + CASE WHEN hit.position < 0 THEN -4611686018427387904 ELSE 0 END END
      FROM extending
     WHERE hit.id = extending.id
 RETURNING hit.id, hit.hit_type_id, hit.batch_id, hit.fee_minor, hit.max_assignments, hit.is_open,
           extending.was_open, extending.opened, extending.old_expires_at, extending.new_expires_at
), open_changed AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT hit_type_id, date_trunc('minute', old_expires_at), -count(*) FROM extended WHERE was_open GROUP BY 1, 2
     UNION ALL
    SELECT hit_type_id, date_trunc('minute', new_expires_at), count(*) FROM extended WHERE is_open GROUP BY 1, 2
), told AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT extended.id, extended.hit_type_id, 'extended'
      FROM extended
      JOIN hit_type ON hit_type.id = extended.hit_type_id
     WHERE hit_type.keeps_events
     ORDER BY extended.id
), several AS (
    UPDATE hit_type SET has_several_places = true
     WHERE NOT has_several_places
       AND id IN (SELECT hit_type_id FROM extended WHERE max_assignments > 1)
), movement AS (
    SELECT hit_type.requester_id * 16 + 1 AS debit_account, hit_type.requester_id * 16 + 2 AS credit_account,
           sum(extended.opened::bigint * (hit_type.reward_minor + extended.fee_minor))::bigint AS amount_minor,
           %(reservation_key)s::text AS idempotency_key,
           'reserve' AS purpose, NULL::bigint AS assignment_id, extended.batch_id
      FROM extended
      JOIN hit_type ON hit_type.id = extended.hit_type_id
     GROUP BY hit_type.requester_id, extended.batch_id
),
-- include manyhands.ledger: post_transfers
SELECT count(*), coalesce(sum(opened), 0) FROM extended;
