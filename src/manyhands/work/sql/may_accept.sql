-- Consumes person and grp(hit_type_id): the group when this worker may accept in it, else no row.
may_accept AS (
    SELECT hit_type.id, hit_type.requester_id, hit_type.layout_id, hit_type.reward_minor,
           hit_type.assignment_duration_s, person.worker_id,
           -- Positions this worker may have: below zero the first questions, above it the work itself.
           span.low, span.high,
           greatest(span.low, (SELECT worker_progress.position
                                 FROM worker_progress
                                WHERE worker_progress.worker_id = person.worker_id
                                  AND worker_progress.hit_type_id = hit_type.id)) AS position
      FROM person
      JOIN grp ON true
      JOIN hit_type ON hit_type.id = grp.hit_type_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN asked.open THEN 0 ELSE -9223372036854775808 END AS low,
                  CASE WHEN asked.open THEN 9223372036854775807 ELSE 0 END AS high
             FROM (SELECT hit_type.in_job_type_id IS NULL OR EXISTS (
                          SELECT FROM qualification
                           WHERE qualification.worker_id = person.worker_id
                             AND qualification.qualification_type_id = hit_type.in_job_type_id
                             AND qualification.status = 'granted') AS open) AS asked) AS span
      JOIN account ON account.id = person.worker_id
      JOIN worker ON worker.account_id = person.worker_id
     WHERE account.status = 'active'
       AND hit_type.requester_id <> person.worker_id
       -- When another window of this worker's accepted while this statement waited for the lock, what it
       -- sees of their assignments is out of date: nothing is given, and the next statement sees more.
       AND worker.accepted_day_count = person.accepted_day_count
       AND worker.accepted_day IS NOT DISTINCT FROM person.accepted_day
       -- The same holds for a qualification that was changed meanwhile.
       AND worker.qualification_changes = person.qualification_changes
       AND (worker.accepted_day IS DISTINCT FROM current_date
            OR worker.accepted_day_count < %(daily_max)s)
       AND (SELECT count(*)
              FROM assignment
             WHERE assignment.worker_id = person.worker_id
               AND assignment.status IN ('accepted', 'correction')
               AND assignment.deadline_at > now()) < %(at_once_max)s
       AND NOT EXISTS (
            SELECT FROM worker_block
             WHERE worker_block.requester_id = hit_type.requester_id
               AND worker_block.worker_id = person.worker_id)
       AND NOT EXISTS (
            SELECT FROM qualification_requirement AS requirement
              LEFT JOIN held_qualification AS held
                ON held.worker_id = person.worker_id
               AND held.qualification_type_id = requirement.qualification_type_id
             WHERE requirement.hit_type_id = hit_type.id
               AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale))
)
