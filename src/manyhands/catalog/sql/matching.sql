-- matching: the groups of these in whose words all the given ones occur, and what speaks for each.
-- Params: worker_id; hit_type_ids and sub_category_ids (parallel arrays); words (lower case; none: all
-- groups match); branch_ids and branch_names (parallel arrays: sub-categories, and their names with their
-- category's in the reader's language, lower case); pay_min (per hour; null: any), suggested (whether the worker's history is asked for).
-- Rows: one per such group: id, median pay per hour (-1: not known), tasks the worker handed in of late in
-- its sub-category, whether the worker holds a qualification it asks for.
-- Locks: none.
-- Index: hit_type_facts_pkey; assignment_by_worker (with words: reads the words of every group).
WITH asked AS (
    SELECT requirement.hit_type_id, string_agg(qualification_type.name, E'\n') AS names
      FROM qualification_requirement AS requirement
      JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
     GROUP BY requirement.hit_type_id
), worded AS (
    SELECT hit_type.id,
           lower(concat_ws(E'\n', hit_type.title, hit_type.description, hit_type.keywords, requester.display_name,
                           category.name, sub_category.name, branch.names, asked.names,
                           test.name,
                           -- Qualification tasks are found by what they are, in every language of the site.
                           CASE WHEN test.id IS NOT NULL
                                THEN 'qualification tasks test assessment квалификация квалификационные задания тест 資格 資格タスク テスト'
                                END)) AS words
      FROM unnest(%(hit_type_ids)s::bigint[]) AS listed (id)
      JOIN hit_type ON hit_type.id = listed.id
      JOIN requester ON requester.account_id = hit_type.requester_id
      JOIN sub_category ON sub_category.id = hit_type.sub_category_id
      JOIN category ON category.id = sub_category.category_id
      LEFT JOIN unnest(%(branch_ids)s::bigint[], %(branch_names)s::text[]) AS branch (id, names)
        ON branch.id = hit_type.sub_category_id
      LEFT JOIN asked ON asked.hit_type_id = hit_type.id
      LEFT JOIN qualification_type AS test ON test.id = hit_type.qualification_type_id
), history AS (
    SELECT hit_type.sub_category_id, count(*) AS done
      FROM (SELECT assignment.hit_type_id
              FROM assignment
             WHERE %(suggested)s
               AND assignment.worker_id = %(worker_id)s
               AND assignment.status IN ('submitted', 'approved')
             ORDER BY assignment.id DESC
             LIMIT 500) AS recent
      JOIN hit_type ON hit_type.id = recent.hit_type_id
     GROUP BY hit_type.sub_category_id
), held AS (
    SELECT DISTINCT requirement.hit_type_id
      FROM qualification
      JOIN qualification_requirement AS requirement
        ON requirement.qualification_type_id = qualification.qualification_type_id
     WHERE %(suggested)s
       AND qualification.worker_id = %(worker_id)s
       AND qualification.status = 'granted'
)
SELECT candidate.id, coalesce(facts.pay_median_minor, -1), coalesce(history.done, 0),
       held.hit_type_id IS NOT NULL
  FROM unnest(%(hit_type_ids)s::bigint[], %(sub_category_ids)s::bigint[]) AS candidate (id, sub_category_id)
  LEFT JOIN hit_type_facts AS facts ON facts.hit_type_id = candidate.id
  LEFT JOIN history ON history.sub_category_id = candidate.sub_category_id
  LEFT JOIN held ON held.hit_type_id = candidate.id
 WHERE (%(pay_min)s::integer IS NULL OR facts.pay_median_minor >= %(pay_min)s::integer)
   AND (cardinality(%(words)s::text[]) = 0
        OR candidate.id IN (
           SELECT worded.id
             FROM worded
            WHERE NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE strpos(worded.words, word) = 0)))
