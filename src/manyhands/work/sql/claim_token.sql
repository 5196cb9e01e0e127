-- Consumes fresh(id): what a request would make. opening(id): that, unless its token was used within a day.
-- Without a token nothing is kept. Params: requester_id, operation, token (or null).
claimed AS (
    INSERT INTO request_token (requester_id, operation, token, result_id)
    SELECT %(requester_id)s, %(operation)s::text, %(token)s::text, fresh.id
      FROM fresh
     WHERE %(token)s::text IS NOT NULL
        ON CONFLICT (requester_id, operation, token) DO UPDATE
       SET result_id = excluded.result_id, at = now()
     WHERE request_token.at < now() - interval '1 day'
 RETURNING result_id AS id
), opening AS (
    SELECT fresh.id FROM fresh WHERE %(token)s::text IS NULL
     UNION ALL
    SELECT claimed.id FROM claimed
)
