"""Bring the database to the code's version, before any process serves from it."""

import os


def prepare() -> None:
    """Load Django, apply the migrations and create the cache's table; one program at a time.

    The lock is the database's, so that two machines that start at once do not migrate together.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('manyhands migrate', 0))")
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    finally:
        # The lock ends with its connection; a supervisor needs none while it runs.
        connection.close()
