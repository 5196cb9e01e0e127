"""What workers know of their qualifications; those of before are not news."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0005_feedback_into_threads"),
        ("qualifications", "0002_requirement_met"),
    ]
    operations = [
        migrations.CreateModel(
            name="QualificationTold",
            fields=[
                (
                    "qualification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="qualifications.qualification",
                    ),
                ),
                ("score", models.IntegerField()),
                ("status", models.CharField(max_length=8)),
            ],
            options={"db_table": "qualification_told"},
        ),
        migrations.RunSQL(
            "INSERT INTO qualification_told (qualification_id, score, status) "
            "SELECT id, score, status FROM qualification",
            migrations.RunSQL.noop,
        ),
    ]
