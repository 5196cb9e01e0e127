"""A small load generator: one thread, many keep-alive connections, each its own chain of requests.

A chain is a function from the last response's body to the next request's bytes, so that every
submission carries the token of the task the last response brought.
"""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

Chain = Callable[[bytes], bytes | None]


@dataclass
class _Connection:
    socket: socket.socket
    chain: Chain
    buffer: bytearray
    expected: int = -1


def run(host: str, port: int, chains: list[Chain], *, run_s: float = 60, responses: int = 10**9) -> float:
    """Responses per second, over ``run_s`` seconds or so many responses; stops at one that is not 200."""
    selector = selectors.DefaultSelector()
    for chain in chains:
        link = socket.create_connection((host, port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(link, chain, bytearray())
        selector.register(link, selectors.EVENT_READ, connection)
        link.sendall(chain(b"") or b"")
    start = time.perf_counter()
    done = 0
    while (now := time.perf_counter()) < start + run_s and done < responses:
        for key, _ in selector.select(timeout=1):
            done += _read(selector, key.data)
    # What is under way would be done after the caller has looked at the database.
    while selector.get_map():
        for key, _ in selector.select(timeout=1):
            _read(selector, key.data, is_last=True)
    selector.close()
    return done / (now - start)


def _read(selector: selectors.BaseSelector, connection: _Connection, *, is_last: bool = False) -> int:
    piece = connection.socket.recv(262_144)
    if not piece:
        raise SystemExit("the server closed a connection")
    connection.buffer += piece
    if connection.expected < 0:
        end = connection.buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = bytes(connection.buffer[:end]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"not 200: {bytes(connection.buffer)!r}")
        length = head.split(b"content-length:")[1].split(b"\r\n")[0]
        connection.expected = end + 4 + int(length)
    if len(connection.buffer) < connection.expected:
        return 0
    body = bytes(connection.buffer)
    connection.buffer.clear()
    connection.expected = -1
    request = None if is_last else connection.chain(body)
    if request is None:
        selector.unregister(connection.socket)
        connection.socket.close()
    else:
        connection.socket.sendall(request)
    return 1


def post(path: bytes, form: bytes, *, host: bytes = b"127.0.0.1") -> bytes:
    return (
        b"POST " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: " + str(len(form)).encode() + b"\r\n\r\n" + form
    )  # fmt: skip


def get(path: bytes, *, host: bytes = b"127.0.0.1", headers: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n"
