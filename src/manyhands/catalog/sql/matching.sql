-- matching: the groups of these in whose words all the given ones occur.
-- Params: hit_type_ids, words (lower case).   Rows: one per such group.
-- Locks: none.
-- Index: none (reads the words of every group).
WITH asked AS (
    SELECT requirement.hit_type_id, string_agg(qualification_type.name, E'\n') AS names
      FROM qualification_requirement AS requirement
      JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
     GROUP BY requirement.hit_type_id
), worded AS (
    SELECT hit_type.id,
           lower(concat_ws(E'\n', hit_type.title, hit_type.description, hit_type.keywords, requester.display_name,
                           category.name, sub_category.name, asked.names)) AS words
      FROM unnest(%(hit_type_ids)s::bigint[]) AS candidate (id)
      JOIN hit_type ON hit_type.id = candidate.id
      JOIN requester ON requester.account_id = hit_type.requester_id
      JOIN sub_category ON sub_category.id = hit_type.sub_category_id
      JOIN category ON category.id = sub_category.category_id
      LEFT JOIN asked ON asked.hit_type_id = hit_type.id
)
SELECT worded.id
  FROM worded
 WHERE NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE strpos(worded.words, word) = 0)
