-- listing: one page of the task groups a worker may find, and the category tree with the worker's counts.
-- Params: worker_id, words (lower case, each must occur), category, sub_category (slugs, '' for any),
-- unqualified (also groups the worker lacks a qualification for), sort, offset, limit.
-- Rows: exactly 1: the tree and the page as JSON, made of the same numbers.
-- Locks: none.
WITH
-- include manyhands.catalog: offered
, found AS (
    SELECT offered.id, offered.task_count, offered.reward_minor, offered.missing, offered.preview_guarded
      FROM offered
      JOIN hit_type ON hit_type.id = offered.id
      JOIN requester ON requester.account_id = offered.requester_id
      JOIN sub_category ON sub_category.id = offered.sub_category_id
      JOIN category ON category.id = sub_category.category_id
     WHERE (offered.missing IS NULL OR %(unqualified)s)
       AND (%(category)s = '' OR category.slug = %(category)s)
       AND (%(sub_category)s = '' OR sub_category.slug = %(sub_category)s)
       AND (cardinality(%(words)s::text[]) = 0 OR NOT EXISTS (
            SELECT FROM unnest(%(words)s::text[]) AS word
             WHERE strpos(lower(concat_ws(E'\n', hit_type.title, hit_type.description, hit_type.keywords,
                                          requester.display_name, category.name, sub_category.name,
                                          (SELECT string_agg(qualification_type.name, E'\n')
                                             FROM qualification_requirement AS requirement
                                             JOIN qualification_type
                                               ON qualification_type.id = requirement.qualification_type_id
                                            WHERE requirement.hit_type_id = hit_type.id))),
                          word) = 0))
), page AS (
    SELECT found.*,
           row_number() OVER (
                ORDER BY CASE %(sort)s WHEN 'reward' THEN found.reward_minor
                                       WHEN 'tasks' THEN found.task_count ELSE 0 END DESC,
                         found.id DESC) AS place
      FROM found
     ORDER BY place
    OFFSET %(offset)s
     LIMIT %(limit)s
), branch AS (
    SELECT sub_category.category_id, sub_category.slug, sub_category.name, sub_category.ordinal,
           sub_category.id, coalesce(sum(offered.task_count), 0)::bigint AS task_count
      FROM sub_category
      LEFT JOIN offered ON offered.sub_category_id = sub_category.id AND offered.missing IS NULL
     GROUP BY sub_category.id
)
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(tree.slug, tree.name, tree.task_count, tree.branches)
                                  ORDER BY tree.ordinal, tree.id), '[]')
          FROM (SELECT category.id, category.slug, category.name, category.ordinal,
                       sum(branch.task_count)::bigint AS task_count,
                       jsonb_agg(jsonb_build_array(branch.slug, branch.name, branch.task_count)
                                 ORDER BY branch.ordinal, branch.id) AS branches
                  FROM category
                  JOIN branch ON branch.category_id = category.id
                 GROUP BY category.id) AS tree),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(
                    page.id, hit_type.title, hit_type.description, hit_type.keywords, page.reward_minor,
                    hit_type.assignment_duration_s, requester.display_name, category.name, sub_category.name,
                    page.task_count, page.missing, page.preview_guarded,
                    (SELECT extract(epoch FROM max(hit_type_open.expires_minute))
                       FROM hit_type_open
                      WHERE hit_type_open.hit_type_id = page.id AND hit_type_open.expires_minute > now()),
                    (SELECT coalesce(jsonb_agg(jsonb_build_array(
                                qualification_type.name, requirement.comparator, requirement.scores)
                                ORDER BY requirement.id), '[]')
                       FROM qualification_requirement AS requirement
                       JOIN qualification_type
                         ON qualification_type.id = requirement.qualification_type_id
                      WHERE requirement.hit_type_id = page.id))
                ORDER BY page.place), '[]')
          FROM page
          JOIN hit_type ON hit_type.id = page.id
          JOIN requester ON requester.account_id = hit_type.requester_id
          JOIN sub_category ON sub_category.id = hit_type.sub_category_id
          JOIN category ON category.id = sub_category.category_id),
       (SELECT count(*) FROM found),
       (SELECT count(*) FROM offered WHERE offered.missing IS NOT NULL)
