"""``manyhands user``: accounts made, and their links ended, at the installation's own terminal."""

import argparse
import getpass
import secrets
import sys

from manyhands.commands import _django

NAME = "user"
HELP = "Make an account, for example the first operator's; end a link to the identity provider."
_GENERATED_BYTES = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["create", "unlink"])
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", help="create: needed")
    parser.add_argument("--reason", help="unlink: needed, kept on record")
    parser.add_argument("--password", help="asked for at the terminal when left out")
    for role in ("worker", "requester", "operator", "reviewer"):
        parser.add_argument(f"--{role}", action="store_true", help=f"give the role of {role}")


def run(args: argparse.Namespace) -> int:
    return _create(args) if args.action == "create" else _unlink(args)


def _create(args: argparse.Namespace) -> int:
    password, generated = _password(args.password)
    with _django.database():
        from manyhands.accounts import operations
        from manyhands.core.errors import Refusal

        try:
            made = operations.register(
                name=args.name or "",
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


def _unlink(args: argparse.Namespace) -> int:
    with _django.database():
        from manyhands.accounts import single_sign_on
        from manyhands.accounts.errors import AccountNotFound
        from manyhands.accounts.queries import person_by_email
        from manyhands.core.errors import Refusal

        try:
            person = person_by_email(args.email)
            if person is None:
                raise AccountNotFound
            single_sign_on.unlink(account_id=person.id, actor_id=None, reason=args.reason or "")
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            return 1
    print(f"{args.email} is no longer linked.")
    return 0


def _password(given: str | None) -> tuple[str, bool]:
    """The password, and whether we made it up because nobody is there to ask."""
    if given:
        return given, False
    if sys.stdin.isatty():
        return getpass.getpass("Password: "), False
    return secrets.token_urlsafe(_GENERATED_BYTES), True
