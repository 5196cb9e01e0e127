-- Consumes withdrawing(id; expires_at, is_open, status, withdrawn before; places): takes their free places off the market and gives
-- the money reserved for those places back.
withdrawn AS (
    UPDATE hit
       SET withdrawn = hit.withdrawn + hit.available,
           available = 0,
           releases = hit.releases + 1,
           expires_at = least(hit.expires_at, now()),
           status = CASE WHEN hit.status IN ('reviewable', 'reviewing') THEN hit.status
                         WHEN hit.pending = 0 THEN 'reviewable' ELSE 'unassignable' END
      FROM withdrawing
     WHERE hit.id = withdrawing.id
 RETURNING hit.id, hit.hit_type_id, hit.batch_id, hit.releases, hit.fee_minor, hit.status,
           withdrawing.places, withdrawing.expires_at, withdrawing.is_open, withdrawing.status AS old_status,
           -- A place that comes back after the end and is withdrawn again is no second end.
           withdrawing.withdrawn = 0 OR withdrawing.expires_at > now() AS ends
), told AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT withdrawn.id, withdrawn.hit_type_id, news.kind
      FROM withdrawn
      JOIN hit_type ON hit_type.id = withdrawn.hit_type_id
      JOIN (VALUES (1, 'expired'), (2, 'reviewable')) AS news (place, kind)
        ON CASE news.kind WHEN 'expired' THEN withdrawn.ends
                ELSE withdrawn.status = 'reviewable' AND withdrawn.old_status <> 'reviewable' END
     WHERE hit_type.keeps_events
     ORDER BY withdrawn.id, news.place
), open_changed AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT withdrawn.hit_type_id, date_trunc('minute', withdrawn.expires_at), -count(*)
      FROM withdrawn
     WHERE withdrawn.is_open
     GROUP BY 1, 2
), movement AS (
    SELECT hit_type.requester_id * 16 + 2 AS debit_account, hit_type.requester_id * 16 + 1 AS credit_account,
           withdrawn.places::bigint * (hit_type.reward_minor + withdrawn.fee_minor) AS amount_minor,
           'release:' || withdrawn.id || ':' || withdrawn.releases AS idempotency_key,
           'release' AS purpose, NULL::bigint AS assignment_id, withdrawn.batch_id
      FROM withdrawn
      JOIN hit_type ON hit_type.id = withdrawn.hit_type_id
),
-- include manyhands.ledger: post_transfers
