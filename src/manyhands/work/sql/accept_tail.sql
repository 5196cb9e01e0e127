-- Consumes may_accept (0 or 1 row) and candidate(id), a locked open HIT: takes a place of it.
taken AS (
    UPDATE hit
       SET available = hit.available - 1,
           pending = hit.pending + 1,
           status = CASE WHEN hit.available = 1 THEN 'unassignable' ELSE hit.status END
      FROM candidate
     WHERE hit.id = candidate.id
 RETURNING hit.id, hit.batch_id, hit.position, hit.input, hit.question_id, hit.fee_minor, hit.expires_at,
           hit.is_open
), accepted AS (
    INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status,
                            reward_minor, fee_minor, accepted_at, deadline_at)
    SELECT taken.id, may_accept.worker_id, may_accept.id, taken.batch_id, may_accept.requester_id, 'accepted',
           may_accept.reward_minor, taken.fee_minor, now(),
           now() + make_interval(secs => may_accept.assignment_duration_s)
      FROM taken, may_accept
 RETURNING assignment.id, assignment.hit_id, assignment.hit_type_id, assignment.worker_id,
           assignment.deadline_at
), accepted_event AS (
    INSERT INTO assignment_event (assignment_id, to_status, actor_id)
    SELECT accepted.id, 'accepted', accepted.worker_id FROM accepted
), closed AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT may_accept.id, date_trunc('minute', taken.expires_at), -1
      FROM taken, may_accept
     WHERE NOT taken.is_open
), progressed AS (
    INSERT INTO worker_progress (worker_id, hit_type_id, position)
    SELECT accepted.worker_id, accepted.hit_type_id, taken.position
      FROM accepted, taken
        ON CONFLICT (worker_id, hit_type_id) DO UPDATE SET position = excluded.position
), counted AS (
    UPDATE worker
       SET accepted_day = current_date,
           accepted_day_count = CASE WHEN worker.accepted_day = current_date
                                     THEN worker.accepted_day_count + 1 ELSE 1 END
      FROM accepted
     WHERE worker.account_id = accepted.worker_id
)
