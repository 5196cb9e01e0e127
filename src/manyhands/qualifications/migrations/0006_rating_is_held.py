"""The rating of a worker's work joins what is held, as a type of the platform's."""

from importlib import import_module

from django.db import migrations

HELD = import_module("manyhands.qualifications.migrations.0004_system_types_and_what_is_held").HELD

WITH_RATING = (
    HELD.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
    + """
 UNION ALL
SELECT worker_standing.worker_id, -10::bigint, worker_standing.rating, NULL
  FROM worker_standing
 WHERE worker_standing.rating IS NOT NULL
"""
)
TYPE = """
INSERT INTO qualification_type (id, name, description, route, score_kind, status)
OVERRIDING SYSTEM VALUE
VALUES (-10, 'Worker_Rating', 'Requesters'' ratings of the worker''s work: 0 is one star, 100 is five.', 'system', 'percent', 'active')
"""


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0005_rating_in_standing")]
    operations = [
        migrations.RunSQL(TYPE, "DELETE FROM qualification_type WHERE id = -10"),
        migrations.RunSQL(WITH_RATING, HELD.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)),
    ]
