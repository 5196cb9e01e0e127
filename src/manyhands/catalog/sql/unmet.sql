-- unmet: the groups of these that ask for more than these qualifications, and whether that hides them.
-- Params: hit_type_ids; qualification_type_ids and scores (parallel arrays).   Rows: one per such group.
-- Locks: none.
-- Index: qualification_requirement_hit_type_id.
WITH asked AS (
    SELECT requirement.hit_type_id, requirement.qualification_type_id, requirement.comparator,
           requirement.scores, requirement.actions_guarded
      FROM qualification_requirement AS requirement
     WHERE requirement.hit_type_id = ANY(%(hit_type_ids)s)
), judged AS (
    -- Few different requirements stand behind many groups: each is judged once.
    SELECT question.*
      FROM (SELECT DISTINCT qualification_type_id, comparator, scores FROM asked) AS question
      LEFT JOIN unnest(%(qualification_type_ids)s::bigint[], %(scores)s::integer[])
             AS granted (qualification_type_id, score)
        ON granted.qualification_type_id = question.qualification_type_id
     WHERE NOT requirement_met(question.comparator, question.scores, granted.score)
)
SELECT asked.hit_type_id, bool_or(asked.actions_guarded = 'DiscoverPreviewAndAccept')
  FROM asked
  JOIN judged
    ON judged.qualification_type_id = asked.qualification_type_id
   AND judged.comparator = asked.comparator
   AND judged.scores = asked.scores
 GROUP BY asked.hit_type_id
