-- tell_decisions: turn the decisions among a page of events into notices of their workers, in sets. Equal
-- decisions on one task group join one notice while it is young, unread and unmailed.
-- Params: after, up_to, gather_s, young_s, default_mail, eights.   Rows: 1 (how many events were told).
-- Locks: the notices that grow.   Index: assignment_event_pkey, notice_unread, notice_event_pkey.
WITH decision AS (
    SELECT event.id, event.assignment_id, event.words, event.at, event.actor_id IS NULL AS by_time,
           CASE event.to_status WHEN 'approved' THEN 'decision_approved'
                                WHEN 'rejected' THEN 'decision_rejected' ELSE 'sent_back' END AS kind,
           event.from_status = 'rejected' AS overridden,
           assignment.worker_id AS account_id, assignment.hit_type_id, assignment.reward_minor,
           CASE event.to_status WHEN 'rejected' THEN assignment.rejection_reason ELSE '' END AS reason
      FROM assignment_event AS event
      JOIN assignment ON assignment.id = event.assignment_id
     WHERE event.id > %(after)s
       AND event.id <= %(up_to)s
       AND event.to_status IN ('approved', 'rejected', 'correction')
       AND NOT EXISTS (SELECT FROM notice_event WHERE notice_event.event_id = event.id)
), keyed AS (
    SELECT decision.*,
           md5(concat_ws('|', decision.kind, decision.hit_type_id, decision.reason, decision.overridden,
                         CASE decision.kind WHEN 'sent_back' THEN decision.id END, decision.words)) AS merge_key
      FROM decision
), addressed AS (
    SELECT keyed.account_id, keyed.kind, keyed.merge_key, keyed.hit_type_id, keyed.words, keyed.reason,
           keyed.overridden, min(keyed.assignment_id) AS assignment_id, count(*) AS told,
           sum(keyed.reward_minor) AS reward_minor, max(keyed.at) AS at, bool_and(keyed.by_time) AS by_time,
           array_agg(keyed.id) AS events
      FROM keyed
     GROUP BY keyed.account_id, keyed.kind, keyed.merge_key, keyed.hit_type_id, keyed.words, keyed.reason,
              keyed.overridden
),
-- include manyhands.messaging: channel
, grown AS (
    UPDATE notice
       SET facts = notice.facts || jsonb_build_object(
               'count', (notice.facts ->> 'count')::bigint + addressed.told,
               'reward_minor', (notice.facts ->> 'reward_minor')::bigint + addressed.reward_minor),
           at = greatest(notice.at, addressed.at)
      FROM addressed
     WHERE notice.account_id = addressed.account_id
       AND notice.side = 'worker'
       AND notice.read_at IS NULL
       AND notice.mail <> 'sent'
       AND notice.merge_key = addressed.merge_key
       AND notice.created_at > now() - make_interval(secs => %(young_s)s)
 RETURNING notice.id, notice.account_id, notice.merge_key
), made AS (
    INSERT INTO notice (account_id, side, kind, facts, merge_key, at, mail, mail_at)
    SELECT addressed.account_id, 'worker', addressed.kind,
           jsonb_build_object(
               'title', hit_type.title, 'requester', requester.display_name, 'count', addressed.told,
               'reward_minor', addressed.reward_minor, 'hit_type_id', addressed.hit_type_id,
               'assignment_id', addressed.assignment_id, 'words', addressed.words, 'reason', addressed.reason,
               'by_time', addressed.by_time, 'overridden', addressed.overridden),
           addressed.merge_key, addressed.at, coalesce(channel.mail, ''), channel.mail_at
      FROM addressed
      JOIN channel ON channel.account_id = addressed.account_id AND channel.kind = addressed.kind
      JOIN hit_type ON hit_type.id = addressed.hit_type_id
      JOIN requester ON requester.account_id = hit_type.requester_id
     WHERE NOT EXISTS (SELECT FROM grown
                        WHERE grown.account_id = addressed.account_id AND grown.merge_key = addressed.merge_key)
 RETURNING notice.id, notice.account_id, notice.kind, notice.merge_key
), pushed AS (
    INSERT INTO push_message (subscription_id, notice_id)
    SELECT push_subscription.id, made.id
      FROM made
      JOIN channel ON channel.account_id = made.account_id AND channel.kind = made.kind AND channel.push
      JOIN push_subscription ON push_subscription.account_id = made.account_id
), told AS (
    INSERT INTO notice_event (event_id, notice_id)
    SELECT unnest(addressed.events), entry.id
      FROM addressed
      JOIN (SELECT id, account_id, merge_key FROM grown
             UNION ALL
            SELECT id, account_id, merge_key FROM made) AS entry
        ON entry.account_id = addressed.account_id AND entry.merge_key = addressed.merge_key
 RETURNING 1
)
SELECT count(*) FROM told;
