-- lease_event: take the next delivery that is due, so that nobody else sends it meanwhile.
-- Params: lease_s, at_once (how many of one subscription may be under way).
-- Rows: 0 (nothing is due) or 1.
-- Locks: the delivery; those that others hold are passed over.
-- Index: event_delivery_waiting by subscription; event_delivery_of_hit for what stands before.
UPDATE event_delivery AS delivery
   SET leased_until = now() + make_interval(secs => %(lease_s)s), attempts = delivery.attempts + 1
  FROM event_subscription AS subscription
 WHERE delivery.id = (
        SELECT due.id
          FROM event_subscription AS awake
         CROSS JOIN LATERAL (
                SELECT waiting.id
                  FROM event_delivery AS waiting
                 WHERE waiting.subscription_id = awake.id
                   AND waiting.delivered_at IS NULL AND waiting.parked_at IS NULL
                   AND waiting.next_at <= now()
                   AND (waiting.leased_until IS NULL OR waiting.leased_until < now())
                   -- In order for each HIT: what happened to it before is delivered first, or given up.
                   AND NOT EXISTS (
                        SELECT FROM event_delivery AS before
                         WHERE before.subscription_id = waiting.subscription_id
                           AND before.hit_id = waiting.hit_id
                           AND before.id < waiting.id
                           AND before.delivered_at IS NULL AND before.parked_at IS NULL)
                 ORDER BY waiting.id
                 LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED) AS due
         WHERE awake.is_active
           AND (awake.resting_until IS NULL OR awake.resting_until <= now())
           AND (SELECT count(*) FROM event_delivery AS under_way
                 WHERE under_way.subscription_id = awake.id AND under_way.leased_until > now()) < %(at_once)s
         LIMIT 1)
   AND subscription.id = delivery.subscription_id
RETURNING delivery.id, delivery.attempts, delivery.source, delivery.event_id, delivery.event_type,
          delivery.happened_at, delivery.hit_id, delivery.hit_type_id, delivery.assignment_id,
          delivery.worker_id, subscription.id, subscription.requester_id, subscription.transport,
          subscription.destination, subscription.version, subscription.secret
