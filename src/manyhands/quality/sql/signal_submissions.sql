-- signal_submissions: what was handed in for the first time, with all that signals are measured by.
-- Params: after, up_to (ids of events), recent (how many of the worker's earlier answers), samples.
-- Rows: one per submission. Times of the batch are logarithms of seconds: their quartiles and how many.
-- Locks: none; the caller holds the cursor.
-- Index: assignment_event_pkey; assignment_pkey; hit_pkey; assignment_by_worker; assignment_by_batch.
WITH arrived AS (
    SELECT DISTINCT assignment.id, assignment.hit_id, assignment.worker_id, assignment.batch_id,
           assignment.hit_type_id,
           assignment.answer, assignment.reported,
           greatest(1, extract(epoch FROM assignment.submitted_at - assignment.accepted_at))::float8 AS seconds
      FROM assignment_event
      JOIN assignment ON assignment.id = assignment_event.assignment_id
     WHERE assignment_event.id > %(after)s
       AND assignment_event.id <= %(up_to)s
       AND assignment_event.to_status = 'submitted'
       AND assignment_event.from_status = 'accepted'
       AND assignment.answer IS NOT NULL
), pace AS (
    SELECT each_batch.batch_id, measured.samples, measured.quartiles
      FROM (SELECT DISTINCT arrived.batch_id FROM arrived) AS each_batch
     CROSS JOIN LATERAL (
           SELECT count(*) AS samples,
                  percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY sample.seconds) AS quartiles
             FROM (SELECT ln(greatest(1, extract(epoch FROM assignment.submitted_at - assignment.accepted_at))::float8) AS seconds
                     FROM assignment
                    WHERE assignment.batch_id = each_batch.batch_id
                      AND assignment.submitted_at IS NOT NULL
                      AND assignment.corrections = 0
                    ORDER BY assignment.id DESC
                    LIMIT %(samples)s) AS sample) AS measured
)
SELECT arrived.id, arrived.answer, arrived.reported, arrived.seconds, hit.input, hit.question_id IS NOT NULL,
       hit_type.layout_id, pace.samples, pace.quartiles,
       (SELECT coalesce(jsonb_agg(earlier.answer), '[]')
          FROM (SELECT latest.answer, latest.batch_id
                  FROM assignment AS latest
                 WHERE latest.worker_id = arrived.worker_id
                   AND latest.id < arrived.id
                 ORDER BY latest.id DESC
                 LIMIT %(recent)s) AS earlier
         WHERE earlier.batch_id = arrived.batch_id AND earlier.answer IS NOT NULL)
  FROM arrived
  JOIN hit ON hit.id = arrived.hit_id
  JOIN hit_type ON hit_type.id = arrived.hit_type_id
  JOIN pace ON pace.batch_id = arrived.batch_id
 ORDER BY arrived.id
