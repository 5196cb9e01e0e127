"""The environment every test process runs in, set before Django's settings are read.

One home and one PostgreSQL per run; with xdist each worker has a database of its own in it.
"""

import os
import socket
import tempfile
from pathlib import Path

_HOME = "MANYHANDS_TEST_HOME"  # the controller of xdist hands its folder to its workers by this


def home() -> Path:
    return Path(os.environ[_HOME])


def database_name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def database_url(name: str) -> str:
    from manyhands.config.database import socket_folder

    return f"postgresql://postgres@/{name}?host={socket_folder(home())}"


def prepare() -> None:
    """Set every variable; nothing of the person's own environment decides a test."""
    if _HOME not in os.environ:
        # Short, because the path of a socket is; removed when the run ends.
        os.environ[_HOME] = tempfile.mkdtemp(prefix="mh-test-")
    for name in [name for name in os.environ if name.startswith(("MANYHANDS_", "PG")) and name != _HOME]:
        del os.environ[name]
    site, content = _free_ports(2)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "manyhands.config.settings",
        "MANYHANDS_HOME": str(home()),
        "MANYHANDS_SECRET_KEY": "a key for tests only, the same in every process of a run",
        "MANYHANDS_SITE_ORIGIN": f"http://localhost:{site}",
        "MANYHANDS_CONTENT_ORIGIN": f"http://localhost:{content}",
        "DATABASE_URL": database_url(database_name()),
        # Playwright runs an event loop in the test's own thread, where tests use the ORM on purpose.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
