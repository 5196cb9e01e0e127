-- Consumes candidate(worker_id): what the Masters formula makes of each one's decided work.
done AS (
    SELECT assignment.worker_id, count(*) FILTER (WHERE assignment.status = 'approved') AS approved,
           count(*) FILTER (WHERE assignment.status = 'rejected') AS rejected,
           extract(epoch FROM now() - min(assignment.submitted_at))::bigint / 86400 AS days,
           count(DISTINCT assignment.requester_id) FILTER (WHERE assignment.status = 'approved') AS requesters,
           count(DISTINCT hit_type.sub_category_id) FILTER (WHERE assignment.status = 'approved') AS kinds
      FROM assignment
      JOIN candidate ON candidate.worker_id = assignment.worker_id
      JOIN hit_type ON hit_type.id = assignment.hit_type_id
     WHERE assignment.status IN ('approved', 'rejected')
     GROUP BY assignment.worker_id
), estimated AS (
    -- The lower end of Wilson's interval; 1.96 standard deviations hold 95 %%.
    SELECT done.*,
           ((approved + 1.9208) / (approved + rejected)
            - 1.96 * sqrt(approved::double precision * rejected / (approved + rejected) + 0.9604) / (approved + rejected))
           / (1 + 3.8416 / (approved + rejected)) AS approval_low
      FROM done
), parted AS (
    SELECT estimated.*,
           least(1, greatest(0, (approval_low - %(approval_floor)s::double precision)
                                / (1 - %(approval_floor)s::double precision))) AS approval,
           least(1, days::double precision / %(tenure_days_full)s::integer) AS tenure,
           least(1, requesters::double precision / %(requesters_full)s::integer) AS variety,
           least(1, kinds::double precision / %(kinds_full)s::integer) AS breadth
      FROM estimated
), judged AS (
    SELECT parted.worker_id, parted.approved::integer, parted.rejected::integer, parted.days::integer,
           parted.requesters::integer, parted.kinds::integer,
           account.status = 'active' AS may_hold,
           EXISTS (SELECT FROM qualification
                    WHERE qualification.worker_id = parted.worker_id
                      AND qualification.qualification_type_id = -5
                      AND qualification.status = 'granted') AS holds,
           parted.approval_low::double precision, parted.approval::double precision,
           parted.tenure::double precision, parted.variety::double precision, parted.breadth::double precision,
           round(100 * (%(approval_weight)s::double precision * approval + %(tenure_weight)s::double precision * tenure
                        + %(requesters_weight)s::double precision * variety
                        + %(kinds_weight)s::double precision * breadth))::integer AS score
      FROM parted
      JOIN account ON account.id = parted.worker_id
)
