"""Transfers are append-only by trigger; the default fee is 20 % of the requester, at least a cent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
CREATE FUNCTION transfer_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a transfer is immutable: correct it by a further transfer'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION transfer_is_immutable();
INSERT INTO ledger_account (id, owner_id, kind) VALUES (0, 0, 0);
INSERT INTO fee_rule (payer_side, percent, fixed_minor, minimum_minor, country, valid_from)
VALUES ('requester', 20, 0, 1, '', '2000-01-01');
ALTER TABLE ledger_account SET (fillfactor = 70);
""",
            "DROP TRIGGER transfer_append_only ON transfer; DROP FUNCTION transfer_is_immutable()",
        )
    ]
