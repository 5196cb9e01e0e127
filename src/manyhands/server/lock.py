"""One supervisor per home: an advisory lock on ``<home>/lock`` that the kernel frees with its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from manyhands.server.errors import CannotStart


class HomeIsBusy(CannotStart):
    """Another program supervises this home."""


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold the home until the block ends; a ``kill -9`` of the holder frees it too.

    Raises HomeIsBusy, naming the holder's process id, when another program holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise HomeIsBusy(
                f"Manyhands is already running in {home} (process {holder}). Stop it first, "
                "or choose another home: MANYHANDS_HOME=<folder>."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
