person AS (
    -- One worker's acts follow each other: everything that changes what a worker holds locks this first.
    SELECT worker.account_id AS worker_id, worker.auto_accept_next, worker.accepted_day,
           worker.accepted_day_count, worker.qualification_changes
      FROM worker
     WHERE worker.account_id = %(worker_id)s
       FOR NO KEY UPDATE
)
