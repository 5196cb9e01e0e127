-- numbers: what one worker's list is made of, as of one moment.
-- Params: worker_id; known: the folding of open-task counts the reader remembers (null: none).
-- Rows: exactly 1: the present folding and, unless it is the one known, its counts as 20 bytes each (group, change,
-- expiry in seconds since 1970); the changes since as 12 bytes each (group, change); the time; blocking requesters,
-- what the worker holds as JSON (type: score or place), the tree as JSON, the searches kept, and which database this is.
-- A task this worker has had or skipped is a change of -1: what remains is what accepting could give them.
-- Locks: none.
-- Index: assignment_by_worker; hit_skip_once; hit_pkey; hit_type_open_by_folding.
WITH out_of_reach AS (
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
     UNION
    -- First questions of jobs whose work is open to the worker.
    SELECT hit.id
      FROM qualification
      JOIN hit_type ON hit_type.in_job_type_id = qualification.qualification_type_id
      JOIN hit ON hit.hit_type_id = hit_type.id AND hit.is_open AND hit.position < 0
     WHERE qualification.worker_id = %(worker_id)s
       AND qualification.status = 'granted'
), granted AS (
    SELECT held.qualification_type_id, held.score, held.locale
      FROM held_qualification AS held
     WHERE held.worker_id = %(worker_id)s
)
SELECT folding.at,
       CASE WHEN folding.at IS DISTINCT FROM %(known)s::timestamptz
            THEN (SELECT coalesce(string_agg(int8send(hit_type_open.hit_type_id) || int4send(hit_type_open.change)
                                             || int8send(extract(epoch FROM hit_type_open.expires_minute)::bigint), ''), '')
                    FROM hit_type_open
                   WHERE hit_type_open.folded_at IS NOT NULL)
       END,
       (SELECT coalesce(string_agg(int8send(hit_type_open.hit_type_id) || int4send(hit_type_open.change), ''), '')
          FROM hit_type_open
         WHERE hit_type_open.folded_at IS NULL
           AND hit_type_open.expires_minute > now())
       ||
       (SELECT coalesce(string_agg(int8send(hit.hit_type_id) || int4send(-1), ''), '')
          FROM out_of_reach
          JOIN hit ON hit.id = out_of_reach.hit_id
         WHERE hit.is_open
           AND date_trunc('minute', hit.expires_at) > now()),
       extract(epoch FROM now())::float8,
       ARRAY(SELECT worker_block.requester_id FROM worker_block WHERE worker_block.worker_id = %(worker_id)s),
       (SELECT coalesce(jsonb_object_agg(granted.qualification_type_id, coalesce(to_jsonb(granted.score),
                                                                               to_jsonb(granted.locale))), '{}')
          FROM granted),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(tree.slug, tree.name, tree.branches)
                                  ORDER BY tree.ordinal, tree.id), '[]')
          FROM (SELECT category.id, category.slug, category.name, category.ordinal,
                       jsonb_agg(jsonb_build_array(sub_category.id, sub_category.slug, sub_category.name)
                                 ORDER BY sub_category.ordinal, sub_category.id) AS branches
                  FROM category
                  JOIN sub_category ON sub_category.category_id = category.id
                 GROUP BY category.id) AS tree),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(saved_search.id, saved_search.name, saved_search.alerts,
                                                    saved_search.criteria) ORDER BY saved_search.id), '[]')
          FROM saved_search
         WHERE saved_search.worker_id = %(worker_id)s),
       (SELECT pg_database.oid::bigint FROM pg_database WHERE pg_database.datname = current_database())
  FROM (SELECT max(hit_type_open.folded_at) FROM hit_type_open) AS folding (at)
