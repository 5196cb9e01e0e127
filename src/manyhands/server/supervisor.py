"""Runs the programs of one home together: starts them in order, keeps them alive, stops them all."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from manyhands.server import lock, postgres, reload
from manyhands.server.child import STOP_TIMEOUT_S, Child, Program
from manyhands.server.errors import CannotStart

_TICK_S = 0.1
_DATABASE_CHECK_S = 2.0
_CRASHES_AT_START_MAX = 3
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Stopped(BaseException):
    """Someone asked us to end."""


def run(
    *,
    home: Path,
    check: Callable[[], None],
    prepare: Callable[[], None],
    programs: Sequence[Program],
    is_ready: Callable[[], bool],
    on_ready: Callable[[], None],
    follow_up: Sequence[Program] = (),
    embedded_database: bool = True,
    reload_on_change: bool = False,
) -> int:
    """Run everything until Ctrl-C, SIGTERM or SIGHUP; nothing of ours runs when it returns.

    ``check`` runs first and raises what stands in the way; ``prepare`` once the database answers and
    before any program; ``on_ready`` once, as soon as ``is_ready``. ``follow_up`` begins after that: one
    program after the other, each when those before it that run ``once`` are done. Raises CannotStart when the home is
    in use, or the programs crash before they are ready.
    """
    children = [Child(program, home / "logs") for program in programs]
    with lock.hold(home), _stop_signals():
        try:
            check()
            (home / "logs").mkdir(parents=True, exist_ok=True)
            if embedded_database:
                postgres.start(home, bound_to_caller=True)
            prepare()
            for child in children:
                child.start()
            _wait_ready(children, is_ready)
            on_ready()
            waiting = [Child(program, home / "logs") for program in follow_up]
            _watch(
                home,
                children,
                waiting,
                embedded_database=embedded_database,
                reload_on_change=reload_on_change,
            )
        except _Stopped:
            print("\nStopping ...", file=sys.stderr, flush=True)
        finally:
            _ignore_stop_signals()
            _stop(children)
            if embedded_database:
                postgres.stop(home)
    return 0


def _wait_ready(children: Sequence[Child], is_ready: Callable[[], bool]) -> None:
    while not is_ready():
        for child in children:
            child.keep_alive()
            if child.crashes > _CRASHES_AT_START_MAX:
                raise CannotStart(f"{child.program.name} does not start; the lines above say why.")
        time.sleep(_TICK_S)


def _watch(
    home: Path,
    children: list[Child],
    waiting: list[Child],
    *,
    embedded_database: bool,
    reload_on_change: bool,
) -> None:
    """Until a signal ends it: every program alive, the database too; what waits is started in its turn."""
    sources = reload.Sources() if reload_on_change else None
    database_due = 0.0
    while True:
        if embedded_database and time.monotonic() >= database_due:
            if not postgres.is_running(home):
                print("The database ended; it is started again.", file=sys.stderr, flush=True)
                postgres.start(home, bound_to_caller=True)
            database_due = time.monotonic() + _DATABASE_CHECK_S
        if sources is not None and sources.changed():
            print("The code changed; everything is started again.", file=sys.stderr, flush=True)
            _stop(children)
        for child in children:
            child.keep_alive()
        while waiting and all(child.is_done or not child.program.once for child in children):
            children.append(waiting.pop(0))
            children[-1].start()
        time.sleep(_TICK_S)


def _stop(children: Sequence[Child]) -> None:
    """Ask all at once, wait for each."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for child in children:
        child.wait_stopped(deadline)


@contextmanager
def _stop_signals() -> Iterator[None]:
    """Turn each signal that ends a program into _Stopped, wherever the main thread is."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        _ignore_stop_signals()
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_stop_signals() -> None:
    """Once is enough: a second Ctrl-C must not leave half of the programs running."""
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
