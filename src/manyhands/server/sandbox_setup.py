"""The sandbox's database, made beside production's and brought to this version.

Run once before the sandbox's programs, as ``python -m manyhands.server.sandbox_setup`` in its environment.
"""

import psycopg
from psycopg import sql

from manyhands.server import database_setup
from manyhands.server.errors import CannotStart


def main() -> None:
    create_database()
    database_setup.prepare()
    from django.conf import settings

    if settings.DEMO:
        from manyhands.accounts.demo import ensure_demo_people

        ensure_demo_people()


def create_database() -> None:
    """Make it if it is not there. Raises CannotStart: this database's user may not make databases."""
    from django.conf import settings
    from django.db import connection

    if settings.ENVIRONMENT != "sandbox":
        raise CannotStart("MANYHANDS_ENVIRONMENT is not 'sandbox'.")
    name = str(settings.DATABASES["default"]["NAME"])
    reached = connection.get_connection_params() | {"dbname": name.removesuffix("_sandbox")}
    reached.pop("cursor_factory", None)
    reached.pop("context", None)
    with psycopg.connect(**reached, autocommit=True) as link:
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        try:
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.DuplicateDatabase:  # another machine was quicker
            return
        except psycopg.errors.InsufficientPrivilege:
            raise CannotStart(
                f"The database {name} is missing, and we may not make it. "
                "Make it by hand, or start without the sandbox: --no-sandbox"
            ) from None


if __name__ == "__main__":
    main()
