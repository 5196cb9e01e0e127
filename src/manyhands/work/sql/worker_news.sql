-- worker_news: the significant events of a worker's profile, newest first; decisions of one group and day
-- are one event.
-- Params: worker_id, zone, since, limit.   Rows: up to limit.   Locks: none.
-- Index: assignment_by_worker (worker_id, id); transfer_by_credit_account.
SELECT kind, at, about, number, amount_minor, hit_type_id FROM (
    SELECT decision.kind, max(decision.at) AS at, hit_type.title AS about, count(*) AS number,
           sum(decision.reward_minor)::bigint AS amount_minor, hit_type.id AS hit_type_id
      FROM (SELECT CASE WHEN assignment.status = 'submitted' THEN 'approved' ELSE assignment.status END AS kind,
                   coalesce(assignment.decided_at, assignment.auto_approve_at) AS at,
                   assignment.hit_type_id, assignment.reward_minor
              FROM assignment
             WHERE assignment.worker_id = %(worker_id)s
               AND (assignment.status IN ('approved', 'rejected', 'correction')
                    OR (assignment.status = 'submitted' AND assignment.auto_approve_at <= now()))) AS decision
      JOIN hit_type ON hit_type.id = decision.hit_type_id
     WHERE decision.at >= %(since)s
     GROUP BY decision.kind, hit_type.id, date_trunc('day', decision.at AT TIME ZONE %(zone)s::text)
    UNION ALL
    SELECT 'bonus', transfer.created_at, '', 1, transfer.amount_minor, NULL
      FROM transfer
     WHERE transfer.credit_account_id IN (%(worker_id)s::bigint * 16 + 3, %(worker_id)s::bigint * 16 + 4)
       AND transfer.purpose = 'bonus' AND transfer.created_at >= %(since)s
    UNION ALL
    SELECT 'qualification', qualification.granted_at, qualification_type.name, qualification.score, NULL, NULL
      FROM qualification
      JOIN qualification_type ON qualification_type.id = qualification.qualification_type_id
     WHERE qualification.worker_id = %(worker_id)s AND qualification.status = 'granted'
       AND qualification.granted_at >= %(since)s
    UNION ALL
    SELECT 'account_approved', decided_at, '', 1, NULL, NULL
      FROM account_request
     WHERE account_id = %(worker_id)s AND decided_at >= %(since)s
    UNION ALL
    -- What is still to be done stands above what happened.
    SELECT 'profile_empty', now(), '', 1, NULL, NULL
      FROM account_profile
     WHERE account_id = %(worker_id)s AND filled_at IS NULL
    UNION ALL
    SELECT 'registered', created_at, '', 1, NULL, NULL FROM account WHERE id = %(worker_id)s
) AS news
 ORDER BY at DESC
 LIMIT %(limit)s
