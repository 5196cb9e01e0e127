-- make_api_batch: the batch that takes in the HITs of a type which the API makes one by one.
-- Params: requester_id, hit_type_id.   Rows: 0 (no such type, or it has one) or 1.
-- Locks: none.
-- Index: batch_of_api_unique.
WITH priced AS (
    SELECT hit_type.id, hit_type.requester_id, hit_type.title, hit_type.reward_minor
      FROM hit_type
     WHERE hit_type.id = %(hit_type_id)s
       AND hit_type.requester_id = %(requester_id)s
),
-- include manyhands.ledger: requester_fee
INSERT INTO batch (requester_id, hit_type_id, source, name, status, columns, sample_rows, row_count,
                   max_assignments, reward_minor, fee_minor, lifetime_s, published_at)
SELECT priced.requester_id, priced.id, 'api', priced.title, 'published', '[]', '[]', 0, 1,
       priced.reward_minor, fee.fee_minor, 0, now()
  FROM priced, fee
    ON CONFLICT (hit_type_id) WHERE source = 'api' AND status = 'published' DO NOTHING
RETURNING id;
