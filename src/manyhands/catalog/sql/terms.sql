-- terms: what is fixed about some groups.
-- Params: hit_type_ids.   Rows: one per id that exists.
-- Locks: none.
-- Index: hit_type_pkey.
SELECT hit_type.id, hit_type.requester_id, hit_type.sub_category_id, hit_type.reward_minor
  FROM hit_type
 WHERE hit_type.id = ANY(%(hit_type_ids)s)
