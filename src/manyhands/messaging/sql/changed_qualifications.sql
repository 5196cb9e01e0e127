-- changed_qualifications: qualifications that are not as their worker was last told; marks them as told.
-- Params: page.   Rows: one per change.
-- Locks: the marks; callers hold an advisory lock.   Index: a hash join over all qualifications: run each minute.
WITH changed AS (
    SELECT qualification.id, qualification.worker_id, qualification.score, qualification.status,
           qualification_told.status AS told_status, qualification_type.name,
           coalesce(requester.display_name, '') AS requester
      FROM qualification
      JOIN qualification_type ON qualification_type.id = qualification.qualification_type_id
      LEFT JOIN requester ON requester.account_id = qualification_type.requester_id
      LEFT JOIN qualification_told ON qualification_told.qualification_id = qualification.id
     WHERE qualification_told.qualification_id IS NULL
        OR (qualification_told.score, qualification_told.status) <> (qualification.score, qualification.status)
     ORDER BY qualification.id
     LIMIT %(page)s
), marked AS (
    INSERT INTO qualification_told (qualification_id, score, status)
    SELECT changed.id, changed.score, changed.status FROM changed
        ON CONFLICT (qualification_id) DO UPDATE SET score = excluded.score, status = excluded.status
)
SELECT changed.worker_id, changed.name, changed.requester, changed.score,
       CASE WHEN changed.status = 'revoked' THEN 'revoked'
            WHEN changed.told_status = 'granted' THEN 'changed' ELSE 'granted' END
  FROM changed
 WHERE NOT (changed.status = 'revoked' AND changed.told_status IS NULL)
 ORDER BY changed.id;
