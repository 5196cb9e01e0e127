-- set_score: give a worker a score, change it or take it away, with the change written down.
-- Params: worker_id, qualification_type_id, score (null: revoke), validity_s (null: for good), reason, inputs
-- (JSON), words, actor_id.   Rows: 0 (nothing to revoke) or 1: the score before, null when none was held.
-- A score set again to what it is leaves no event, but counts as given anew: its validity begins again.
-- Locks: the caller has locked the worker.   Index: qualification_once_per_worker.
WITH before AS (
    SELECT qualification.score
      FROM qualification
     WHERE qualification.worker_id = %(worker_id)s
       AND qualification.qualification_type_id = %(qualification_type_id)s
       AND qualification.status = 'granted'
       AND (qualification.expires_at IS NULL OR qualification.expires_at > now())
), given AS (
    INSERT INTO qualification (worker_id, qualification_type_id, score, status, granted_at, expires_at)
    SELECT %(worker_id)s, %(qualification_type_id)s, %(score)s::integer, 'granted', now(),
           now() + make_interval(secs => %(validity_s)s::integer)
     WHERE %(score)s::integer IS NOT NULL
        ON CONFLICT (worker_id, qualification_type_id) DO UPDATE
       SET score = excluded.score,
           status = excluded.status,
           granted_at = excluded.granted_at,
           expires_at = excluded.expires_at
 RETURNING qualification.score
), revoked AS (
    UPDATE qualification
       SET status = 'revoked'
     WHERE qualification.worker_id = %(worker_id)s
       AND qualification.qualification_type_id = %(qualification_type_id)s
       AND qualification.status = 'granted'
       AND %(score)s::integer IS NULL
 RETURNING qualification.score
), event AS (
    INSERT INTO qualification_event (worker_id, qualification_type_id, score_before, score_after, reason,
                                     inputs, words, actor_id)
    SELECT %(worker_id)s, %(qualification_type_id)s, (SELECT before.score FROM before), %(score)s::integer,
           %(reason)s, %(inputs)s::jsonb, %(words)s, %(actor_id)s::bigint
     WHERE (EXISTS (SELECT FROM given) OR EXISTS (SELECT FROM revoked))
       AND (SELECT before.score FROM before) IS DISTINCT FROM %(score)s::integer
), counted AS (
    UPDATE worker
       SET qualification_changes = worker.qualification_changes + 1
     WHERE worker.account_id = %(worker_id)s
       AND (EXISTS (SELECT FROM given) OR EXISTS (SELECT FROM revoked))
)
SELECT (SELECT before.score FROM before)
 WHERE EXISTS (SELECT FROM given) OR EXISTS (SELECT FROM revoked)
