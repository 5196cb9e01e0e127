"""What must hold between the work and the books, and inside the work, for ``manyhands ledger check``.

Each statement reads whole tables once and returns a sentence about the first row that differs. The
numbers are those of docs/invariants.md.
"""

from typing import LiteralString

from manyhands.ledger import check

# Undecided money of a batch, in minor units: every free place, every assignment out or waiting, and
# rejections until their appeal window is over.
_UNDECIDED = """
    SELECT hit.batch_id, sum(hit.available::bigint * (hit_type.reward_minor + hit.fee_minor)) AS amount_minor
      FROM hit
      JOIN hit_type ON hit_type.id = hit.hit_type_id
     GROUP BY hit.batch_id
     UNION ALL
    SELECT batch_id, sum(reward_minor::bigint + fee_minor)
      FROM assignment
     WHERE status IN ('accepted', 'submitted', 'correction')
        OR (status = 'rejected' AND release_due_at IS NOT NULL)
     GROUP BY batch_id
"""

# I1, I5: what a requester has reserved is what is still to be decided, to the cent.
RESERVED_BY_REQUESTER: LiteralString = f"""
WITH undecided AS ({_UNDECIDED}), expected AS (
    SELECT batch.requester_id, sum(undecided.amount_minor) AS amount_minor
      FROM undecided
      JOIN batch ON batch.id = undecided.batch_id
     GROUP BY batch.requester_id
), held AS (
    SELECT owner_id AS requester_id, balance_minor AS amount_minor FROM ledger_account WHERE kind = 2
)
SELECT 'requester ' || requester_id || ' has ' || coalesce(held.amount_minor, 0)
       || ' reserved, but undecided work makes ' || coalesce(expected.amount_minor, 0)
  FROM expected
  FULL JOIN held USING (requester_id)
 WHERE coalesce(held.amount_minor, 0) <> coalesce(expected.amount_minor, 0)
 ORDER BY requester_id
 LIMIT 1
"""  # noqa: S608 - made of two constants

# I5: the same for each batch, from the transfers into and out of the reserved account.
RESERVED_BY_BATCH: LiteralString = f"""
WITH undecided AS ({_UNDECIDED}), expected AS (
    SELECT batch_id, sum(amount_minor) AS amount_minor FROM undecided GROUP BY batch_id
), held AS (
    SELECT batch_id, sum(CASE WHEN credit_account_id %% 16 = 2 THEN amount_minor ELSE 0 END
                         - CASE WHEN debit_account_id %% 16 = 2 THEN amount_minor ELSE 0 END) AS amount_minor
      FROM transfer
     WHERE batch_id IS NOT NULL
     GROUP BY batch_id
)
SELECT 'batch ' || batch_id || ' has ' || coalesce(held.amount_minor, 0)
       || ' reserved by its transfers, but its undecided work makes ' || coalesce(expected.amount_minor, 0)
  FROM expected
  FULL JOIN held USING (batch_id)
 WHERE coalesce(held.amount_minor, 0) <> coalesce(expected.amount_minor, 0)
 ORDER BY batch_id
 LIMIT 1
"""  # noqa: S608 - made of two constants

# I4: an approved assignment is paid once, in full, to its worker; and its fee is taken once.
APPROVED_IS_PAID: LiteralString = """
WITH paid AS (
    SELECT assignment_id,
           count(*) FILTER (WHERE purpose = 'reward') AS rewards,
           count(*) FILTER (WHERE purpose = 'fee') AS fees,
           coalesce(sum(amount_minor) FILTER (WHERE purpose = 'reward'), 0) AS reward_minor,
           coalesce(sum(amount_minor) FILTER (WHERE purpose = 'fee'), 0) AS fee_minor,
           max(credit_account_id / 16) FILTER (WHERE purpose = 'reward') AS earner_id
      FROM transfer
     WHERE purpose IN ('reward', 'fee')
     GROUP BY assignment_id
)
SELECT 'assignment ' || assignment.id || ' is approved for ' || assignment.reward_minor || ' and a fee of '
       || assignment.fee_minor || ', but ' || coalesce(paid.rewards, 0) || ' reward transfers make '
       || coalesce(paid.reward_minor, 0) || ' and ' || coalesce(paid.fees, 0) || ' fee transfers make '
       || coalesce(paid.fee_minor, 0)
       || CASE WHEN paid.earner_id <> assignment.worker_id THEN ', paid to ' || paid.earner_id ELSE '' END
  FROM assignment
  LEFT JOIN paid ON paid.assignment_id = assignment.id
 WHERE assignment.status = 'approved'
   AND (coalesce(paid.rewards, 0) <> (assignment.reward_minor > 0)::int
        OR coalesce(paid.reward_minor, 0) <> assignment.reward_minor
        OR coalesce(paid.fees, 0) <> (assignment.fee_minor > 0)::int
        OR coalesce(paid.fee_minor, 0) <> assignment.fee_minor
        OR paid.earner_id <> assignment.worker_id)
 ORDER BY assignment.id
 LIMIT 1
"""

