"""Full-text indexes of the forum, and the categories a new installation starts with."""

from django.db import migrations

FIRST = [
    ("getting-started", "Getting started", "First steps, and questions nobody should be shy to ask."),
    ("tasks", "Tasks and requesters", "Instructions, tools, and how to do a task well."),
    ("payment", "Rewards and payment", "Decisions, rejections, earnings, being paid."),
    ("site", "This site", "What does not work, and what would make it better."),
    ("break-room", "Break room", "Everything else."),
]

INDEXES = """
CREATE INDEX forum_post_words ON forum_post USING gin (to_tsvector('simple', words));
CREATE INDEX forum_thread_title ON forum_thread USING gin (to_tsvector('simple', title));
"""
NO_INDEXES = "DROP INDEX forum_post_words; DROP INDEX forum_thread_title;"


def plant(apps, schema_editor):
    ForumCategory = apps.get_model("help", "ForumCategory")
    ForumCategory.objects.bulk_create(
        ForumCategory(slug=slug, name=name, description=description, ordinal=ordinal)
        for ordinal, (slug, name, description) in enumerate(FIRST)
    )


class Migration(migrations.Migration):
    dependencies = [("help", "0001_initial")]
    operations = [
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunPython(plant, migrations.RunPython.noop),
    ]
