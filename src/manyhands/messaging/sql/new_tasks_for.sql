-- new_tasks_for: for a page of workers, how many groups of the last day have tasks they may take.
-- Params: after (worker id), page, groups_max.   Rows: one per worker of the page.
-- Locks: none.   Index: worker_pkey; hit_type_open_by_type; qualification_once_per_worker.
WITH fresh AS (
    SELECT hit_type.id, hit_type.requester_id, hit_type.title
      FROM hit_type
     WHERE hit_type.created_at > now() - interval '1 day'
       AND (SELECT sum(hit_type_open.change) FROM hit_type_open
             WHERE hit_type_open.hit_type_id = hit_type.id AND hit_type_open.expires_minute > now()) > 0
     ORDER BY hit_type.id DESC
     LIMIT %(groups_max)s
), reader AS (
    SELECT worker.account_id AS id
      FROM worker
      JOIN account ON account.id = worker.account_id AND account.status = 'active'
     WHERE worker.account_id > %(after)s
     ORDER BY worker.account_id
     LIMIT %(page)s
)
SELECT reader.id, count(fresh.id), coalesce(max(fresh.title), '')
  FROM reader
  LEFT JOIN fresh
    ON fresh.requester_id <> reader.id
   AND NOT EXISTS (SELECT FROM worker_block
                    WHERE worker_block.requester_id = fresh.requester_id AND worker_block.worker_id = reader.id)
   AND NOT EXISTS (SELECT FROM qualification_requirement AS requirement
                     LEFT JOIN held_qualification AS held ON held.worker_id = reader.id
                          AND held.qualification_type_id = requirement.qualification_type_id
                    WHERE requirement.hit_type_id = fresh.id
                      AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale))
 GROUP BY reader.id
 ORDER BY reader.id
