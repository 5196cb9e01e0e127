       -- The worker has not had this HIT, but for what was returned or abandoned.
       AND NOT EXISTS (
            SELECT FROM assignment AS had
             WHERE had.hit_id = hit.id AND had.worker_id = %(worker_id)s
               AND had.status IN ('accepted', 'submitted', 'correction', 'approved', 'rejected'))
