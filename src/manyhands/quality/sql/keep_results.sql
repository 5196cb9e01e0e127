-- keep_results: how submissions met their known answers; each once, whatever is found later.
-- Params: assignment_ids, worker_ids, project_ids, qualification_type_ids, rights, askeds, submitted_ats
-- (parallel arrays).   Rows: none.   Locks: none.
-- Index: known_answer_result_pkey.
INSERT INTO known_answer_result (assignment_id, worker_id, project_id, qualification_type_id, "right", asked,
                                 submitted_at)
SELECT *
  FROM unnest(%(assignment_ids)s::bigint[], %(worker_ids)s::bigint[], %(project_ids)s::bigint[],
              %(qualification_type_ids)s::bigint[], %(rights)s::smallint[], %(askeds)s::smallint[],
              %(submitted_ats)s::timestamptz[])
    ON CONFLICT (assignment_id) DO NOTHING
