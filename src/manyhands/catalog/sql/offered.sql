-- Defines offered: every group with open tasks as one worker sees it. Params: worker_id.
-- task_count is what accepting could give this worker; missing names what the worker lacks (null: nothing).
-- Rows: at most one per group; groups that are hidden, own, blocked or without a task for this worker have none.
-- Counts come from hit_type_open; only HITs the worker has had or skipped are looked at one by one.
-- Index: assignment_by_worker; hit_skip_once; hit_pkey; hit_type_pkey.
open_type AS (
    SELECT hit_type_open.hit_type_id, sum(hit_type_open.change)::bigint AS open_count
      FROM hit_type_open
     WHERE hit_type_open.expires_minute > now()
     GROUP BY hit_type_open.hit_type_id
    HAVING sum(hit_type_open.change) > 0
), out_of_reach AS (
    SELECT assignment.hit_id
      FROM assignment
      JOIN hit_type ON hit_type.id = assignment.hit_type_id AND hit_type.has_several_places
     WHERE assignment.worker_id = %(worker_id)s
       AND assignment.status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected')
     UNION
    SELECT hit_skip.hit_id
      FROM hit_skip
     WHERE hit_skip.worker_id = %(worker_id)s
       AND hit_skip.until > now()
), withheld AS (
    SELECT hit.hit_type_id, count(*) AS withheld_count
      FROM out_of_reach
      JOIN hit ON hit.id = out_of_reach.hit_id
     WHERE hit.is_open
       AND date_trunc('minute', hit.expires_at) > now()
     GROUP BY hit.hit_type_id
), unmet AS (
    SELECT requirement.hit_type_id,
           array_agg(DISTINCT qualification_type.name) AS missing,
           bool_or(requirement.actions_guarded <> 'Accept') AS preview_guarded,
           bool_or(requirement.actions_guarded = 'DiscoverPreviewAndAccept') AS hidden
      FROM qualification_requirement AS requirement
      JOIN open_type ON open_type.hit_type_id = requirement.hit_type_id
      JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
      LEFT JOIN qualification
        ON qualification.worker_id = %(worker_id)s
       AND qualification.qualification_type_id = requirement.qualification_type_id
       AND qualification.status = 'granted'
     WHERE NOT requirement_met(requirement.comparator, requirement.scores, qualification.score)
     GROUP BY requirement.hit_type_id
), offered AS MATERIALIZED (
    SELECT hit_type.id, hit_type.sub_category_id, hit_type.requester_id, hit_type.reward_minor,
           hit_type.created_at,
           open_type.open_count - coalesce(withheld.withheld_count, 0) AS task_count,
           unmet.missing, coalesce(unmet.preview_guarded, false) AS preview_guarded
      FROM open_type
      JOIN hit_type ON hit_type.id = open_type.hit_type_id
      LEFT JOIN withheld ON withheld.hit_type_id = open_type.hit_type_id
      LEFT JOIN unmet ON unmet.hit_type_id = open_type.hit_type_id
     WHERE open_type.open_count > coalesce(withheld.withheld_count, 0)
       AND hit_type.requester_id <> %(worker_id)s
       AND NOT coalesce(unmet.hidden, false)
       AND NOT EXISTS (
            SELECT FROM worker_block
             WHERE worker_block.requester_id = hit_type.requester_id
               AND worker_block.worker_id = %(worker_id)s)
)
