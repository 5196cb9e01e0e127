"""``manyhands mail-in``: keep one mail, read from the standard input; any mail server can pipe into it.

Exit codes are those of sysexits.h, which mail servers know: 0 kept (or written by a machine, and
ignored), 65 a mail that cannot be taken, 75 try again later.
"""

import argparse
import sys

from manyhands.commands import _django

NAME = "mail-in"
HELP = "Take a mail to the help desk from the standard input."
_BAD_DATA, _TRY_LATER = 65, 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    with _django.database():
        from django.db import DatabaseError

        from manyhands.help.errors import MailTooLarge, MailUnreadable, TooOften
        from manyhands.help.incoming import BYTES_MAX
        from manyhands.help.operations.receiving import receive_mail

        try:
            outcome = receive_mail(sys.stdin.buffer.read(BYTES_MAX + 1))
        except (MailTooLarge, MailUnreadable) as refusal:
            print(refusal, file=sys.stderr)
            return _BAD_DATA
        except (TooOften, DatabaseError) as reason:
            print(reason, file=sys.stderr)
            return _TRY_LATER
    print(outcome)
    return 0
