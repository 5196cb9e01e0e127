"""The embedded server makes good whatever a ``kill -9`` leaves behind."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from manyhands.server import lock, postgres
from manyhands.server.errors import CannotStart


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mh-pg-") as folder:
        home = Path(folder)
        postgres.start(home, bound_to_caller=True, overrides={"shared_buffers": "32MB"})
        yield home
        postgres.stop(home)


def _postmaster(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "postgres/data/postmaster.pid").read_text().split()[0]))


def _answer(home: Path) -> object:
    with psycopg.connect(postgres.dsn(home)) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    return row and row[0]


def _keep_a_row(home: Path) -> None:
    with psycopg.connect(postgres.dsn(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")


def test_a_second_start_finds_the_first(home: Path) -> None:
    before = _postmaster(home).pid
    postgres.start(home)
    assert _postmaster(home).pid == before


def test_the_server_listens_on_its_socket_only(home: Path) -> None:
    with psycopg.connect(postgres.dsn(home)) as connection:
        shown = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('fsync')"
        ).fetchone()
    assert shown == ("", "on")


def test_what_was_committed_survives_the_postmasters_sudden_end(home: Path) -> None:
    _keep_a_row(home)
    _postmaster(home).kill()
    postgres.start(home, bound_to_caller=True)
    assert _answer(home) == 1


def test_what_was_committed_survives_the_sudden_end_of_every_process(home: Path) -> None:
    _keep_a_row(home)
    postmaster = _postmaster(home)
    every = [postmaster, *postmaster.children()]
    for process in every:
        process.kill()
    psutil.wait_procs(every, timeout=30)  # the kernel takes its time on a busy machine
    assert not postgres.is_running(home)
    postgres.start(home, bound_to_caller=True)
    assert _answer(home) == 1


def test_orphaned_backends_do_not_keep_the_server_from_starting(home: Path) -> None:
    _keep_a_row(home)
    connection = psycopg.connect(postgres.dsn(home))
    # Stopped, so that it cannot notice its postmaster's end and leave by itself.
    os.kill(connection.info.backend_pid, signal.SIGSTOP)
    _postmaster(home).kill()
    postgres.start(home, bound_to_caller=True)
    connection.close()
    assert _answer(home) == 1


def test_a_process_file_with_the_number_of_another_program_is_stale(home: Path) -> None:
    postgres.stop(home)
    (home / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not postgres.is_running(home)
    postgres.start(home, bound_to_caller=True)
    assert postgres.is_running(home)


def test_a_half_made_data_folder_is_made_anew() -> None:
    with tempfile.TemporaryDirectory(prefix="mh-pg-") as folder:
        half = Path(folder) / "postgres" / "data.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        postgres.start(Path(folder), bound_to_caller=True)
        postgres.stop(Path(folder))
        assert not half.exists()


def test_stop_leaves_no_process_behind(home: Path) -> None:
    postmaster = _postmaster(home)
    family = [postmaster, *postmaster.children()]
    postgres.stop(home)
    assert not [process for process in family if process.is_running()]


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    postgres.stop(home)
    with pytest.raises(CannotStart, match="no_such_setting"):
        postgres.start(home, overrides={"no_such_setting": "1"})


def test_a_home_has_one_supervisor(tmp_path: Path) -> None:
    with lock.hold(tmp_path), pytest.raises(lock.HomeIsBusy, match=str(os.getpid())), lock.hold(tmp_path):
        pass
    with lock.hold(tmp_path):
        pass
