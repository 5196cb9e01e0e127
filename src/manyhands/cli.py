"""The ``manyhands`` program: finds its commands in ``manyhands.commands``, one module each.

A command is a module with ``NAME``, ``HELP``, ``add_arguments(parser)`` and ``run(args) -> exit code``.
Only its own module is loaded before it runs, and nothing of Django before it asks for it.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from manyhands import commands


class Command(Protocol):
    """What a module in ``manyhands.commands`` offers."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def all_commands() -> list[Command]:
    """Every command, by name. Modules keep their own imports cheap: heavy ones stand inside ``run``."""
    names = [
        found.name for found in pkgutil.iter_modules(commands.__path__) if not found.name.startswith("_")
    ]
    modules = [importlib.import_module(f"manyhands.commands.{name}") for name in names]
    return sorted((cast("Command", module) for module in modules), key=lambda command: command.NAME)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="manyhands", description="An open, self-hosted microtask marketplace.")
    subparsers = top.add_subparsers(metavar="command", required=True)
    for command in all_commands():
        subparser = subparsers.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Its own plain sentence goes to the terminal, not a traceback, when it cannot start."""
    from manyhands.server.errors import CannotStart

    args = parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
