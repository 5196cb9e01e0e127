-- tell: put notices into inboxes, each once per account, kind and source.
-- Params: account_ids, facts, sources (arrays of one length), kind, side ('' : the account's own),
-- gather_s, default_mail, eights.   Rows: one id per notice made.
-- Locks: none.   Index: notice_once.
WITH addressed AS (
    SELECT given.account_id, %(kind)s AS kind, given.facts, given.source, given.ordinal
      FROM unnest(%(account_ids)s::bigint[], %(facts)s::text[], %(sources)s::text[])
           WITH ORDINALITY AS given (account_id, facts, source, ordinal)
),
-- include manyhands.messaging: channel
, made AS (
    INSERT INTO notice (account_id, side, kind, facts, source, mail, mail_at)
    SELECT addressed.account_id,
           CASE WHEN %(side)s <> '' THEN %(side)s WHEN account.is_worker THEN 'worker' ELSE 'requester' END,
           addressed.kind, addressed.facts::jsonb, addressed.source, coalesce(channel.mail, ''), channel.mail_at
      FROM addressed
      JOIN account ON account.id = addressed.account_id
      JOIN channel ON channel.account_id = addressed.account_id
     ORDER BY addressed.ordinal
        ON CONFLICT (account_id, kind, source) WHERE source IS NOT NULL DO NOTHING
 RETURNING notice.id, notice.account_id, notice.kind
), pushed AS (
    INSERT INTO push_message (subscription_id, notice_id)
    SELECT push_subscription.id, made.id
      FROM made
      JOIN channel ON channel.account_id = made.account_id AND channel.push
      JOIN push_subscription ON push_subscription.account_id = made.account_id
)
SELECT made.id FROM made;
