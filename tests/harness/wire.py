"""Counting statements on the wire: no layer of ours or Django's can hide one."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """Fills the list with what went to PostgreSQL on this thread's connection, once the block ends."""
    connection.ensure_connection()
    wire = connection.connection.pgconn
    sent: list[str] = []
    with tempfile.TemporaryFile("w+") as log:
        wire.trace(log.fileno())
        try:
            yield sent
        finally:
            wire.untrace()
            os.lseek(log.fileno(), 0, os.SEEK_SET)
            sent += re.findall(r"^[^\n]*\bF\s+\d+\s+(?:Execute|Query)\b[^\n]*", log.read(), re.MULTILINE)
