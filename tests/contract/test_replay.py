"""``manyhands replay`` from end to end: its own server, real HTTP, the pages people use."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from manyhands.replay import own_server
from manyhands.server import postgres
from manyhands.server.readiness import answers

pytestmark = pytest.mark.slow

TEXTS = {
    "answers.csv": "task,worker,label\n"
    + "".join(
        f"t{n},w{m},{words}\n"
        for n, answers in enumerate([("the cat", "The cat.", "a dog"), ("rain", "Rain!", "$5 & <b>")])
        for m, words in enumerate(answers)
    ),
    "gold.csv": "task,label\nt0,the cat\nt1,rain\n",
    "items.csv": "task,picture words\nt0,猫 ${task}\nt1,雨\n",
    "meta.json": '{"kind": "text", "question": "What is it?", "source": "us", "licence": "CC0"}',
}


MANYHANDS = [sys.executable, "-m", "manyhands.cli"]


def clean_environment(home: Path | None = None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MANYHANDS_") and name != "DATABASE_URL"
    }
    return kept | ({"MANYHANDS_HOME": str(home)} if home else {})


def manyhands(
    *arguments: str, home: Path | None = None, timeout_s: float = 300
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MANYHANDS, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env=clean_environment(home),
        check=False,
    )


def replay(*arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    return manyhands("replay", *arguments, timeout_s=timeout_s)


@contextlib.contextmanager
def demo(home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    with (home / "demo.log").open("ab") as log:
        server = subprocess.Popen(
            [*MANYHANDS, "demo", "--no-crowd", "--port", str(port)],
            stdout=log,
            stderr=log,
            env=clean_environment(home),
        )
    try:
        wait_until(lambda: answers("127.0.0.1", port) and answers("127.0.0.1", port + 1))
        yield server
    finally:
        server.terminate()
        server.wait(60)


def wait_until(condition: Callable[[], bool], within_s: float = 120) -> None:
    give_up_at = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.2)


def submitted(home: Path) -> int:
    with psycopg.connect(postgres.dsn(home)) as connection:
        row = connection.execute("SELECT count(*) FROM assignment WHERE status = 'submitted'").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.feature("W-13", "W-14", "W-15")
def test_recorded_workers_are_paid_once_each_and_the_books_balance() -> None:
    done = replay("rte", "--limit", "12", "--workers-at-once", "3")

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (outcome["set"], outcome["tasks"], outcome["answers"]) == ("rte", 12, 120)
    assert outcome["ledger_ok"] is True
    assert (outcome["money_paid"], outcome["fees"]) == ("6.00", "1.20")
    assert outcome["majority_vote_accuracy"] >= 0.8
    assert outcome["dawid_skene_accuracy"] >= 0.8
    assert outcome["seconds"] > 0
    assert "Answers: 120 of 120" in done.stderr


def test_a_folder_of_free_text_is_replayed_and_its_text_arrives_unharmed(tmp_path: Path) -> None:
    for name, content in TEXTS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")

    done = replay(str(tmp_path))

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (outcome["tasks"], outcome["answers"], outcome["workers"]) == (2, 6, 3)
    assert outcome["majority_vote_accuracy"] == 1.0
    assert outcome["ledger_ok"] is True


def test_kill_9_of_everything_in_the_middle_loses_no_submission_and_no_cent(tmp_path: Path) -> None:
    port = own_server.two_free_ports()
    with demo(tmp_path, port) as first:
        replaying = subprocess.Popen(
            [*MANYHANDS, "replay", "rte", "--limit", "20", "--url", f"http://localhost:{port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        wait_until(lambda: submitted(tmp_path) >= 60)
        everything = [*psutil.Process(first.pid).children(recursive=True), psutil.Process(first.pid)]
        for process in everything:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everything, 30)
    with demo(tmp_path, port):
        output, errors = replaying.communicate(timeout=300)
        ledger = manyhands("ledger", "check", home=tmp_path)

    assert replaying.returncode == 0, errors
    outcome = json.loads(output.splitlines()[-1])
    assert outcome["answers"] == 200
    assert (outcome["money_paid"], outcome["fees"]) == ("10.00", "2.00")
    assert ledger.returncode == 0, ledger.stdout


@pytest.mark.parametrize("address", ["https://example.org", "http://192.168.0.10:8000"])
def test_a_replay_talks_to_this_machine_only(address: str) -> None:
    done = replay("rte", "--url", address, timeout_s=30)
    assert done.returncode == 1
    assert "is not this machine" in done.stderr
    assert done.stdout == ""


def test_a_set_that_is_not_there_is_refused_before_anything_starts() -> None:
    done = replay("no-such-set", timeout_s=30)
    assert done.returncode == 1
    assert "neither a folder nor one of the sets" in done.stderr
    assert "Traceback" not in done.stderr
