"""A demo server of the replay's own: a home that is thrown away, on free ports of this machine."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from manyhands.replay.browser import ReplayFailed
from manyhands.server.postgres import die_with_parent

START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class OwnServer:
    """``url`` is the site; its content origin is on the next port."""

    url: str
    home: Path

    def ledger_is_ok(self) -> bool:
        """What ``manyhands ledger check`` says of this home, as an operator would ask."""
        check = subprocess.run(
            [sys.executable, "-m", "manyhands.cli", "ledger", "check"],
            env=environment(self.home),
            stdout=sys.stderr,
            check=False,
        )
        return check.returncode == 0


@contextmanager
def running() -> Iterator[OwnServer]:
    """Start it, and leave neither process nor file behind. Raises ReplayFailed."""
    with tempfile.TemporaryDirectory(prefix="manyhands-replay-") as folder:
        home, port = Path(folder) / "home", two_free_ports()
        log_path = Path(folder) / "server.log"
        with log_path.open("wb") as log:
            server = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "manyhands.cli",
                    "demo",
                    "--no-crowd",
                    "--no-sandbox",
                    "--port",
                    str(port),
                ],
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches it through us, after we have let go of it
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )
        try:
            wait_until_ready(server, port, log_path)
            yield OwnServer(f"http://localhost:{port}", home)
        finally:
            server.terminate()
            try:
                server.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {"MANYHANDS_HOME": str(home), "MANYHANDS_DEMO": "1", "PYTHONUNBUFFERED": "1"}


def wait_until_ready(server: "subprocess.Popen[bytes]", port: int, log_path: Path) -> None:
    from manyhands.server.readiness import answers

    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        if answers("127.0.0.1", port) and answers("127.0.0.1", port + 1):
            return
        time.sleep(0.1)
    raise ReplayFailed(f"The replay's own server did not start:\n{log_path.read_text()[-3000:]}")


def two_free_ports() -> int:
    """The first of two neighbouring ports nobody listens on."""
    for _attempt in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise ReplayFailed("No two neighbouring ports are free on this machine.")
