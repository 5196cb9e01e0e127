"""Calling addresses that requesters name: signed by the Standard Webhooks scheme, and never into our own net.

A name is resolved here and the connection goes to the address that was looked at, so that a name cannot
mean one thing when it is checked and another when it is called. No redirect is followed and no answer is
read beyond its status. Hosts in ``WEBHOOK_PRIVATE_HOSTS`` may be private and may lack TLS.
"""

import base64
import hashlib
import hmac
import http.client
import re
import secrets
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext

from manyhands.core import secrets as sealing

URL_MAX = 1_000
CONNECT_S = 5.0
# For everything: a receiver that answers byte by byte does not hold us either.
CALL_S = 15.0
_SEAL = "webhook"
_SECRET_BYTES = 32
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LOW_PORTS_MAX = 1_023
# Addresses of IPv4 inside IPv6 (NAT64, 6to4, Teredo): what they lead to is not ours to guess.
_TRANSLATED = tuple(
    IPv6Network(net) for net in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class NotCalled(Exception):
    """Why a receiver did not take a document, in words for the owner."""

    def __init__(self, why: str, *, is_away: bool = True) -> None:
        """``is_away``: nobody is there at all, for this document or another."""
        self.is_away = is_away
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Call:
    """One document for one address. ``secret`` as it is kept; None goes unsigned."""

    url: str
    id: str
    body: bytes
    sent_at: int
    secret: bytes | None


# Secrets and signatures -----------------------------------------------------------------------


def new_secret() -> tuple[str, bytes]:
    """A secret as its owner reads it, once, and as it is kept."""
    text = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    return text, sealing.seal(_SEAL, text)


def signature(secret: str, id_: str, sent_at: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id_}.{sent_at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


# Addresses ------------------------------------------------------------------------------------


def fault_of(url: str) -> str:
    """What is wrong with an address, without calling anybody; empty when nothing is."""
    try:
        _checked(url)
    except NotCalled as refusal:
        return str(refusal)
    return ""


def _checked(url: str) -> SplitResult:
    if len(url) > URL_MAX or not _PRINTABLE.fullmatch(url):
        raise NotCalled(
            gettext("The address must be ASCII without spaces, and not longer than 1,000 characters.")
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotCalled(gettext("This is not an address.")) from None
    if not host or parts.username is not None or parts.fragment:
        raise NotCalled(gettext("The address needs a host, and neither a user nor a fragment."))
    if _may_be_private(host):
        if parts.scheme not in {"http", "https"}:
            raise NotCalled(gettext("The address must begin with https://."))
        return parts
    if parts.scheme != "https":
        raise NotCalled(gettext("The address must begin with https://."))
    if port not in {None, 443} and (port or 0) <= _LOW_PORTS_MAX:
        raise NotCalled(gettext("The port must be 443, or above 1023."))
    with suppress(ValueError):
        if not _is_public(ip_address(host)):
            raise NotCalled(gettext("This address is not on the public internet."))
    return parts


def _may_be_private(host: str) -> bool:
    return host in settings.WEBHOOK_PRIVATE_HOSTS


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if any(address in net for net in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _resolved(host: str, port: int) -> str:
    """The address to connect to: of a name that has a private one among others, none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotCalled(gettext("The name of the host was not found.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not _may_be_private(host) and not all(_is_public(ip_address(each)) for each in addresses):
        raise NotCalled(
            gettext("The name of the host leads to an address that is not on the public internet.")
        )
    return addresses[0]


# Calling --------------------------------------------------------------------------------------


def post(call: Call) -> None:
    """Hand a document over; any answer of 2xx takes it. Raises NotCalled."""
    url = _checked(call.url)
    is_tls = url.scheme == "https"
    port = url.port or (443 if is_tls else 80)
    address = _resolved(url.hostname or "", port)
    try:
        status = _status(url, address, port, _headers(call), call.body)
    except ssl.SSLError as failure:
        raise NotCalled(
            gettext("TLS failed: %(reason)s") % {"reason": failure.reason or "handshake"}
        ) from None
    except TimeoutError:
        raise NotCalled(gettext("No answer in time.")) from None
    except (OSError, http.client.HTTPException) as failure:
        raise NotCalled(
            gettext("The connection failed: %(reason)s") % {"reason": type(failure).__name__}
        ) from None
    if not 200 <= status < 300:
        is_away = status >= 500 or status in {408, 429}
        raise NotCalled(gettext("The answer was %(status)d.") % {"status": status}, is_away=is_away)


def _headers(call: Call) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Manyhands",
        "webhook-id": call.id,
        "webhook-timestamp": str(call.sent_at),
    }
    if call.secret is not None:
        secret = sealing.unseal(_SEAL, call.secret)
        headers["webhook-signature"] = signature(secret, call.id, call.sent_at, call.body)
    return headers


def _status(url: SplitResult, address: str, port: int, headers: dict[str, str], body: bytes) -> int:
    """Send and read the status only. A watch ends the whole call when its time is up."""
    connection = http.client.HTTPConnection(url.netloc.rpartition("@")[2])
    sock = socket.create_connection((address, port), timeout=CONNECT_S)
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(CALL_S, end)
    watch.daemon = True
    try:
        sock.settimeout(CALL_S)
        if url.scheme == "https":
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=url.hostname, do_handshake_on_connect=False)
            watch.start()
            sock.do_handshake()
        else:
            watch.start()
        connection.sock = sock
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        if is_late.is_set():
            raise TimeoutError from None
        raise
    finally:
        watch.cancel()
        sock.close()
