"""``manyhands migrate``: bring the database to this version."""

import argparse

from manyhands.commands import _django

NAME = "migrate"
HELP = "Bring the database to this version of the program."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    from manyhands.server import database_setup

    with _django.database():
        database_setup.prepare()
    print("The database is up to date.")
    return 0
