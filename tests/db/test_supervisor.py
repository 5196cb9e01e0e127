"""The supervisor, run as a program of its own with small programs to look after."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from manyhands.server import ports

TIMEOUT_S = 30
# Two programs: a server with a worker process of its own, and one that can be made to crash.
SCRIPT = """
import sys
from pathlib import Path
from manyhands.server import supervisor
from manyhands.server.child import Program

home = Path(sys.argv[1])
parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
counting = f"import time; open({str(home / 'starts')!r}, 'a').write('x'); time.sleep(600)"
# Fails at first, as a set-up whose database does not answer yet.
setup = f"import sys, pathlib; p = pathlib.Path({str(home / 'set-ups')!r}); n = p.exists() and p.read_text() or ''; " \
        "p.write_text(n + 'x'); sys.exit(not n)"
second = f"import time, pathlib; pathlib.Path({str(home / 'second')!r}).write_text(" \
         f"pathlib.Path({str(home / 'set-ups')!r}).read_text()); time.sleep(600)"
sys.exit(supervisor.run(
    home=home, check=lambda: None, prepare=lambda: (home / "prepared").touch(),
    programs=[Program("parent", (sys.executable, "-c", parent)),
              Program("counting", (sys.executable, "-c", counting))],
    is_ready=(home / "starts").exists, on_ready=lambda: (home / "ready").touch(),
    follow_up=[Program("setup", (sys.executable, "-c", setup), once=True),
               Program("second", (sys.executable, "-c", second))] if sys.argv[3:] else [],
    embedded_database=sys.argv[2] == "database",
))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mh-sv-") as folder:
        yield Path(folder)


@pytest.fixture
def supervisor(home: Path) -> Iterator[Callable[..., psutil.Process]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(database: str = "none", *more: str) -> psutil.Process:
        started.append(subprocess.Popen([sys.executable, "-c", SCRIPT, str(home), database, *more]))
        _until((home / "ready").exists)
        return psutil.Process(started[-1].pid)

    yield start
    for process in started:
        process.kill()
        process.wait()


def _alive(process: psutil.Process) -> bool:
    """A zombie is gone: its end waits to be noted by the container's first process, not by ours."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_stop_leaves_no_process_behind(
    supervisor: Callable[..., psutil.Process], signal_: signal.Signals
) -> None:
    process = supervisor("database")
    family = process.children(recursive=True)
    assert len(family) > 3
    process.send_signal(signal_)
    assert process.wait(TIMEOUT_S) == 0
    assert not [member for member in family if _alive(member)]


def test_children_and_database_die_with_a_killed_supervisor(
    supervisor: Callable[..., psutil.Process],
) -> None:
    process = supervisor("database")
    own = process.children()
    process.kill()
    _until(lambda: not [member for member in own if _alive(member)])


def test_a_crashed_program_is_started_again(supervisor: Callable[..., psutil.Process], home: Path) -> None:
    process = supervisor()
    counting = next(child for child in process.children() if "starts" in " ".join(child.cmdline()))
    counting.kill()
    _until(lambda: len((home / "starts").read_text()) == 2)


def test_the_second_environment_begins_after_its_set_up_and_ends_with_the_rest(
    supervisor: Callable[..., psutil.Process], home: Path
) -> None:
    process = supervisor("none", "follow up")
    _until(lambda: (home / "second").exists() and bool((home / "second").read_text()))
    # Run again after it failed, and no more once it was done.
    assert (home / "second").read_text() == "xx"
    family = process.children(recursive=True)
    assert any("second" in " ".join(child.cmdline()) for child in family)
    time.sleep(1)
    assert (home / "set-ups").read_text() == "xx"
    process.send_signal(signal.SIGINT)
    assert process.wait(TIMEOUT_S) == 0
    assert not [member for member in family if _alive(member)]


def test_a_second_supervisor_of_a_home_is_refused(
    supervisor: Callable[..., psutil.Process], home: Path
) -> None:
    supervisor()
    second = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home), "none"], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "already running" in second.stderr


def test_a_taken_port_is_told_with_its_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ports.PortIsTaken, match=f"Port {port} is taken by another program. Try 8100."):
            ports.check_free("127.0.0.1", port, remedy="Try 8100.")


def test_the_demo_started_twice_says_what_is_wrong(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = {**os.environ, "MANYHANDS_HOME": str(home), "PORT": port}
        ran = subprocess.run(
            [sys.executable, "-m", "manyhands.cli", "demo"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stdout) == (1, "")
    says = f"Port {port} is taken by another program."
    assert ran.stderr == f"{says} Stop that program, or choose another port: PORT=8100 make demo\n"
