"""What every race needs: connections that hold their locks, and one that watches."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.race.stepping import Held

LIMITS = {"daily_max": 1_000, "at_once_max": 25}


@pytest.fixture
def hold(database: Database) -> Iterator[Callable[[], Held]]:
    """Opens transactions; whatever a failing test leaves open is rolled back."""
    made: list[Held] = []

    def open_one() -> Held:
        made.append(Held(database.connect()))
        return made[-1]

    yield open_one
    for held in made:
        held.link.rollback()


@pytest.fixture
def watcher(database: Database) -> psycopg.Connection[tuple[Any, ...]]:
    return database.connect()
