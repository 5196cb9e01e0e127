"""Running SQL on Django's own connection, without the cost of its cursor wrappers.

Rows become frozen dataclasses or named tuples by position: the field order is the RETURNING list.
Statements are prepared on first use and stay so, because connections live as long as their thread.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, TypeVar
from weakref import WeakKeyDictionary

import orjson
import psycopg
from django.db import connection, transaction
from psycopg import abc, sql
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.generators import copy_from
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

Row = TypeVar("Row")
Params = Mapping[str, Any]


def _psycopg_connection() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    return connection.connection  # type: ignore[no-any-return]


class _JSON(psycopg.adapt.Loader):
    """jsonb as Python values; Django's own cursors want it as text, so this is set per cursor."""

    def load(self, data: abc.Buffer) -> Any:
        return orjson.loads(data)


def _cursor() -> psycopg.Cursor[Any]:
    cursor = psycopg.Cursor(_psycopg_connection())
    cursor.adapters.register_loader("jsonb", _JSON)
    return cursor


def _execute(statement: LiteralString, params: Params) -> psycopg.Cursor[Any]:
    # Inside Django's wrapper a failed statement marks the atomic block; keep that promise here.
    cursor = _cursor()
    try:
        return cursor.execute(statement, params, prepare=True)
    except psycopg.Error:
        if connection.in_atomic_block:
            connection.needs_rollback = True
        elif connection.connection is not None and connection.connection.broken:
            connection.close()
        raise


def one_or_none(row: Callable[..., Row], statement: LiteralString, **params: Any) -> Row | None:
    """The single row of the statement, or None when there is none."""
    found = _execute(statement, params).fetchone()
    return None if found is None else row(*found)


def one(row: Callable[..., Row], statement: LiteralString, **params: Any) -> Row:
    """The single row of a statement that always has one."""
    found = one_or_none(row, statement, **params)
    if found is None:
        raise AssertionError("a statement that always returns a row returned none")
    return found


def many(row: Callable[..., Row], statement: LiteralString, **params: Any) -> list[Row]:
    """All rows; the statement itself carries the limit."""
    return [row(*found) for found in _execute(statement, params).fetchall()]


def run(statement: LiteralString, **params: Any) -> int:
    """Run for effect; the number of rows touched."""
    return _execute(statement, params).rowcount


def stream(
    row: Callable[..., Row], statement: LiteralString, *, page: int = 5_000, **params: Any
) -> Iterator[Row]:
    """Rows of any number in flat memory, through a server-side cursor inside its own transaction."""
    with transaction.atomic(), psycopg.ServerCursor(_psycopg_connection(), name="stream") as cursor:
        cursor.adapters.register_loader("jsonb", _JSON)
        cursor.itersize = page
        cursor.execute(statement, params)
        for found in cursor:
            yield row(*found)


@contextmanager
def copy_in(statement: LiteralString) -> Iterator[psycopg.Copy]:
    """COPY … FROM STDIN; the caller writes rows. Must run inside a transaction of the caller's."""
    with psycopg.Cursor(_psycopg_connection()) as cursor, cursor.copy(statement) as copy:
        yield copy


def copy_out(statement: sql.Composed, *, at_once: int) -> Iterator[list[bytes]]:
    """COPY (…) TO STDOUT in flat memory: so many rows at once, each as PostgreSQL wrote it."""
    link = _psycopg_connection()
    with psycopg.Cursor(link) as cursor, cursor.copy(statement):
        while rows := link.wait(_copied(link.pgconn, at_once)):
            yield rows
            if len(rows) < at_once:
                return


def _copied(link: PGconn, at_once: int) -> PQGen[list[bytes]]:
    """The next rows of a COPY, waited for together: ``Copy.read`` would set up a wait for each."""
    rows: list[bytes] = []
    while len(rows) < at_once and isinstance(row := (yield from copy_from(link)), memoryview):
        rows.append(bytes(row))
    return rows


@contextmanager
def beside() -> Iterator[psycopg.Connection[Any]]:
    """A second connection, autocommitting: for reading while a COPY keeps the first one busy, and for
    progress that others see before the first one commits."""
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    with psycopg.connect(**params, autocommit=True) as other:
        yield other


# Hot statements ------------------------------------------------------------------------------
#
# A cursor of psycopg's parses a long statement anew each time and looks it up by its whole text: for
# the statements that every submission runs, that costs as much as the rest of the request. Here they
# are prepared once per connection under a name and then called by it (docs/adr/0007).

_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Hot:
    """A statement made for ``hot_one_or_none``: its name, and its text with ``$1`` and so on."""

    name: bytes
    text: bytes
    parameters: tuple[str, ...]
    plain: LiteralString


def hot(name: str, statement: LiteralString) -> Hot:
    """Make a hot statement; parameters need casts where the server could not tell their type."""
    order: dict[str, int] = {}
    text = _PARAMETER.sub(lambda found: f"${order.setdefault(found[1], len(order) + 1)}", statement)
    return Hot(name.encode(), text.replace("%%", "%").encode(), tuple(order), statement)


@dataclass(slots=True)
class _Prepared:
    """What one connection has prepared, and what turns its results into Python values."""

    transformer: abc.Transformer
    names: set[bytes]


_prepared: "WeakKeyDictionary[psycopg.Connection[Any], _Prepared]" = WeakKeyDictionary()


def hot_one_or_none(row: Callable[..., Row], statement: Hot, **params: Any) -> Row | None:
    """The single row of a hot statement, or None. Parameters are int, str, datetime or None."""
    if connection.in_atomic_block:  # psycopg keeps the book of BEGIN and savepoints
        return one_or_none(row, statement.plain, **params)
    link = _psycopg_connection()
    prepared = _prepared.get(link)
    if prepared is None:
        # A cursor's own adapters: the connection's are Django's, which wants jsonb as text.
        prepared = _prepared[link] = _Prepared(Transformer(_cursor()), set())
    values = [_as_text(params[name]) for name in statement.parameters]
    result = _run_prepared(link, prepared, statement, values)
    if result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN:
        prepared.names.discard(statement.name)
        result = _run_prepared(link, prepared, statement, values)
    _checked(link, result)
    if result.ntuples == 0:
        return None
    prepared.transformer.set_pgresult(result)
    return row(*(prepared.transformer.load_row(0, tuple) or ()))


# After a rollback or a DROP psycopg deallocates every statement of the connection, these included.
_FORGOTTEN = b"26000"


def _run_prepared(
    link: "psycopg.Connection[Any]", prepared: _Prepared, statement: Hot, values: list[bytes | None]
) -> PGresult:
    if statement.name not in prepared.names:
        _checked(link, link.pgconn.prepare(statement.name, statement.text))
        prepared.names.add(statement.name)
    return link.pgconn.exec_prepared(statement.name, values)  # type: ignore[arg-type]  # None is NULL


def _as_text(value: int | str | datetime | None) -> bytes | None:
    return None if value is None else str(value).encode()


def _checked(link: "psycopg.Connection[Any]", result: PGresult) -> PGresult:
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    error = psycopg.errors.error_from_result(result, encoding="utf-8")
    if link.broken:
        connection.close()
        # A result without a code is a bare DatabaseError; a lost connection is told as psycopg tells it.
        raise psycopg.OperationalError(str(error)) from error
    raise error
