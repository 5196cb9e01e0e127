"""``manyhands ledger check``: do the books balance?"""

import argparse

from manyhands.commands import _django

NAME = "ledger"
HELP = "Recompute every balance of the ledger, and tell the first difference."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["check"])


def run(args: argparse.Namespace) -> int:
    with _django.database():
        from manyhands.ledger.check import first_difference

        difference = first_difference()
    print(difference or "The ledger is in order: every balance equals the sum of its transfers.")
    return 1 if difference else 0
