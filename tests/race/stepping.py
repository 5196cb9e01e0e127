"""Two connections stepped by hand: one holds its locks, the other is watched until it waits.

``Held`` runs statements in an open transaction on a connection of its own. ``Acting`` runs an operation
in a thread, on that thread's own Django connection.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from django.db import connection, connections

Result = TypeVar("Result")
WAIT_S = 10.0


class Held:
    """An open transaction: what it has locked stays locked until ``commit`` or ``rollback``."""

    def __init__(self, link: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.link = link
        link.execute("SET lock_timeout = '10s'")
        link.execute("BEGIN")

    def run(self, statement: str, **params: Any) -> list[tuple[Any, ...]]:
        cursor = self.link.execute(cast("LiteralString", statement), params)
        return cursor.fetchall() if cursor.description else []

    def commit(self) -> None:
        self.link.execute("COMMIT")

    def rollback(self) -> None:
        self.link.execute("ROLLBACK")


class Acting:
    """An operation under way in a thread; ``result`` waits for it and raises what it raised."""

    def __init__(self, operation: Callable[[], Any]) -> None:
        self._operation = operation
        self._outcome: Any = None
        self._error: BaseException | None = None
        self._pid = 0
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._pid = cursor.fetchone()[0]
            self._connected.set()
            self._outcome = self._operation()
        except BaseException as error:
            self._error = error
        finally:
            self._connected.set()
            connections.close_all()

    def wait_until_blocked(self, watcher: psycopg.Connection[tuple[Any, ...]]) -> None:
        """Return once the thread's connection waits for a lock of another."""
        self._connected.wait(WAIT_S)
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            [(blockers,)] = watcher.execute("SELECT pg_blocking_pids(%s)", [self._pid]).fetchall()
            if blockers:
                return
            if not self._thread.is_alive():
                raise AssertionError(f"it did not wait: {self._error or self._outcome!r}")
            time.sleep(0.005)
        raise AssertionError("it neither waited nor ended")

    def result(self) -> Any:
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive(), "it still waits"
        if self._error is not None:
            raise self._error
        return self._outcome


def without(statement: str, guard: str, instead: str = "") -> str:
    """The naive variant of a statement, for a control: it must differ from the real one."""
    assert guard in statement, f"the statement no longer says {guard!r}: mend the control"
    return statement.replace(guard, instead)


@contextmanager
def dropped(
    link: psycopg.Connection[tuple[Any, ...]], clean: Callable[[], None], *guards: str
) -> Iterator[None]:
    """A database without these constraints or indexes, put back on an empty one. Each is ``table.name``."""
    made: list[str] = []
    for guard in guards:
        table, name = guard.split(".")
        made.append(_definition(link, table, name))
        kind = "INDEX" if made[-1].startswith("CREATE") else f"TABLE {table} DROP CONSTRAINT"
        link.execute(cast("LiteralString", f"{'DROP' if kind == 'INDEX' else 'ALTER'} {kind} {name}"))
    try:
        yield
    finally:
        connections.close_all()
        clean()
        for statement in made:
            link.execute(cast("LiteralString", statement))


def _definition(link: psycopg.Connection[tuple[Any, ...]], table: str, name: str) -> str:
    found = link.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
    ).fetchone()
    if found:
        return f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}"
    [(definition,)] = link.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name]).fetchall()
    return str(definition)


def at_once(*operations: Callable[[], Any]) -> list[Any]:
    """Start all together; results and errors in order."""
    barrier = threading.Barrier(len(operations))

    def started(operation: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            barrier.wait(WAIT_S)
            return operation()

        return run

    outcomes: list[Any] = []
    for acting in [Acting(started(operation)) for operation in operations]:
        try:
            outcomes.append(acting.result())
        except Exception as error:
            outcomes.append(error)
    return outcomes


def now(link: psycopg.Connection[tuple[Any, ...]]) -> datetime:
    [(moment,)] = link.execute("SELECT clock_timestamp()").fetchall()
    return cast("datetime", moment)
