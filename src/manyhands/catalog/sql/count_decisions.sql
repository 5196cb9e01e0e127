-- count_decisions: add the decisions of a span of events to the facts of their groups.
-- Params: after, up_to (ids of events), decisions_min, samples_max.   Rows: one id per group changed.
-- Locks: the facts of those groups; the caller holds the cursor, so that no two run at once.
-- Index: assignment_event_pkey; assignment_pkey; hit_type_facts_pkey.
WITH decision AS (
    SELECT assignment_event.id, assignment.hit_type_id, assignment.worker_id,
           assignment_event.from_status = 'submitted' AS is_first,
           assignment_event.from_status = 'rejected' AS is_overridden,
           assignment_event.to_status = 'rejected' AS is_rejection,
           -- Sent back for correction, the time includes waiting for the requester: it says nothing.
           CASE WHEN assignment.corrections = 0
                THEN greatest(1, extract(epoch FROM assignment.submitted_at - assignment.accepted_at))::integer END
             AS work_s,
           greatest(0, extract(epoch FROM assignment_event.at - assignment.submitted_at))::integer AS decision_s
      FROM assignment_event
      JOIN assignment ON assignment.id = assignment_event.assignment_id
     WHERE assignment_event.id > %(after)s
       AND assignment_event.id <= %(up_to)s
       AND assignment_event.to_status IN ('approved', 'rejected')
), newcomer AS (
    INSERT INTO hit_type_worker (hit_type_id, worker_id)
    SELECT DISTINCT decision.hit_type_id, decision.worker_id
      FROM decision
        ON CONFLICT DO NOTHING
 RETURNING hit_type_worker.hit_type_id
), added AS (
    SELECT decision.hit_type_id,
           count(*) FILTER (WHERE is_first) AS decided,
           count(*) FILTER (WHERE is_rejection) - count(*) FILTER (WHERE is_overridden) AS rejected,
           array_agg(work_s ORDER BY id DESC) FILTER (WHERE is_first AND work_s IS NOT NULL) AS work,
           array_agg(decision_s ORDER BY id DESC) FILTER (WHERE is_first) AS decision,
           array_agg(decision_s ORDER BY id DESC) FILTER (WHERE NOT is_rejection) AS payment
      FROM decision
     GROUP BY decision.hit_type_id
), summed AS (
    SELECT added.hit_type_id, hit_type.reward_minor,
           coalesce(facts.decided_count, 0) + added.decided AS decided,
           coalesce(facts.rejected_count, 0) + added.rejected AS rejected,
           coalesce(facts.worker_count, 0) + coalesce(arrived.workers, 0) AS workers,
           (coalesce(added.work, '{}') || coalesce(facts.work_samples, '{}'))[1:%(samples_max)s] AS work,
           (coalesce(added.decision, '{}') || coalesce(facts.decision_samples, '{}'))[1:%(samples_max)s] AS decision,
           (coalesce(added.payment, '{}') || coalesce(facts.payment_samples, '{}'))[1:%(samples_max)s] AS payment
      FROM added
      JOIN hit_type ON hit_type.id = added.hit_type_id
      LEFT JOIN hit_type_facts AS facts ON facts.hit_type_id = added.hit_type_id
      LEFT JOIN (SELECT newcomer.hit_type_id, count(*) AS workers
                   FROM newcomer
                  GROUP BY newcomer.hit_type_id) AS arrived ON arrived.hit_type_id = added.hit_type_id
), measured AS (
    SELECT summed.*, spread.quartiles, said.decision_s, said.payment_s
      FROM summed
     CROSS JOIN LATERAL (
           SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY taken) AS quartiles
             FROM unnest(summed.work) AS taken
            WHERE summed.decided >= %(decisions_min)s) AS spread
     CROSS JOIN LATERAL (
           SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY taken)
                     FROM unnest(summed.decision) AS taken) AS decision_s,
                  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY taken)
                     FROM unnest(summed.payment) AS taken) AS payment_s) AS said
)
INSERT INTO hit_type_facts (hit_type_id, decided_count, rejected_count, worker_count, pay_low_minor,
                            pay_median_minor, pay_high_minor, work_s, decision_s, payment_s,
                            work_samples, decision_samples, payment_samples)
SELECT measured.hit_type_id, decided, rejected, workers,
       -- The slower quarter of the work earns the lower pay.
       pay.per_hour[3], pay.per_hour[2], pay.per_hour[1], round(quartiles[2]),
       CASE WHEN decided >= %(decisions_min)s THEN round(decision_s) END,
       CASE WHEN decided >= %(decisions_min)s THEN round(payment_s) END,
       work, decision, payment
  FROM measured
 CROSS JOIN LATERAL (
       -- A large reward for one second of work ends at what fits.
       SELECT array_agg(least(round(reward_minor * 3600.0 / quartile), 2147483647) ORDER BY place) AS per_hour
         FROM unnest(quartiles) WITH ORDINALITY AS each_quartile (quartile, place)) AS pay
    ON CONFLICT (hit_type_id) DO UPDATE
   SET decided_count = excluded.decided_count,
       rejected_count = excluded.rejected_count,
       worker_count = excluded.worker_count,
       pay_low_minor = excluded.pay_low_minor,
       pay_median_minor = excluded.pay_median_minor,
       pay_high_minor = excluded.pay_high_minor,
       work_s = excluded.work_s,
       decision_s = excluded.decision_s,
       payment_s = excluded.payment_s,
       work_samples = excluded.work_samples,
       decision_samples = excluded.decision_samples,
       payment_samples = excluded.payment_samples
RETURNING hit_type_facts.hit_type_id
