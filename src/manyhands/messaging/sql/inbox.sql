-- inbox: a page of one inbox, newest first: notices, and threads with their last message.
-- Params: account_id, side, unread_only, before_at, before_id, page.   Rows: up to page.
-- Locks: none.   Index: notice_inbox, or notice_unread.
SELECT notice.id, notice.kind, notice.facts, notice.at, notice.read_at IS NULL, notice.thread_id,
       coalesce(thread.subject, ''), coalesce(last.author_name, ''), coalesce(last.side, ''),
       coalesce(last.author_id = notice.account_id, false), coalesce(left(last.words, 200), '')
  FROM notice
  LEFT JOIN thread ON thread.id = notice.thread_id
  LEFT JOIN LATERAL (
       SELECT CASE thread_message.side WHEN 'requester' THEN requester.display_name
                                       ELSE thread_message.author_name END AS author_name,
              thread_message.side, thread_message.author_id, thread_message.words
         FROM thread_message
         LEFT JOIN requester ON requester.account_id = thread_message.author_id
        WHERE thread_message.thread_id = notice.thread_id
        ORDER BY thread_message.id DESC
        LIMIT 1) AS last ON true
 WHERE notice.account_id = %(account_id)s
   AND notice.side = %(side)s
   AND (NOT %(unread_only)s OR notice.read_at IS NULL)
   AND (notice.at, notice.id) < (%(before_at)s::timestamptz, %(before_id)s::bigint)
 ORDER BY notice.at DESC, notice.id DESC
 LIMIT %(page)s
