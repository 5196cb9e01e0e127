-- merit_of: one worker, as the Masters formula judges them now.
-- Params: worker_id, and the formula's figures.   Rows: 0 (nothing decided) or 1.
-- Locks: none.   Index: assignment_by_worker.
WITH candidate AS (
    SELECT %(worker_id)s::bigint AS worker_id
),
-- include manyhands.reputation: merit_parts
SELECT judged.* FROM judged
