-- ended_requests: requests for qualifications that came to nothing and whose workers do not know; marks them.
-- Params: page.   Rows: one per request. A grant is told as a changed qualification.
-- Locks: the marks; callers hold an advisory lock.   Index: an anti-join over all requests: run each minute.
WITH ended AS (
    SELECT request.id, request.worker_id, request.status, request.score, request.words, kind.name, kind.pass_score,
           coalesce(requester.display_name, '') AS requester
      FROM qualification_request AS request
      JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
      LEFT JOIN requester ON requester.account_id = kind.requester_id
     WHERE request.status IN ('refused', 'failed', 'lapsed')
       AND NOT EXISTS (SELECT FROM qualification_request_told AS told WHERE told.request_id = request.id)
     ORDER BY request.id
     LIMIT %(page)s
), marked AS (
    INSERT INTO qualification_request_told (request_id)
    SELECT ended.id FROM ended
)
SELECT ended.worker_id, ended.name, ended.requester, ended.status, ended.score, ended.pass_score, ended.words
  FROM ended
 ORDER BY ended.id
