"""For commands that work on the database: Django loaded, the embedded server running meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from manyhands.commands._home import home, uses_embedded_server


@contextmanager
def database() -> Iterator[None]:
    """Load Django with a database that answers; an embedded server we had to start stops afterwards.

    Raises CannotStart.
    """
    from manyhands.server import lock, postgres

    if not uses_embedded_server() or postgres.is_running(home()):
        load()
        yield
        return
    with lock.hold(home()):
        postgres.start(home(), bound_to_caller=True)
        try:
            load()
            yield
        finally:
            from django.db import connections

            connections.close_all()
            postgres.stop(home())


def load() -> None:
    """Django's settings and models, ready to use."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
    import django

    django.setup()
