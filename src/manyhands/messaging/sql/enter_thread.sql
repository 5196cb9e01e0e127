-- enter_thread: a message was written: its thread is the newest entry of both inboxes, unread for the other.
-- Params: thread_id, message_id, author_id, account_ids, sides (arrays), gather_s, default_mail, eights.
-- Rows: one per inbox.   Locks: the two entries.   Index: notice_of_thread_once.
WITH addressed AS (
    SELECT given.account_id, given.side, 'message' AS kind
      FROM unnest(%(account_ids)s::bigint[], %(sides)s::text[]) AS given (account_id, side)
),
-- include manyhands.messaging: channel
, entered AS (
    INSERT INTO notice (account_id, side, kind, thread_id, read_at, mail, mail_at, first_unmailed_id)
    SELECT addressed.account_id, addressed.side, 'message', %(thread_id)s::bigint,
           CASE WHEN own THEN now() END,
           CASE WHEN own THEN '' ELSE coalesce(channel.mail, '') END,
           CASE WHEN own THEN NULL ELSE channel.mail_at END,
           CASE WHEN own OR channel.mail IS NULL THEN NULL ELSE %(message_id)s::bigint END
      FROM (SELECT *, account_id = %(author_id)s::bigint AS own FROM addressed) AS addressed
      JOIN channel ON channel.account_id = addressed.account_id
     ORDER BY addressed.account_id
        ON CONFLICT (thread_id, account_id) WHERE thread_id IS NOT NULL DO UPDATE
       SET at = now(),
           read_at = excluded.read_at,
           -- What the author had not yet been mailed stays to be mailed; for the other the first one counts.
           mail = CASE WHEN excluded.read_at IS NOT NULL THEN notice.mail ELSE excluded.mail END,
           mail_at = CASE WHEN excluded.read_at IS NOT NULL THEN notice.mail_at
                          ELSE least(notice.mail_at, excluded.mail_at) END,
           first_unmailed_id = CASE WHEN excluded.read_at IS NOT NULL THEN notice.first_unmailed_id
                                    ELSE coalesce(notice.first_unmailed_id, excluded.first_unmailed_id) END
 RETURNING notice.id, notice.account_id, notice.read_at IS NULL AS unread
), pushed AS (
    INSERT INTO push_message (subscription_id, notice_id)
    SELECT push_subscription.id, entered.id
      FROM entered
      JOIN channel ON channel.account_id = entered.account_id AND channel.push
      JOIN push_subscription ON push_subscription.account_id = entered.account_id
     WHERE entered.unread
)
SELECT entered.id, entered.account_id FROM entered;
