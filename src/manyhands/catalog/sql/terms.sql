-- terms: what is fixed about some groups.
-- Params: hit_type_ids.   Rows: one per id that exists; times in seconds since 1970.
-- A bonus cannot be promised by the platform: offering one is saying so in the group's words.
-- Locks: none.
-- Index: hit_type_pkey.
SELECT hit_type.id, hit_type.requester_id, hit_type.sub_category_id, hit_type.reward_minor,
       extract(epoch FROM hit_type.created_at)::bigint,
       (concat_ws(' ', hit_type.title, hit_type.description, hit_type.keywords)
          ~* '\mbonus(es)?\M|\mбонус|\mпреми(я|и|ю|ей)\M|ボーナス')::integer
  FROM hit_type
 WHERE hit_type.id = ANY(%(hit_type_ids)s)
