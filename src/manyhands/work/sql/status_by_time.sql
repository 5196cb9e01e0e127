-- As its worker reads it: what time has decided is so, whatever the sweeps have done.
CASE WHEN assignment.status = 'accepted' AND assignment.deadline_at <= now() THEN 'expired'
     WHEN assignment.status = 'abandoned' THEN 'expired'
     WHEN assignment.status = 'correction' AND assignment.deadline_at <= now() THEN 'submitted'
     WHEN assignment.status = 'submitted' AND assignment.auto_approve_at <= now() THEN 'approved'
     ELSE assignment.status END
