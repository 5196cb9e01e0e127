-- capture_events: put what happened to HITs on its way to every active subscription that asks for it.
-- Params: assignments_after, assignments_up_to (ids of assignment_event), hits_after, hits_up_to (of hit_event).
-- Rows: 1, how many deliveries were written.
-- Locks: none but the new rows; the caller holds both cursors, so deliveries of a HIT get ids in order.
-- Index: the primary keys of both tables of events; event_delivery_once refuses a second time.
WITH happened AS (
    SELECT 'assignment' AS source, event.id AS event_id,
           CASE event.to_status
                WHEN 'accepted' THEN 'AssignmentAccepted'
                WHEN 'abandoned' THEN 'AssignmentAbandoned'
                WHEN 'returned' THEN 'AssignmentReturned'
                WHEN 'submitted' THEN 'AssignmentSubmitted'
                WHEN 'rejected' THEN 'AssignmentRejected'
                WHEN 'approved' THEN 'AssignmentApproved' END AS event_type,
           assignment.hit_id, hit.hit_type_id, assignment.id AS assignment_id, assignment.worker_id, event.at
      FROM assignment_event AS event
      JOIN assignment ON assignment.id = event.assignment_id
      JOIN hit ON hit.id = assignment.hit_id
     WHERE event.id > %(assignments_after)s AND event.id <= %(assignments_up_to)s
     UNION ALL
    SELECT 'hit', event.id,
           CASE event.kind
                WHEN 'created' THEN 'HITCreated'
                WHEN 'expired' THEN 'HITExpired'
                WHEN 'reviewable' THEN 'HITReviewable'
                WHEN 'extended' THEN 'HITExtended'
                WHEN 'disposed' THEN 'HITDisposed' END,
           event.hit_id, event.hit_type_id, NULL, NULL, event.at
      FROM hit_event AS event
     WHERE event.id > %(hits_after)s AND event.id <= %(hits_up_to)s
), asked AS (
    SELECT subscription.id AS subscription_id, happened.*
      FROM happened
      JOIN hit_type ON hit_type.id = happened.hit_type_id
      JOIN event_subscription AS subscription
        ON subscription.requester_id = hit_type.requester_id
       AND (subscription.hit_type_id IS NULL OR subscription.hit_type_id = happened.hit_type_id)
       AND subscription.is_active
       AND subscription.active_since <= happened.at
       AND subscription.event_types ? happened.event_type
), in_table AS (
    -- Within one table the ids of a HIT's events are in order. Its times need not be: a statement that
    -- began earlier may have waited for the HIT.
    SELECT asked.*,
           max(asked.at) OVER (PARTITION BY subscription_id, hit_id, source ORDER BY event_id) AS reached
      FROM asked
), in_both AS (
    -- What one statement wrote into both tables bears one time and stands together.
    SELECT in_table.*, max(reached) OVER (PARTITION BY subscription_id, hit_id, at) AS place FROM in_table
), ordered AS (
    SELECT in_both.*,
           max(place) OVER (PARTITION BY subscription_id, hit_id, source ORDER BY event_id) AS settled
      FROM in_both
), written AS (
    INSERT INTO event_delivery (subscription_id, source, event_id, event_type, hit_id, hit_type_id,
                                assignment_id, worker_id, happened_at)
    SELECT subscription_id, source, event_id, event_type, hit_id, hit_type_id, assignment_id, worker_id, at
      FROM ordered
     ORDER BY settled,
              CASE WHEN event_type = 'HITCreated' THEN 0 WHEN source = 'assignment' THEN 1 ELSE 2 END,
              event_id
        ON CONFLICT (subscription_id, source, event_id) DO NOTHING
 RETURNING id
)
SELECT count(*) FROM written;
