-- load_session: a session with its account, worker and requester rows: all a request needs to know its person.
-- Params: session_key.   Rows: 0 (none, ended or expired) or 1.
-- Locks: none.
-- Index: session_pkey (session_key).
SELECT
    session.session_data,
    session.last_seen_at,
    account.id,
    account.password,
    account.last_login,
    account.email,
    account.name,
    account.status,
    account.is_worker,
    account.is_requester,
    account.is_operator,
    account.is_reviewer,
    account.language,
    account.time_zone,
    account.created_at,
    worker.account_id,
    worker.auto_accept_next,
    worker.hold_until,
    worker.accepted_day,
    worker.accepted_day_count,
    worker.qualification_changes,
    requester.account_id,
    requester.display_name
FROM session
LEFT JOIN account ON account.id = session.account_id
LEFT JOIN worker ON worker.account_id = account.id
LEFT JOIN requester ON requester.account_id = account.id
WHERE session.session_key = %(session_key)s AND session.expire_date > now()
