"""An HTTPS proxy on the loopback address that leads Amazon's two names to servers of one's own.

CONNECT to one of the names is answered here, with a certificate of our own; the requests inside go on
with the Host header as it came, because that is what the client signed. Everything else is refused.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

PRODUCTION = "mturk-requester.us-east-1.amazonaws.com"
SANDBOX = "mturk-requester-sandbox.us-east-1.amazonaws.com"
NAMES = (PRODUCTION, SANDBOX)
LOOPBACK = "127.0.0.1"
TIMEOUT_S = 90
BODY_BYTES_MAX = 16 * 1024 * 1024
# They are about one connection, of which there are two here.
_HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
     "trailer", "transfer-encoding", "upgrade", "content-length", "expect")
)  # fmt: skip


class Proxy(ThreadingHTTPServer):
    """Listens once made; ``serve_forever`` answers, a thread for each connection."""

    daemon_threads = True

    def __init__(self, port: int, servers: Mapping[str, str], certificate: str) -> None:
        """``servers``: which address answers for which of the names. Raises OSError."""
        self.servers = {name: urlsplit(url) for name, url in servers.items()}
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate)
        super().__init__((LOOPBACK, port), _Outside)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or does not trust the certificate, knows it itself."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """The server that answers keeps the record."""

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Outside(_Handler):
    """What a client says to the proxy itself."""

    def do_CONNECT(self) -> None:
        self.close_connection = True
        proxy = cast("Proxy", self.server)
        name, _, port = self.path.lower().rpartition(":")
        if name not in proxy.servers or port != "443":
            self.refuse()
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with proxy.tls.wrap_socket(self.connection, server_side=True) as inside:
            _Inside(inside, (name, 443), proxy)

    def refuse(self) -> None:
        self.close_connection = True
        leads = " and ".join(f"{name}:443" for name in cast("Proxy", self.server).servers)
        text = (
            f"This proxy leads to {leads} only, by CONNECT. Set HTTPS_PROXY for programs that need no more.\n"
        )
        self.answer(403, [("Content-Type", "text/plain; charset=utf-8")], text.encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = refuse  # noqa: N815


class _Inside(_Handler):
    """What a client says to the name it believes to speak to, which is ``client_address`` here."""

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            self._fail(413, f"A request needs a Content-Length, of {BODY_BYTES_MAX} bytes at most.")
            return
        server = cast("Proxy", self.server).servers[self.client_address[0]]
        try:
            self.answer(*self._asked(server, body))
        except (OSError, http.client.HTTPException) as reason:
            self._fail(502, f"The server at {server.geturl()} does not answer: {reason}")

    do_OPTIONS = do_GET = do_POST  # noqa: N815 - the base class's names

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "" if self.command == "POST" else "0")
        if not (length.isascii() and length.isdigit()) or int(length) > BODY_BYTES_MAX:
            return None
        return self.rfile.read(int(length))

    def _asked(self, server: SplitResult, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        kind = http.client.HTTPSConnection if server.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(server.hostname), server.port, timeout=TIMEOUT_S)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            kept = [each for each in response.getheaders() if each[0].lower() not in _HOP_BY_HOP]
            return response.status, kept, response.read()
        finally:
            connection.close()

    def _fail(self, status: int, message: str) -> None:
        """As the service itself fails, so that programs can read it."""
        body = json.dumps({"__type": "ServiceFault", "Message": message}).encode()
        self.answer(status, [("Content-Type", "application/x-amz-json-1.1")], body)
