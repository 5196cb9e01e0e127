"""``manyhands jobs``: a process for background jobs by itself, as on a second machine."""

import argparse
import os

from manyhands.commands._home import home, uses_embedded_server

NAME = "jobs"
HELP = "Run background jobs only (sweeps, automatic approval, mail)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time (default: 4)")


def run(args: argparse.Namespace) -> int:
    from manyhands.server import postgres, programs
    from manyhands.server.errors import CannotStart

    if uses_embedded_server() and not postgres.is_running(home()):
        raise CannotStart(f"No database runs in {home()}. Start one (manyhands serve), or set DATABASE_URL.")
    program = programs.jobs(concurrency=args.concurrency)
    os.execve(program.command[0], program.command, {**os.environ, **program.environment})  # noqa: S606
