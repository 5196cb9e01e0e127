"""What was decided before standing was kept, counted once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0004_project_requirements"),
        ("qualifications", "0004_system_types_and_what_is_held"),
    ]
    operations = [
        migrations.RunSQL(
            """
INSERT INTO worker_standing (worker_id, approved, rejected, submitted, returned, abandoned)
SELECT assignment.worker_id,
       count(*) FILTER (WHERE assignment.status = 'approved'),
       count(*) FILTER (WHERE assignment.status = 'rejected'),
       count(*) FILTER (WHERE assignment.submitted_at IS NOT NULL),
       count(*) FILTER (WHERE assignment.status = 'returned'),
       count(*) FILTER (WHERE assignment.status = 'abandoned')
  FROM assignment
 GROUP BY assignment.worker_id
""",
            migrations.RunSQL.noop,
        )
    ]
