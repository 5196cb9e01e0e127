-- expire_due: take the free places of HITs whose lifetime is over off the market, a page at a time.
-- Params: page.   Rows: 1 (how many HITs).
-- Locks: the hits, SKIP LOCKED; the ledger accounts in id order.
-- Index: hit_open_by_expiry.
WITH withdrawing AS (
    SELECT hit.id, hit.expires_at, hit.is_open, hit.status, hit.withdrawn, hit.available AS places
      FROM hit
     WHERE hit.is_open
       AND hit.expires_at <= now()
     ORDER BY hit.expires_at
     LIMIT %(page)s
       FOR NO KEY UPDATE SKIP LOCKED
),
-- include manyhands.work: withdraw_tail
SELECT count(*) FROM withdrawn;
