"""The AWS command line runs a whole study: published, answered by a worker, approved, rewarded."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest

from manyhands.accounts.api_keys import Made
from manyhands.core import ids, tokens
from manyhands.core.ids import HITId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.work.operations import accepting
from tests import factories
from tests.harness.mturk import make_key
from tests.harness.servers import LiveServer

AWS = Path(sys.executable).with_name("aws")


class CommandLine:
    """``aws mturk ...`` with a key in the environment and nothing else of the person who runs the tests."""

    def __init__(self, key: Made, url: str, home: Path) -> None:
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret, "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_MTURK": url, "AWS_MAX_ATTEMPTS": "1",
        }  # fmt: skip

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(AWS), "mturk", *arguments, "--output", "json"],
            env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def __call__(self, *arguments: str) -> Any:
        ran = self.run(*arguments)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout) if ran.stdout.strip() else None


def hand_in(content_url: str, hit_id: str, worker: WorkerId) -> None:
    """Accept the HIT and post the form of its page, as a browser does."""
    taken = accepting.accept_hit(worker_id=worker, hit_id=HITId(ids.decode("hit", hit_id) or 0))
    frame = f"{content_url}/a/{tokens.make('assignment', taken.assignment_id, worker, good_for_s=600)}"
    (form,) = lxml.html.fromstring(httpx.get(frame, timeout=20).content).forms
    action = httpx.URL(frame).join(form.action)
    done = httpx.post(action, data=dict(form.form_values()) | {"meaning": "a thing"}, timeout=20)
    assert done.status_code == 200, done.text


@pytest.mark.slow
def test_a_whole_study(live_server: LiveServer, tmp_path: Path) -> None:
    requester, worker = factories.make_requester(deposit_minor=10_000), factories.make_worker()
    aws = CommandLine(make_key(requester), live_server.url, tmp_path)
    question = tmp_path / "question.xml"
    question.write_text(factories.HTML_QUESTION)

    hit_type = aws(
        "create-hit-type", "--title", "Explain a word", "--description", "Say what it means.",
        "--reward", "0.50", "--assignment-duration-in-seconds", "600", "--keywords", "words",
    )["HITTypeId"]  # fmt: skip
    typed = aws(
        "create-hit-with-hit-type", "--hit-type-id", hit_type, "--lifetime-in-seconds", "3600",
        "--question", f"file://{question}",
    )["HIT"]  # fmt: skip
    assert (typed["HITTypeId"], typed["HITStatus"], typed["Reward"]) == (hit_type, "Assignable", "0.50")
    made = aws(
        "create-hit", "--title", "Explain", "--description", "Say it.", "--reward", "0.20",
        "--assignment-duration-in-seconds", "600", "--lifetime-in-seconds", "3600", "--max-assignments", "1",
        "--question", f"file://{question}",
    )["HIT"]  # fmt: skip

    for hit in (typed, made):
        hand_in(live_server.content_url, hit["HITId"], WorkerId(worker.pk))
    approved = []
    for hit in (typed, made):
        (waiting,) = aws("list-assignments-for-hit", "--hit-id", hit["HITId"])["Assignments"]
        assert waiting["AssignmentStatus"] == "Submitted"
        assert "<FreeText>a thing</FreeText>" in waiting["Answer"]
        aws(
            "approve-assignment", "--assignment-id", waiting["AssignmentId"], "--requester-feedback", "Thanks"
        )
        approved.append(waiting)
    last = approved[-1]
    bonus = (
        "send-bonus", "--worker-id", last["WorkerId"], "--assignment-id", last["AssignmentId"],
        "--bonus-amount", "1.25", "--reason", "Well said", "--unique-request-token", "once",
    )  # fmt: skip
    aws(*bonus)

    assert "already been processed" in aws.run(*bonus).stderr
    assert aws("get-assignment", "--assignment-id", last["AssignmentId"])["Assignment"][
        "AssignmentStatus"
    ] == ("Approved")
    [paid] = aws("list-bonus-payments", "--assignment-id", last["AssignmentId"])["BonusPayments"]
    assert (paid["BonusAmount"], paid["WorkerId"]) == ("1.25", last["WorkerId"])
    assert balance_of(worker.pk).earned_available_minor == 50 + 20 + 125
    assert first_difference() is None
