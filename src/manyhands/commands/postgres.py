"""``manyhands postgres start|stop|status|psql``: the embedded server by itself."""

import argparse
import os
from collections.abc import Callable
from typing import NoReturn

from manyhands.commands._home import home

NAME = "postgres"
HELP = "Start or stop the embedded PostgreSQL by itself, or open psql in it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["start", "stop", "status", "psql"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="psql's own arguments")


def run(args: argparse.Namespace) -> int:
    if args.action == "psql":
        _psql(args.rest)
    actions: dict[str, Callable[[], int]] = {"start": _start, "stop": _stop, "status": _status}
    return actions[args.action]()


def _start() -> int:
    from manyhands.server import lock, postgres

    if not postgres.is_running(home()):
        with lock.hold(home()):
            postgres.start(home())
    print(f"PostgreSQL runs in {home()}.")
    return 0


def _stop() -> int:
    from manyhands.server import lock, postgres

    with lock.hold(home()):
        postgres.stop(home())
    print(f"PostgreSQL is stopped in {home()}.")
    return 0


def _status() -> int:
    from manyhands.server import postgres

    running = postgres.is_running(home())
    print(f"PostgreSQL {'runs' if running else 'does not run'} in {home()}.")
    return 0 if running else 3


def _psql(rest: list[str]) -> NoReturn:
    from manyhands.server import postgres

    psql = str(postgres.binary("psql"))
    os.execv(psql, [psql, postgres.dsn(home()), *rest])  # noqa: S606
