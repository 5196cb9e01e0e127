"""What Django's models cannot say: the order of tasks, room for quick updates, guards on transitions.

The pairs are those of work/states.py; tests/architecture compares the two.
"""

from django.db import migrations

HIT_PAIRS = """
    'assignable>unassignable', 'assignable>reviewable',
    'unassignable>assignable', 'unassignable>reviewable',
    'reviewable>assignable', 'reviewable>unassignable', 'reviewable>reviewing', 'reviewable>disposed',
    'reviewing>assignable', 'reviewing>unassignable', 'reviewing>reviewable', 'reviewing>disposed'
"""
ASSIGNMENT_PAIRS = """
    'accepted>submitted', 'accepted>returned', 'accepted>abandoned',
    'submitted>approved', 'submitted>rejected', 'submitted>correction',
    'correction>submitted', 'rejected>approved'
"""
BATCH_PAIRS = """
    'draft>publishing', 'draft>discarded', 'publishing>published', 'publishing>draft',
    'published>disposed'
"""


def guard(table, pairs):
    return f"""
CREATE FUNCTION {table}_status_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status || '>' || NEW.status NOT IN ({pairs}) THEN
        RAISE EXCEPTION '{table} %: % may not become %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_status_guard BEFORE UPDATE OF status ON "{table}"
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION {table}_status_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0001_initial"),
        ("qualifications", "0002_requirement_met"),
        ("ledger", "0002_append_only_and_first_fee"),
    ]
    operations = [
        migrations.RunSQL(
            """
CREATE SEQUENCE hit_position AS bigint CACHE 1;
ALTER TABLE hit ALTER position SET DEFAULT nextval('hit_position');
ALTER TABLE hit SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE assignment SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE worker SET (fillfactor = 70);
ALTER TABLE worker_progress SET (fillfactor = 70);
ALTER TABLE hit_type_open SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""
            + guard("hit", HIT_PAIRS)
            + guard("assignment", ASSIGNMENT_PAIRS)
            + guard("batch", BATCH_PAIRS),
            migrations.RunSQL.noop,
        )
    ]
