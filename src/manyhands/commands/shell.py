"""``manyhands shell``: Python with Django loaded."""

import argparse

from manyhands.commands import _django

NAME = "shell"
HELP = "A Python prompt with the models loaded."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", "--command", help="run this Python instead of opening the prompt")


def run(args: argparse.Namespace) -> int:
    with _django.database():
        from django.core.management import call_command

        call_command("shell", command=args.command)
    return 0
