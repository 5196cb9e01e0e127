-- worker_statistics: a worker's figures of a period, the days behind them, and where the worker stands now.
-- Params: worker_id, from_at, until_at (null: open), zone, today, this_week (instants), unit (hour or day).
-- Rows: 1.   Locks: none.
-- Index: assignment_by_worker (worker_id, id); transfer_by_credit_account.
WITH mine AS MATERIALIZED (
    SELECT assignment.accepted_at, assignment.submitted_at, assignment.reward_minor, assignment.status,
           CASE WHEN assignment.status = 'approved'
                  OR (assignment.status = 'submitted' AND assignment.auto_approve_at <= now())
                THEN coalesce(assignment.decided_at, assignment.auto_approve_at) END AS approved_at,
           CASE WHEN assignment.status = 'rejected' THEN assignment.decided_at END AS rejected_at,
           CASE WHEN assignment.status = 'returned' THEN gone.at END AS returned_at,
           -- A correction is handed in later: more than the time allotted was not work.
           CASE WHEN assignment.submitted_at IS NOT NULL
                THEN least(extract(epoch FROM assignment.submitted_at - assignment.accepted_at),
                           hit_type.assignment_duration_s)::double precision END AS worked_s
      FROM assignment
      JOIN hit_type ON hit_type.id = assignment.hit_type_id
      LEFT JOIN LATERAL (
            SELECT max(assignment_event.at) AS at
              FROM assignment_event
             WHERE assignment.status = 'returned'
               AND assignment_event.assignment_id = assignment.id
               AND assignment_event.to_status = 'returned') AS gone ON true
     WHERE assignment.worker_id = %(worker_id)s
), bonus AS MATERIALIZED (
    SELECT created_at AS at, amount_minor
      FROM transfer
     WHERE credit_account_id IN (%(worker_id)s::bigint * 16 + 3, %(worker_id)s::bigint * 16 + 4)
       AND purpose = 'bonus'
), span AS (
    SELECT coalesce(%(from_at)s::timestamptz, '-infinity') AS from_at,
           coalesce(%(until_at)s::timestamptz, 'infinity') AS until_at
), happened AS (
    SELECT approved_at AS at, reward_minor::bigint AS earned_minor, 0::double precision AS worked_s
      FROM mine WHERE approved_at IS NOT NULL
    UNION ALL SELECT submitted_at, 0, worked_s FROM mine WHERE submitted_at IS NOT NULL
    UNION ALL SELECT at, amount_minor, 0 FROM bonus
), series AS (
    SELECT date_trunc(%(unit)s::text, happened.at AT TIME ZONE %(zone)s::text) AS bucket,
           sum(happened.earned_minor)::bigint AS earned_minor, sum(happened.worked_s) AS worked_s
      FROM happened, span
     WHERE happened.at >= span.from_at AND happened.at < span.until_at
     GROUP BY 1
     ORDER BY 1 DESC
     LIMIT 4000
), figures AS (
    SELECT count(*) FILTER (WHERE accepted_at >= from_at AND accepted_at < until_at) AS accepted,
           count(*) FILTER (WHERE submitted_at >= from_at AND submitted_at < until_at) AS submitted,
           count(*) FILTER (WHERE approved_at >= from_at AND approved_at < until_at) AS approved,
           count(*) FILTER (WHERE rejected_at >= from_at AND rejected_at < until_at) AS rejected,
           count(*) FILTER (WHERE returned_at >= from_at AND returned_at < until_at) AS returned,
           coalesce(sum(worked_s) FILTER (WHERE submitted_at >= from_at AND submitted_at < until_at), 0)
               AS worked_s,
           coalesce(sum(reward_minor) FILTER (WHERE approved_at >= from_at AND approved_at < until_at), 0)
               ::bigint AS rewards_minor
      FROM mine, span
), standing AS (
    SELECT coalesce(sum(reward_minor) FILTER (WHERE approved_at IS NOT NULL), 0)::bigint AS approved_minor,
           count(*) FILTER (WHERE approved_at IS NOT NULL) AS approved_count,
           coalesce(sum(reward_minor) FILTER (
                WHERE approved_at IS NULL AND status IN ('submitted', 'correction')), 0)::bigint AS pending_minor,
           count(*) FILTER (WHERE approved_at IS NULL AND status IN ('submitted', 'correction'))
               AS pending_count,
           count(*) FILTER (WHERE status = 'rejected') AS rejected_count,
           coalesce(sum(reward_minor) FILTER (WHERE approved_at >= %(today)s::timestamptz), 0)::bigint
               AS today_minor
      FROM mine
), since AS (
    SELECT coalesce(sum(earned_minor) FILTER (WHERE at >= %(today)s::timestamptz), 0)::bigint AS today_minor,
           coalesce(sum(earned_minor) FILTER (WHERE at >= %(this_week)s::timestamptz), 0)::bigint AS week_minor,
           coalesce(sum(worked_s) FILTER (WHERE at >= %(today)s::timestamptz), 0) AS today_s,
           coalesce(sum(worked_s) FILTER (WHERE at >= %(this_week)s::timestamptz), 0) AS week_s
      FROM happened
), held AS (
    SELECT coalesce(sum(balance_minor) FILTER (WHERE kind = 1), 0)::bigint AS available_minor,
           coalesce(sum(balance_minor) FILTER (WHERE kind = 2), 0)::bigint AS reserved_minor,
           coalesce(sum(balance_minor) FILTER (WHERE kind = 6), 0)::bigint AS fees_minor,
           coalesce(sum(balance_minor) FILTER (WHERE kind = 3), 0)::bigint AS held_minor,
           coalesce(sum(balance_minor) FILTER (WHERE kind = 4), 0)::bigint AS earned_available_minor
      FROM ledger_account
     WHERE id >= %(worker_id)s::bigint * 16 AND id < (%(worker_id)s::bigint + 1) * 16
)
SELECT figures.accepted, figures.submitted, figures.approved, figures.rejected, figures.returned,
       figures.worked_s, figures.rewards_minor,
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM bonus, span
         WHERE bonus.at >= span.from_at AND bonus.at < span.until_at),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(bucket, earned_minor, worked_s) ORDER BY bucket), '[]')
          FROM series),
       standing.approved_minor, standing.approved_count, standing.pending_minor, standing.pending_count,
       standing.rejected_count, standing.today_minor,
       held.available_minor, held.reserved_minor, held.fees_minor, held.held_minor, held.earned_available_minor,
       goal.period, goal.measure, goal.target,
       CASE goal.period || goal.measure WHEN 'daymoney' THEN since.today_minor
            WHEN 'weekmoney' THEN since.week_minor WHEN 'daytime' THEN since.today_s::bigint
            WHEN 'weektime' THEN since.week_s::bigint END
  FROM figures
 CROSS JOIN standing
 CROSS JOIN since
 CROSS JOIN held
  LEFT JOIN worker_goal AS goal ON goal.worker_id = %(worker_id)s
