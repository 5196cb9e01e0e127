-- Consumes addressed (account_id, kind): how each person wants this kind, by mail and by push, and when a
-- mail is due. Params: default_mail (kind: choice), eights (time zone: its next eight in the morning),
-- gather_s (kind: seconds that mail waits for more of its kind).
channel AS (
    SELECT person.account_id, person.kind, person.mail, person.push,
           CASE person.mail
               WHEN 'now' THEN now() + make_interval(secs => (%(gather_s)s::jsonb ->> person.kind)::int)
               WHEN 'daily' THEN coalesce(%(eights)s::jsonb ->> person.time_zone,
                                          %(eights)s::jsonb ->> 'UTC')::timestamptz
           END AS mail_at
      FROM (SELECT DISTINCT addressed.account_id, addressed.kind, account.time_zone,
                   CASE WHEN account.status <> 'active' OR whole.mail = 'off' THEN ''
                        ELSE nullif(coalesce(own.mail, %(default_mail)s::jsonb ->> addressed.kind), 'off')
                   END AS mail,
                   account.status = 'active' AND coalesce(own.push, true) AS push
              FROM addressed
              JOIN account ON account.id = addressed.account_id
              LEFT JOIN notice_setting AS own
                ON own.account_id = addressed.account_id AND own.kind = addressed.kind
              LEFT JOIN notice_setting AS whole
                ON whole.account_id = addressed.account_id AND whole.kind = '') AS person
)
