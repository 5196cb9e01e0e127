"""``manyhands mail-in``: keep one mail, read from the standard input; any mail server can pipe into it.

An answer to a relay address becomes a message between a worker and a requester; anything else goes to
the help desk. Exit codes are those of sysexits.h, which mail servers know: 0 kept (or written by a
machine, and ignored), 65 a mail that cannot be taken, 75 try again later.
"""

import argparse
import re
import sys
from collections.abc import Sequence

from manyhands.commands import _django

NAME = "mail-in"
HELP = "Take a mail to the help desk, or an answer to a message, from the standard input."
_BAD_DATA, _TRY_LATER = 65, 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--recipient", default="", help="whom the mail server delivers to, if not in the headers"
    )


def run(args: argparse.Namespace) -> int:
    with _django.database():
        from django.db import DatabaseError

        from manyhands.core.errors import Refusal
        from manyhands.help.errors import TooOften
        from manyhands.help.incoming import BYTES_MAX
        from manyhands.messaging.errors import TooManyMessages

        try:
            outcome = _keep(sys.stdin.buffer.read(BYTES_MAX + 1), [args.recipient] if args.recipient else [])
        except (TooOften, TooManyMessages, DatabaseError) as reason:
            print(reason, file=sys.stderr)
            return _TRY_LATER
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            return _BAD_DATA
    print(outcome)
    return 0


def _keep(raw: bytes, envelope: Sequence[str]) -> str:
    from manyhands.help import incoming
    from manyhands.help.operations.receiving import Outcome, receive_mail
    from manyhands.messaging.operations import receive_reply

    mail = incoming.parse(raw)
    token = _relay_token([*envelope, *mail.recipients])
    if token is None:
        return receive_mail(raw, envelope=envelope)
    if mail.is_automatic:
        return Outcome.IGNORED
    receive_reply(token, mail.sender, mail.words, mail_id=mail.mail_id or "")
    return "message"


def _relay_token(addresses: Sequence[str]) -> str | None:
    """What stands between ``reply+`` and the domain of relay addresses."""
    from django.conf import settings

    pattern = re.compile(rf"reply\+([a-z0-9]+)@{re.escape(settings.RELAY_DOMAIN)}", re.IGNORECASE)
    found = (pattern.fullmatch(address.strip()) for address in addresses)
    return next((match[1] for match in found if match), None)
