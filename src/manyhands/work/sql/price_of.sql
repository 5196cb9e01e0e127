-- price_of: reward and fee of so many places of a type, as of now.
-- Params: requester_id, hit_type_id, places.   Rows: 0 (no such type) or 1.
-- Locks: none.
-- Index: the primary key of the type.
WITH priced AS (
    SELECT hit_type.reward_minor
      FROM hit_type
     WHERE hit_type.id = %(hit_type_id)s
       AND hit_type.requester_id = %(requester_id)s
),
-- include manyhands.ledger: requester_fee
SELECT %(places)s::bigint * (priced.reward_minor + fee.fee_minor) FROM priced, fee;
