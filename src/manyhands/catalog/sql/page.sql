-- page: the groups of one page in words, in the order given.
-- Params: hit_type_ids, worker_id.   Rows: one per id.
-- Locks: none.
-- Index: hit_type_pkey; hit_type_facts_pkey; hit_type_open_by_type; qualification_requirement_hit_type_id.
SELECT hit_type.id, hit_type.title, hit_type.description, hit_type.keywords, hit_type.reward_minor,
       hit_type.assignment_duration_s, hit_type.requester_id, requester.display_name, category.name,
       sub_category.name, coalesce(facts.decided_count, 0), coalesce(facts.rejected_count, 0),
       coalesce(facts.worker_count, 0), facts.pay_low_minor, facts.pay_median_minor, facts.pay_high_minor,
       facts.work_s, facts.decision_s, facts.payment_s,
       asked.missing, coalesce(asked.preview_guarded, false),
       (SELECT max(hit_type_open.expires_minute)
          FROM hit_type_open
         WHERE hit_type_open.hit_type_id = hit_type.id
           AND hit_type_open.expires_minute > now()),
       coalesce(asked.requirements, '[]'),
       (SELECT jsonb_build_array(requester_facts.rater_count, requester_facts.pay_tenths,
                                 requester_facts.fairness_tenths, requester_facts.communication_tenths,
                                 requester_facts.speed_tenths)
          FROM requester_facts
         WHERE requester_facts.requester_id = hit_type.requester_id),
       test.name, test.tasks_needed,
       CASE WHEN test.id IS NOT NULL THEN (
            SELECT least(count(*), test.tasks_needed)
              FROM assignment
              JOIN hit_type AS of_test ON of_test.id = assignment.hit_type_id
             WHERE assignment.worker_id = %(worker_id)s
               AND of_test.qualification_type_id = test.id
               AND assignment.submitted_at IS NOT NULL) ELSE 0 END
  FROM unnest(%(hit_type_ids)s::bigint[]) WITH ORDINALITY AS page (id, place)
  JOIN hit_type ON hit_type.id = page.id
  JOIN requester ON requester.account_id = hit_type.requester_id
  JOIN sub_category ON sub_category.id = hit_type.sub_category_id
  JOIN category ON category.id = sub_category.category_id
  LEFT JOIN hit_type_facts AS facts ON facts.hit_type_id = hit_type.id
  LEFT JOIN qualification_type AS test ON test.id = hit_type.qualification_type_id
  LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT qualification_type.name) FILTER (WHERE NOT met.met) AS missing,
               bool_or(requirement.actions_guarded <> 'Accept') FILTER (WHERE NOT met.met) AS preview_guarded,
               jsonb_agg(jsonb_build_array(qualification_type.name, requirement.comparator,
                                           requirement.scores, qualification_type.id, met.met) ORDER BY requirement.id) AS requirements
          FROM qualification_requirement AS requirement
          JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
          LEFT JOIN held_qualification AS held
            ON held.worker_id = %(worker_id)s
           AND held.qualification_type_id = requirement.qualification_type_id
         CROSS JOIN LATERAL
               (SELECT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale)) AS met (met)
         WHERE requirement.hit_type_id = hit_type.id) AS asked ON true
 ORDER BY page.place
