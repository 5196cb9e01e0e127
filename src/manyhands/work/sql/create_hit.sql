-- create_hit: make one HIT of a type, in the API's batch of that type: money, places, open count, event,
-- rules of review and the request's token, or nothing.
-- Params: requester_id, hit_type_id, kind, content, digest (of the question), layout_id (or null), annotation,
-- max_assignments, lifetime_s, policies (JSON by level), token (or null).
-- Rows: 0 (no such type, no batch yet, not active, a token used within a day) or 1.
-- Locks: the batch, shared; the token; the two ledger accounts in id order; the type, the first time.
-- Index: batch_of_api_unique; question_unique; request_token_once.
WITH grp AS (
    SELECT hit_type.id, hit_type.requester_id, hit_type.reward_minor, hit_type.keeps_events, batch.id AS batch_id
      FROM hit_type
      JOIN account ON account.id = hit_type.requester_id AND account.status = 'active'
      JOIN batch ON batch.hit_type_id = hit_type.id AND batch.source = 'api' AND batch.status = 'published'
     WHERE hit_type.id = %(hit_type_id)s
       AND hit_type.requester_id = %(requester_id)s
       AND NOT EXISTS (
            SELECT FROM qualification_requirement AS requirement
              JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
             WHERE requirement.hit_type_id = hit_type.id AND qualification_type.status <> 'active')
       FOR SHARE OF batch
), priced AS (
    SELECT grp.reward_minor FROM grp
),
-- include manyhands.ledger: requester_fee
, fresh AS (
    SELECT nextval(pg_get_serial_sequence('hit', 'id')) AS id FROM grp
),
-- include manyhands.work: claim_token
, made_question AS (
    INSERT INTO question (requester_id, kind, content, digest)
    SELECT grp.requester_id, %(kind)s::text, %(content)s::text, %(digest)s::text
      FROM grp
     WHERE NOT EXISTS (
            SELECT FROM question AS had
             WHERE had.requester_id = %(requester_id)s AND had.digest = %(digest)s::text)
        -- Another request made it a moment ago: this one needs its id, too. A column of the key would be
        -- locked against those who have the money already and now refer to the question.
        ON CONFLICT (requester_id, digest) DO UPDATE SET kind = excluded.kind
 RETURNING id
), asked AS (
    SELECT had.id FROM question AS had
     WHERE had.requester_id = %(requester_id)s AND had.digest = %(digest)s::text
     UNION ALL
    SELECT made_question.id FROM made_question
), made AS (
    INSERT INTO hit (id, hit_type_id, batch_id, input, question_id, layout_id, annotation, max_assignments,
                     available, fee_minor, expires_at)
    SELECT opening.id, grp.id, grp.batch_id, '{}', asked.id, %(layout_id)s::bigint, %(annotation)s::text,
           %(max_assignments)s::integer, %(max_assignments)s::integer, fee.fee_minor,
           now() + make_interval(secs => %(lifetime_s)s::integer)
      FROM opening, grp, asked, fee
 RETURNING hit.id, hit.hit_type_id, hit.batch_id, hit.max_assignments, hit.fee_minor, hit.expires_at
), opened AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT made.hit_type_id, date_trunc('minute', made.expires_at), 1 FROM made
), told AS (
    INSERT INTO hit_event (hit_id, hit_type_id, kind)
    SELECT made.id, made.hit_type_id, 'created' FROM made, grp
     WHERE grp.keeps_events OR %(policies)s::jsonb ? 'HIT'
), judged AS (
    INSERT INTO hit_review_policy (hit_id, level, policy)
    SELECT made.id, policy.key, policy.value FROM made, jsonb_each(%(policies)s::jsonb) AS policy
), group_changed AS (
    -- Standing before the money it is done after it; only the first HIT of several places does it, or the
    -- first that is judged as a whole.
    UPDATE hit_type
       SET has_several_places = hit_type.has_several_places OR made.max_assignments > 1,
           keeps_events = hit_type.keeps_events OR %(policies)s::jsonb ? 'HIT'
      FROM made
     WHERE hit_type.id = made.hit_type_id
       AND ((made.max_assignments > 1 AND NOT hit_type.has_several_places)
            OR (%(policies)s::jsonb ? 'HIT' AND NOT hit_type.keeps_events))
), movement AS (
    SELECT grp.requester_id * 16 + 1 AS debit_account, grp.requester_id * 16 + 2 AS credit_account,
           made.max_assignments::bigint * (grp.reward_minor + made.fee_minor) AS amount_minor,
           'reserve:hit:' || made.id AS idempotency_key,
           'reserve' AS purpose, NULL::bigint AS assignment_id, made.batch_id
      FROM made, grp
),
-- include manyhands.ledger: post_transfers
SELECT made.id, made.hit_type_id, made.batch_id, made.expires_at FROM made;
