-- keep_signals: what was measured of submissions; each kind once, whatever is measured later.
-- Params: assignment_ids, kinds, names, measured, expectations (parallel arrays).   Rows: none.
-- Locks: none.
-- Index: submission_signal_once.
INSERT INTO submission_signal (assignment_id, kind, name, value, expectation)
SELECT *
  FROM unnest(%(assignment_ids)s::bigint[], %(kinds)s::text[], %(names)s::text[], %(measured)s::float8[],
              %(expectations)s::float8[])
    ON CONFLICT (assignment_id, kind, name) DO NOTHING
