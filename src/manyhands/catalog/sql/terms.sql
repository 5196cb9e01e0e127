-- terms: what is fixed about some groups.
-- Params: hit_type_ids.   Rows: one per id that exists; times in seconds since 1970. Its requirements as
-- JSON: type, comparator, values, whether it hides the group from those who do not meet it.
-- A bonus cannot be promised by the platform: offering one is saying so in the group's words.
-- Locks: none.
-- Index: hit_type_pkey; qualification_requirement_hit_type_id.
SELECT hit_type.id, hit_type.requester_id, hit_type.sub_category_id, hit_type.reward_minor,
       extract(epoch FROM hit_type.created_at)::bigint,
       (concat_ws(' ', hit_type.title, hit_type.description, hit_type.keywords)
          ~* '\mbonus(es)?\M|\mбонус|\mпреми(я|и|ю|ей)\M|ボーナス')::integer,
       (SELECT jsonb_agg(jsonb_build_array(requirement.qualification_type_id, requirement.comparator,
                                           requirement.scores,
                                           requirement.actions_guarded = 'DiscoverPreviewAndAccept'))
          FROM qualification_requirement AS requirement
         WHERE requirement.hit_type_id = hit_type.id)
  FROM hit_type
 WHERE hit_type.id = ANY(%(hit_type_ids)s)
