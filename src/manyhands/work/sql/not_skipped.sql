       -- The worker has not skipped this HIT of late.
       AND NOT EXISTS (
            SELECT FROM hit_skip
             WHERE hit_skip.worker_id = %(worker_id)s AND hit_skip.hit_id = hit.id
               AND hit_skip.until > now())
