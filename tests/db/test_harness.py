"""The harness itself: what tests rely on without saying so."""

import psycopg
import pytest
from django.db import connection

from tests.conftest import Database


def test_what_one_connection_commits_another_sees(database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cache (cache_key, value, expires) VALUES ('a', 'b', now())")
    assert database.connect().execute("SELECT cache_key FROM cache").fetchall() == [("a",)]


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_database(database: Database, turn: int) -> None:
    with database.connect() as second:
        assert second.execute("SELECT count(*) FROM cache").fetchone() == (0,)
        second.execute("INSERT INTO cache (cache_key, value, expires) VALUES ('a', 'b', now())")


def test_the_server_is_a_postgresql_of_our_own(database: Database) -> None:
    second: psycopg.Connection[tuple[object, ...]] = database.connect()
    assert second.info.server_version >= 180000


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_the_rows_that_migrations_put_in(database: Database, turn: int) -> None:
    second = database.connect()
    assert second.execute("SELECT count(*) > 0 FROM category").fetchone() == (True,)
    second.execute("TRUNCATE category CASCADE")
