"""A migrated database per test process, emptied after each test; commits are real.

Rows that migrations put in are kept aside in the schema ``seed`` and put back after each test.
"""

import fcntl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from manyhands.server import postgres
from tests.harness import environment

TEMPLATE = "template_migrated"
# Filled by Django itself from the code; the same for every test.
_STATIC = frozenset({"django_migrations", "django_content_type", "auth_permission", "procrastinate_version"})
# What a machine's crash would lose is not tested here; a crash of processes loses nothing without it.
_FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "128MB"}


def start_server(*, bound_to_caller: bool = True) -> None:
    postgres.start(environment.home(), bound_to_caller=bound_to_caller, overrides=_FAST)


def stop_server() -> None:
    postgres.stop(environment.home())


def create_database(migrate: Callable[[], None]) -> None:
    """Create this process's database; the first process migrates the template for all."""
    with (environment.home() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _connect("postgres") as connection:
            name = environment.database_name()
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [TEMPLATE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {name}")
                migrate()
                _keep_seed()
                connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {name}")
            elif connection.execute(known, [name]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def connect() -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection of one's own to this process's database, in autocommit."""
    return _connect(environment.database_name())


def _connect(name: str) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(postgres.dsn(environment.home(), name), autocommit=True)


@dataclass
class Cleaner:
    """Empties the tables a test filled. The list of tables is read once."""

    tables: list[str] = field(default_factory=list)
    seeded: dict[str, str] = field(default_factory=dict)  # table -> its columns, ready for SQL

    def __post_init__(self) -> None:
        with connect() as connection:
            names = [row[0] for row in connection.execute(_TABLES)]
            self.seeded = {row[0]: row[1] for row in connection.execute(_SEEDED)}
        self.tables = [name for name in names if name not in self.seeded]

    def clean(self) -> None:
        """Triggers and foreign keys rest meanwhile: history that may not be deleted goes, too."""
        with connect() as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute("SET LOCAL lock_timeout = '10s'")
            filled = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")" for table in self.tables
            )
            statements = [f'DELETE FROM public."{row[0]}"' for row in connection.execute(filled)]
            for table, columns in self.seeded.items():
                statements.append(f'DELETE FROM public."{table}"')
                statements.append(
                    f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
                    f'SELECT {columns} FROM seed."{table}"'
                )
            if statements:
                connection.execute("; ".join(statements))


def _keep_seed() -> None:
    with connect() as connection:
        connection.execute("CREATE SCHEMA seed")
        for (table,) in connection.execute(_TABLES).fetchall():
            if connection.execute(f'SELECT EXISTS (SELECT FROM public."{table}")').fetchone() == (True,):
                connection.execute(f'CREATE TABLE seed."{table}" AS TABLE public."{table}"')


_TABLES = f"""
SELECT tablename FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN ({", ".join(f"'{name}'" for name in sorted(_STATIC))})
ORDER BY tablename
"""
_SEEDED = """
SELECT seed.tablename, string_agg(quote_ident(columns.column_name), ', ' ORDER BY columns.ordinal_position)
FROM pg_tables AS seed
JOIN information_schema.columns
    ON columns.table_schema = 'public' AND columns.table_name = seed.tablename
    AND columns.is_generated = 'NEVER'
WHERE seed.schemaname = 'seed'
GROUP BY seed.tablename
"""
