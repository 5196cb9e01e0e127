"""The site and the content origin as real Granian servers, on free ports, on the test's database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import httpx

START_TIMEOUT_S = 60


@dataclass(frozen=True)
class LiveServer:
    """Where the two servers answer; both origins are the ones the settings name."""

    url: str
    content_url: str


@contextmanager
def live() -> Iterator[LiveServer]:
    """Run both servers until the block ends (the content origin once its module exists)."""
    site = os.environ["MANYHANDS_SITE_ORIGIN"]
    content = os.environ["MANYHANDS_CONTENT_ORIGIN"]
    with ExitStack() as stack:
        stack.enter_context(_granian("manyhands.config.wsgi:application", site))
        if find_spec("manyhands.web.content.wsgi"):
            stack.enter_context(_granian("manyhands.web.content.wsgi:application", content))
        yield LiveServer(site, content)


@contextmanager
def _granian(application: str, origin: str) -> Iterator[None]:
    port = str(urlsplit(origin).port)
    log_path = Path(os.environ["MANYHANDS_HOME"]) / f"granian-{port}.log"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1",
               "--blocking-threads", "8", "--host", "127.0.0.1", "--port", port, application]  # fmt: skip
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(origin, process, log_path)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(origin: str, process: "subprocess.Popen[bytes]", log_path: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(origin, timeout=10)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server for {origin} did not start:\n{log_path.read_text()[-2000:]}")
