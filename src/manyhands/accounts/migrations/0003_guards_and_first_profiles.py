"""What Django's models cannot say: guards on transitions and on what a profile keeps; profiles for all.

The pairs are those of accounts/states.py; a test compares the two.
"""

from django.db import migrations

ACCOUNT_PAIRS = """
    'pending>active', 'pending>refused', 'pending>closed',
    'active>suspended', 'active>closed',
    'suspended>active', 'suspended>closed',
    'refused>active', 'refused>closed'
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_profiles_reviews_goals")]
    operations = [
        migrations.RunSQL(
            f"""
CREATE FUNCTION account_status_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status || '>' || NEW.status NOT IN ({ACCOUNT_PAIRS}) THEN
        RAISE EXCEPTION 'account %: % may not become %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_status_guard BEFORE UPDATE OF status ON account
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION account_status_guard();

-- What a profile shows as read-only, no request changes.
CREATE FUNCTION account_profile_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'account %: profile name and country stay as registered', OLD.account_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'account_profile_read_only';
END $$;
CREATE TRIGGER account_profile_guard BEFORE UPDATE ON account_profile
    FOR EACH ROW WHEN (OLD.profile_name IS DISTINCT FROM NEW.profile_name
                       OR (OLD.country <> '' AND OLD.country IS DISTINCT FROM NEW.country))
    EXECUTE FUNCTION account_profile_guard();

INSERT INTO account_profile (account_id, profile_name, languages)
SELECT id, name, '[]' FROM account ON CONFLICT DO NOTHING;
""",
            migrations.RunSQL.noop,
        )
    ]
