-- Consumes priced(reward_minor): what a requester pays for one such reward today, as fees.fee_on says it.
fee AS (
    SELECT CASE WHEN rule.percent IS NULL OR priced.reward_minor = 0 THEN 0
                ELSE greatest(round(priced.reward_minor * rule.percent / 100) + rule.fixed_minor, rule.minimum_minor)
           END::integer AS fee_minor
      FROM priced
      LEFT JOIN LATERAL (
            SELECT fee_rule.percent, fee_rule.fixed_minor, fee_rule.minimum_minor
              FROM fee_rule
             WHERE fee_rule.payer_side = 'requester'
               AND fee_rule.country = ''
               AND fee_rule.valid_from <= now()
               AND (fee_rule.valid_to IS NULL OR fee_rule.valid_to > now())
             ORDER BY fee_rule.valid_from DESC, fee_rule.id DESC
             LIMIT 1) AS rule ON true
)
