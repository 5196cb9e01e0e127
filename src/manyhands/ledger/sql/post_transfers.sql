-- Consumes the CTE movement(debit_account, credit_account, amount_minor, idempotency_key, purpose,
-- assignment_id, batch_id); rows with amount 0 move nothing. Accounts are locked in id order; one that
-- does not exist yet is made by its first credit. A debit below zero, or of an account that does not
-- exist, breaks ledger_account_not_negative, a repeated key breaks the unique index on idempotency_key: both undo the whole statement.
balance_change AS (
    SELECT account_id, sum(amount_minor) AS amount_minor
      FROM (
            SELECT credit_account AS account_id, amount_minor FROM movement WHERE amount_minor > 0
             UNION ALL
            SELECT debit_account, -amount_minor FROM movement WHERE amount_minor > 0
           ) AS entry
     GROUP BY account_id
), account_locked AS (
    SELECT ledger_account.id, ledger_account.balance_minor, ledger_account.version
      FROM ledger_account
     WHERE ledger_account.id IN (SELECT account_id FROM balance_change)
     ORDER BY ledger_account.id
       FOR NO KEY UPDATE
), account_debited AS (
    -- From the locked row: the constraint would look at the row as it was when the statement began, and
    -- refuse a debit of money that came in while it waited.
    UPDATE ledger_account
       SET balance_minor = account_locked.balance_minor + balance_change.amount_minor,
           version = account_locked.version + 1
      FROM balance_change
      JOIN account_locked ON account_locked.id = balance_change.account_id
     WHERE ledger_account.id = account_locked.id
       AND balance_change.amount_minor < 0
       AND (SELECT count(*) FROM account_locked) > 0
 RETURNING ledger_account.id
), account_credited AS (
    INSERT INTO ledger_account (id, owner_id, kind, balance_minor, version)
    SELECT account_id, account_id / 16, account_id %% 16, amount_minor, 1
      FROM balance_change
     WHERE (SELECT count(*) FROM account_locked) >= 0
       AND (amount_minor >= 0 OR account_id NOT IN (SELECT account_locked.id FROM account_locked))
     ORDER BY account_id
        ON CONFLICT (id) DO UPDATE
       SET balance_minor = ledger_account.balance_minor + excluded.balance_minor,
           version = ledger_account.version + 1
 RETURNING ledger_account.id
), posted AS (
    INSERT INTO transfer (debit_account_id, credit_account_id, amount_minor, idempotency_key, purpose,
                          assignment_id, batch_id)
    SELECT debit_account, credit_account, amount_minor, idempotency_key, purpose, assignment_id, batch_id
      FROM movement
     WHERE amount_minor > 0
 RETURNING amount_minor, purpose
)
