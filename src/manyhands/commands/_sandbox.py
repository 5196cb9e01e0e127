"""Whether a sandbox runs beside production, and where browsers find both."""

import argparse
import os

from manyhands.config import env
from manyhands.config.environment import PORT_OFFSET

NO_SANDBOX = "or start without the sandbox: --no-sandbox"


def add_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        action=argparse.BooleanOptionalAction,
        help="a second marketplace with play money, on ports 10 and 11 above the site's (default: unless"
        " MANYHANDS_SITE_ORIGIN is given without MANYHANDS_SANDBOX_SITE_ORIGIN)",
    )


def is_wanted(args: argparse.Namespace) -> bool:
    """Asked for; or not spoken of, and browsers would find it."""
    if args.sandbox is not None:
        return bool(args.sandbox)
    return not env.text("MANYHANDS_SITE_ORIGIN", "") or bool(env.text("MANYHANDS_SANDBOX_SITE_ORIGIN", ""))


def name_origins(port: int, *, sandbox: bool) -> None:
    """Where browsers find us, unless the environment says so: behind a proxy it must."""
    os.environ.setdefault("MANYHANDS_SITE_ORIGIN", f"http://localhost:{port}")
    os.environ.setdefault("MANYHANDS_CONTENT_ORIGIN", f"http://localhost:{port + 1}")
    if sandbox:
        os.environ.setdefault("MANYHANDS_SANDBOX_SITE_ORIGIN", f"http://localhost:{port + PORT_OFFSET}")
        os.environ.setdefault(
            "MANYHANDS_SANDBOX_CONTENT_ORIGIN", f"http://localhost:{port + PORT_OFFSET + 1}"
        )
    else:
        # Nobody is shown the way to what does not run.
        os.environ.pop("MANYHANDS_SANDBOX_SITE_ORIGIN", None)
        os.environ.pop("MANYHANDS_SANDBOX_CONTENT_ORIGIN", None)


def check_ports(host: str, port: int, *, sandbox: bool, remedy: str) -> None:
    """Raises PortIsTaken."""
    from manyhands.server import ports

    for each in (port, port + 1):
        ports.check_free(host, each, remedy=remedy)
    for each in (port + PORT_OFFSET, port + PORT_OFFSET + 1) if sandbox else ():
        ports.check_free(host, each, remedy=f"{remedy}, {NO_SANDBOX}")
