-- projects: task groups with all that tools of workers show of them.
-- Params: hit_type_ids, worker_id.   Rows: one per id, in the order given; requirements as JSON.
-- Locks: none.
-- Index: hit_type_pkey; batch_hit_type; hit_type_open_by_type; qualification_requirement_hit_type_id.
SELECT hit_type.id, hit_type.requester_id, requester.display_name, hit_type.title, hit_type.description,
       hit_type.assignment_duration_s, hit_type.reward_minor, hit_type.created_at,
       coalesce((SELECT max(hit_type_open.expires_minute)
                   FROM hit_type_open
                  WHERE hit_type_open.hit_type_id = hit_type.id), hit_type.created_at),
       greatest(0, (SELECT coalesce(sum(hit_type_open.change), 0)::bigint
                      FROM hit_type_open
                     WHERE hit_type_open.hit_type_id = hit_type.id
                       AND hit_type_open.expires_minute > now())),
       coalesce((SELECT jsonb_agg(jsonb_build_array(
                            kind.id, kind.name, kind.description, kind.keywords, kind.route, kind.graded_by_owner,
                            kind.status = 'active', requirement.comparator, requirement.scores,
                            requirement.actions_guarded, held.score, held.locale,
                            requirement_met(requirement.comparator, requirement.scores, held.score, held.locale))
                          ORDER BY requirement.id)
                   FROM qualification_requirement AS requirement
                   JOIN qualification_type AS kind ON kind.id = requirement.qualification_type_id
                   LEFT JOIN held_qualification AS held
                     ON held.worker_id = %(worker_id)s
                    AND held.qualification_type_id = kind.id
                  WHERE requirement.hit_type_id = hit_type.id), '[]')
  FROM unnest(%(hit_type_ids)s::bigint[]) WITH ORDINALITY AS page (id, place)
  JOIN hit_type ON hit_type.id = page.id
  JOIN requester ON requester.account_id = hit_type.requester_id
 ORDER BY page.place
