"""Which ports are free: asked before anything starts, so that the answer is one sentence."""

import socket

from manyhands.server.errors import CannotStart


class PortIsTaken(CannotStart):
    """Another program listens on a port we need."""


def check_free(host: str, port: int, *, remedy: str) -> None:
    """Raise PortIsTaken, ending in ``remedy``, when nothing of ours could listen there."""
    if not 0 < port < 65536:
        raise CannotStart(f"{port} is not the number of a port. {remedy}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: a port in the last minute of a closed connection counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise PortIsTaken(f"Port {port} may not be used by an ordinary user. {remedy}") from None
        except OSError:
            raise PortIsTaken(f"Port {port} is taken by another program. {remedy}") from None