# I4, the other way round: nothing but an approved assignment is paid.
ONLY_APPROVED_IS_PAID: LiteralString = """
SELECT 'transfer ' || transfer.id || ' pays a ' || transfer.purpose || ' for assignment '
       || coalesce(transfer.assignment_id::text, '(none)') || ', which is '
       || coalesce(assignment.status, 'not there')
  FROM transfer
  LEFT JOIN assignment ON assignment.id = transfer.assignment_id
 WHERE transfer.purpose IN ('reward', 'fee')
   AND assignment.status IS DISTINCT FROM 'approved'
 ORDER BY transfer.id
 LIMIT 1
"""

# I15: a bonus is paid once, in full, to its worker, and its fee once; nothing else is paid as a bonus.
BONUS_IS_PAID: LiteralString = """
WITH paid AS (
    SELECT split_part(idempotency_key, ':', 2)::bigint AS bonus_id,
           coalesce(sum(amount_minor) FILTER (WHERE purpose = 'bonus'), 0) AS amount_minor,
           coalesce(sum(amount_minor) FILTER (WHERE purpose = 'bonus_fee'), 0) AS fee_minor,
           max(credit_account_id / 16) FILTER (WHERE purpose = 'bonus') AS earner_id
      FROM transfer
     WHERE purpose IN ('bonus', 'bonus_fee')
     GROUP BY 1
)
SELECT 'bonus ' || coalesce(bonus.id, paid.bonus_id) || ' is ' || coalesce(bonus.amount_minor, 0) || ' and a fee of '
       || coalesce(bonus.fee_minor, 0) || ', but its transfers make ' || coalesce(paid.amount_minor, 0)
       || ' and ' || coalesce(paid.fee_minor, 0) || ', to ' || coalesce(paid.earner_id::text, 'nobody')
  FROM bonus
  FULL JOIN paid ON paid.bonus_id = bonus.id
 WHERE bonus.amount_minor IS DISTINCT FROM paid.amount_minor
    OR bonus.fee_minor IS DISTINCT FROM paid.fee_minor
    OR bonus.worker_id IS DISTINCT FROM paid.earner_id
 ORDER BY coalesce(bonus.id, paid.bonus_id)
 LIMIT 1
"""

# I1: the counters of a HIT are its assignments.
COUNTERS: LiteralString = """
WITH counted AS (
    SELECT hit_id,
           count(*) FILTER (WHERE status IN ('accepted', 'correction')) AS pending,
           count(*) FILTER (WHERE status = 'submitted') AS submitted,
           count(*) FILTER (WHERE status = 'approved') AS approved,
           count(*) FILTER (WHERE status = 'rejected') AS rejected
      FROM assignment
     GROUP BY hit_id
)
SELECT 'HIT ' || hit.id || ' counts pending, submitted, approved, rejected as '
       || concat_ws(', ', hit.pending, hit.submitted, hit.approved, hit.rejected)
       || ', but its assignments make ' || concat_ws(', ', coalesce(counted.pending, 0),
       coalesce(counted.submitted, 0), coalesce(counted.approved, 0), coalesce(counted.rejected, 0))
  FROM hit
  LEFT JOIN counted ON counted.hit_id = hit.id
 WHERE hit.pending <> coalesce(counted.pending, 0)
    OR hit.submitted <> coalesce(counted.submitted, 0)
    OR hit.approved <> coalesce(counted.approved, 0)
    OR hit.rejected <> coalesce(counted.rejected, 0)
 ORDER BY hit.id
 LIMIT 1
"""

