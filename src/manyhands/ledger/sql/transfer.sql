-- transfer: move an amount between two accounts, once per idempotency key.
-- Params: debit_account, credit_account, amount_minor, idempotency_key, purpose, batch_id.   Rows: 1.
-- Locks: the two accounts, in id order.
-- Index: ledger_account_pkey.
WITH movement AS (
    SELECT %(debit_account)s::bigint AS debit_account,
           %(credit_account)s::bigint AS credit_account,
           %(amount_minor)s::bigint AS amount_minor,
           %(idempotency_key)s::text AS idempotency_key,
           %(purpose)s::text AS purpose,
           NULL::bigint AS assignment_id,
           %(batch_id)s::bigint AS batch_id
),
-- include manyhands.ledger: post_transfers
SELECT amount_minor FROM posted;
