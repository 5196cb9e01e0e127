-- due_reviews: what review policies can judge now: submissions, then HITs that nobody works on any more.
-- Params: after_level, after_id, page.   Rows: one per judgement to make, submissions first.
-- Locks: none.   Index: policy_review_to_do; policy_review_of_hit; hit_pkey.
SELECT review.level, review.id
  FROM policy_review AS review
  JOIN hit ON hit.id = review.hit_id
 WHERE review.done_at IS NULL
   AND (review.level, review.id) > (%(after_level)s, %(after_id)s)
   AND (review.level = 'Assignment'
     OR (hit.status IN ('reviewable', 'reviewing', 'disposed')
         OR hit.status = 'assignable' AND hit.expires_at <= now() AND hit.pending = 0)
    AND NOT EXISTS (
        SELECT FROM policy_review AS earlier
         WHERE earlier.hit_id = review.hit_id AND earlier.level = 'Assignment' AND earlier.done_at IS NULL))
 ORDER BY review.level, review.id
 LIMIT %(page)s