# I7: the status of a HIT is what its counters say.
HIT_STATUS: LiteralString = """
SELECT 'HIT ' || id || ' is ' || status || ' with ' || available || ' places free, ' || pending
       || ' out and ' || submitted || ' waiting for a decision'
  FROM hit
 WHERE NOT CASE status
               WHEN 'assignable' THEN available > 0
               WHEN 'unassignable' THEN available = 0 AND pending > 0
               WHEN 'disposed' THEN available = 0 AND pending = 0 AND submitted = 0
               ELSE available = 0 AND pending = 0
           END
 ORDER BY id
 LIMIT 1
"""

# The counts in the list of groups: for every minute of expiry the changes add up to the open HITs.
OPEN_COUNTS: LiteralString = """
WITH noted AS (
    SELECT hit_type_id, expires_minute, sum(change) AS open FROM hit_type_open GROUP BY 1, 2
), counted AS (
    SELECT hit_type_id, date_trunc('minute', expires_at) AS expires_minute, count(*) AS open
      FROM hit
     WHERE is_open
     GROUP BY 1, 2
)
SELECT 'HIT type ' || hit_type_id || ' counts ' || coalesce(noted.open, 0)
       || ' open HITs that expire in the minute ' || expires_minute || ', but there are '
       || coalesce(counted.open, 0)
  FROM noted
  FULL JOIN counted USING (hit_type_id, expires_minute)
 WHERE coalesce(noted.open, 0) <> coalesce(counted.open, 0)
 ORDER BY hit_type_id, expires_minute
 LIMIT 1
"""

# A batch of a file has a HIT for each of its rows once published, and none before.
BATCH_ROWS: LiteralString = """
SELECT 'batch ' || batch.id || ' is ' || batch.status || ' with ' || batch.row_count || ' rows, but has '
       || coalesce(counted.hits, 0) || ' HITs'
  FROM batch
  LEFT JOIN (SELECT batch_id, count(*) AS hits FROM hit GROUP BY batch_id) AS counted
    ON counted.batch_id = batch.id
 WHERE batch.source = 'file'
   AND coalesce(counted.hits, 0)
       <> CASE WHEN batch.status IN ('published', 'disposed') THEN batch.row_count ELSE 0 END
 ORDER BY batch.id
 LIMIT 1
"""

# I7: the events of an assignment form one chain, from nothing to its status.
EVENT_CHAIN: LiteralString = """
WITH step AS (
    SELECT assignment_id, id, from_status, to_status,
           lag(to_status, 1, '') OVER history AS before,
           lead(id) OVER history IS NULL AS is_last
      FROM assignment_event
    WINDOW history AS (PARTITION BY assignment_id ORDER BY id)
)
SELECT 'assignment ' || assignment.id || ' is ' || assignment.status
       || CASE WHEN step.id IS NULL THEN ', but has no event'
               ELSE ', but event ' || step.id || ' goes from ''' || step.from_status || ''' to '''
                    || step.to_status || ''' after ''' || step.before || '''' END
  FROM assignment
  LEFT JOIN step ON step.assignment_id = assignment.id
 WHERE step.id IS NULL
    OR step.from_status <> step.before
    OR (step.is_last AND step.to_status <> assignment.status)
 ORDER BY assignment.id, step.id
 LIMIT 1
"""

CHECKS: tuple[LiteralString, ...] = (
    RESERVED_BY_REQUESTER,
    RESERVED_BY_BATCH,
    APPROVED_IS_PAID,
    ONLY_APPROVED_IS_PAID,
    BONUS_IS_PAID,
    COUNTERS,
    HIT_STATUS,
    OPEN_COUNTS,
    BATCH_ROWS,
    EVENT_CHAIN,
)


def register() -> None:
    """Let the ledger's check prove these, too."""
    check.register(*CHECKS)
