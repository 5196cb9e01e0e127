"""A replay makes people and money up, so it only ever talks to this machine."""

import ipaddress
import sys
from urllib.parse import urlsplit

from manyhands.server.errors import CannotStart


class NotLoopback(CannotStart):
    """The address is not on this machine."""


def require_loopback(address: str) -> str:
    """The site's address without a path. Raises NotLoopback for anything but this machine."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in {"http", "https"} or not _is_loopback(parts.hostname or "") or parts.username:
        raise NotLoopback(
            f"“{address}” is not this machine. A replay registers invented people and moves play money, "
            "so it only talks to localhost, 127.0.0.0/8 or [::1]."
        )
    try:
        port = parts.port
    except ValueError:
        raise NotLoopback(f"“{address}” has no valid port.") from None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def own_address(number: int) -> str | None:
    """A loopback address for person ``number`` to come from, where the system has more than one.

    People of a crowd come from different places, and the site limits attempts by address. Linux
    answers for all of 127.0.0.0/8; elsewhere people share one address and wait their turn.
    """
    if not sys.platform.startswith("linux"):
        return None
    return f"127.{64 + number // 62_500 % 64}.{number // 250 % 250}.{1 + number % 250}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
