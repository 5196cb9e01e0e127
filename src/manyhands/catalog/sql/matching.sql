-- matching: the groups of these in whose words all the given ones occur, and what speaks for each.
-- Params: worker_id; hit_type_ids and sub_category_ids (parallel arrays); words (lower case; none: all
-- groups match); branch_ids and branch_names (parallel arrays: sub-categories, and their names with their
-- category's in the reader's language, lower case); pay_min (per hour; null: any), suggested (whether the worker's history is asked for).
-- Rows: one per such group: id, median pay per hour (-1: not known), tasks the worker handed in of late in
-- its sub-category, whether the worker holds a qualification it asks for.
-- What a group is called by others (requester, category, qualifications) is searched name by name, not group by group.
-- Locks: none.
-- Index: hit_type_facts_pkey; assignment_by_worker (with words: reads the words of every group).
WITH word AS (
    SELECT part FROM unnest(%(words)s::text[]) AS part
), by_name (part, hit_type_id) AS (
    SELECT word.part, hit_type.id
      FROM word
      JOIN requester ON strpos(lower(requester.display_name), word.part) > 0
      JOIN hit_type ON hit_type.requester_id = requester.account_id
     UNION ALL
    SELECT word.part, hit_type.id
      FROM word
      JOIN (SELECT sub_category.id, lower(category.name || E'\n' || sub_category.name) || E'\n'
                                    || coalesce(branch.names, '') AS names
              FROM sub_category
              JOIN category ON category.id = sub_category.category_id
              LEFT JOIN unnest(%(branch_ids)s::bigint[], %(branch_names)s::text[]) AS branch (id, names)
                ON branch.id = sub_category.id) AS named ON strpos(named.names, word.part) > 0
      JOIN hit_type ON hit_type.sub_category_id = named.id
     UNION ALL
    SELECT word.part, requirement.hit_type_id
      FROM word
      JOIN qualification_type ON strpos(lower(qualification_type.name), word.part) > 0
      JOIN qualification_requirement AS requirement
        ON requirement.qualification_type_id = qualification_type.id
     UNION ALL
    SELECT word.part, hit_type.id
      FROM word
           -- Qualification tasks are found by what they are, in every language of the site.
      JOIN qualification_type AS test
        ON strpos(lower(test.name) || E'\nqualification tasks test assessment квалификация квалификационные задания тест 資格 資格タスク テスト',
                  word.part) > 0
      JOIN hit_type ON hit_type.qualification_type_id = test.id
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
           SELECT hit_type.id
             FROM unnest(%(hit_type_ids)s::bigint[]) AS listed (id)
             JOIN hit_type ON hit_type.id = listed.id
            WHERE NOT EXISTS (
                  SELECT FROM word
                   WHERE strpos(lower(hit_type.title || E'\n' || hit_type.description || E'\n' || hit_type.keywords), word.part) = 0
                     AND (word.part, hit_type.id) NOT IN (SELECT by_name.part, by_name.hit_type_id FROM by_name))))
