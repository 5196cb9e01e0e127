-- forecast: how many active workers meet all of these requirements now, and how many there are.
-- Params: asked (a JSON list of [type id, comparator, values, guard]).   Rows: 1.
-- Locks: none.   Index: none; the few types asked for are read for everybody at once.
WITH asked AS (
    SELECT (one.kept->>0)::bigint AS type_id,
           one.kept->>1 AS comparator,
           one.kept->2 AS wanted
      FROM jsonb_array_elements(%(asked)s::jsonb) AS one (kept)
), judged AS (
    SELECT held.worker_id,
           count(*) FILTER (WHERE requirement_met(asked.comparator, asked.wanted, held.score, held.locale)) AS met,
           count(*) FILTER (WHERE asked.comparator = 'DoesNotExist') AS against
      FROM asked
      JOIN held_qualification AS held ON held.qualification_type_id = asked.type_id
     GROUP BY held.worker_id
), needed AS (
    SELECT count(*) FILTER (WHERE asked.comparator <> 'DoesNotExist') AS met
      FROM asked
)
SELECT count(*) FILTER (WHERE coalesce(judged.met, 0) = needed.met AND coalesce(judged.against, 0) = 0),
       count(*)
  FROM worker
  JOIN account ON account.id = worker.account_id AND account.status = 'active'
 CROSS JOIN needed
  LEFT JOIN judged ON judged.worker_id = worker.account_id
