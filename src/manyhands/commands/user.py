"""``manyhands user create``: an account made at the installation's own terminal, already verified."""

import argparse
import getpass
import secrets
import sys

from manyhands.commands import _django

NAME = "user"
HELP = "Make an account, for example the first operator's."
_GENERATED_BYTES = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["create"])
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--password", help="asked for at the terminal when left out")
    for role in ("worker", "requester", "operator", "reviewer"):
        parser.add_argument(f"--{role}", action="store_true", help=f"give the role of {role}")


def run(args: argparse.Namespace) -> int:
    password, generated = _password(args.password)
    with _django.database():
        from manyhands.accounts import operations
        from manyhands.core.errors import Refusal

        try:
            made = operations.register(
                name=args.name,
                email=args.email,
                password=password,
                worker=args.worker,
                requester=args.requester,
                operator=args.operator,
                reviewer=args.reviewer,
                verified=True,
            )
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            return 1
    print(f"{made.email} can log in{f' with the password {password}' if generated else ''}.")
    return 0


def _password(given: str | None) -> tuple[str, bool]:
    """The password, and whether we made it up because nobody is there to ask."""
    if given:
        return given, False
    if sys.stdin.isatty():
        return getpass.getpass("Password: "), False
    return secrets.token_urlsafe(_GENERATED_BYTES), True
