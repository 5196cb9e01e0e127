"""``manyhands replay`` from end to end: its own server, real HTTP, the pages people use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def replay(*arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MANYHANDS_")}
    return subprocess.run(
        [sys.executable, "-m", "manyhands.cli", "replay", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env=environment,
        check=False,
    )


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
