-- ways: qualification types as one worker stands to them: what is held, under way, tried before and missing.
-- Params: worker_id, type_id (null: every active type that a worker can come by).
-- Rows: one per type, none when there is no such worker.
-- Locks: none; an operation has locked the worker.
-- Index: qualification_once_per_worker; qual_request_by_worker; qualification_prerequisite_once.
WITH me AS (
    SELECT worker.account_id, account.status, account_profile.country, account_profile.birth_date,
           account_profile.languages,
           regexp_split_to_array(lower(trim(account_profile.skills)), '\s*[,;\n]\s*') AS skills
      FROM worker
      JOIN account ON account.id = worker.account_id
      LEFT JOIN account_profile ON account_profile.account_id = worker.account_id
     WHERE worker.account_id = %(worker_id)s
), mine AS MATERIALIZED (
    SELECT held.qualification_type_id, held.score
      FROM held_qualification AS held
     WHERE held.worker_id = %(worker_id)s
)
SELECT kind.id, kind.name, kind.description, kind.route, kind.status, kind.requester_id,
       coalesce(requester.display_name, ''), kind.auto_granted_score, kind.pass_score, kind.retry_delay_s,
       kind.validity_s, kind.tasks_needed, kind.graded_by_owner, kind.score_kind, kind.eligibility,
       me.status = 'active', now(), mine.score, open.id, open.status, open.deadline_at, tried.at,
       unmet.conditions,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(needed.id, needed.name, prerequisite.score_min,
                                                    had.score, needed.status <> 'disposed') ORDER BY prerequisite.id), '[]')
          FROM qualification_prerequisite AS prerequisite
          JOIN qualification_type AS needed ON needed.id = prerequisite.needed_id
          LEFT JOIN mine AS had ON had.qualification_type_id = needed.id
         WHERE prerequisite.qualification_type_id = kind.id),
       (SELECT coalesce(jsonb_object_agg(needed.id, needed.name), '{}')
          FROM jsonb_array_elements(coalesce(kind.eligibility -> 'needed', '[]')) AS wanted (pair)
          JOIN qualification_type AS needed ON needed.id = (wanted.pair ->> 0)::bigint),
       test.id, test.duration_s, agreement.id
  FROM me
  JOIN qualification_type AS kind
    ON CASE WHEN %(type_id)s::bigint IS NULL
            THEN kind.status = 'active'
             AND (kind.route IN ('test', 'agreement', 'auto', 'tasks', 'assessment', 'profile')
               OR kind.route = 'grant' AND kind.graded_by_owner)
            ELSE kind.id = %(type_id)s AND kind.status <> 'disposed' END
  LEFT JOIN requester ON requester.account_id = kind.requester_id
  LEFT JOIN mine ON mine.qualification_type_id = kind.id
  LEFT JOIN qualification_request AS open
    ON open.worker_id = me.account_id
   AND open.qualification_type_id = kind.id
   AND (open.status = 'pending' OR open.status = 'taking' AND (open.deadline_at IS NULL OR open.deadline_at > now()))
  LEFT JOIN LATERAL (
        SELECT coalesce(request.submitted_at, least(request.deadline_at, request.decided_at),
                        request.requested_at) AS at
          FROM qualification_request AS request
         WHERE request.worker_id = me.account_id
           AND request.qualification_type_id = kind.id
           AND (request.status IN ('refused', 'failed', 'lapsed')
             OR request.status = 'taking' AND request.deadline_at <= now()
             OR request.status = 'granted'
                AND EXISTS (SELECT FROM qualification
                             WHERE qualification.worker_id = me.account_id
                               AND qualification.qualification_type_id = kind.id
                               AND qualification.status = 'revoked'))
         ORDER BY request.id DESC
         LIMIT 1) AS tried ON true
  LEFT JOIN LATERAL (
        SELECT qualification_test.id, qualification_test.duration_s
          FROM qualification_test
         WHERE qualification_test.qualification_type_id = kind.id
         ORDER BY qualification_test.version DESC
         LIMIT 1) AS test ON true
  LEFT JOIN LATERAL (
        SELECT qualification_agreement.id
          FROM qualification_agreement
         WHERE qualification_agreement.qualification_type_id = kind.id
         ORDER BY qualification_agreement.version DESC
         LIMIT 1) AS agreement ON true
 CROSS JOIN LATERAL (
-- include manyhands.qualifications: eligibility
       ) AS unmet (conditions)
 ORDER BY kind.name, kind.id
