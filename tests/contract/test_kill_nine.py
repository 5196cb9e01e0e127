"""kill -9 of everything in the middle of work: what was acknowledged is there, and the books balance."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from manyhands.replay.own_server import environment, two_free_ports, wait_until_ready
from manyhands.server import postgres

WORKERS = 6
HITS = 5_000
# Seeds a group and a task in hand for each worker, in the home of the environment.
SEED = f"""
import json, django
django.setup()
from manyhands.core import tokens
from tests import factories
requester = factories.make_requester(deposit_minor=10**7)
published = factories.publish(requester, {HITS})
held = []
for _ in range({WORKERS}):
    worker = factories.make_worker(auto_accept_next=True)
    accepted = factories.accept(worker, published)
    held.append(tokens.make("assignment", accepted.assignment_id, worker.pk, good_for_s=3600))
print(json.dumps(held))
"""
ACTION = re.compile(r'action="(/a/[^"]+)"')
HANDED_IN = re.compile(r'"submitted":\{"assignmentId":"([0-9A-Z]{30})"')


@contextmanager
def server(home: Path, port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "manyhands.cli", "demo", "--no-crowd", "--no-sandbox", "--port", str(port)],
            env=environment(home), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_ready(process, port, log)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


def everything_of(process: "subprocess.Popen[bytes]", home: Path) -> list[psutil.Process]:
    """The supervisor, all it started, and every PostgreSQL process of the home."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    servers = [
        each for each in psutil.process_iter(["cmdline"]) if str(home) in " ".join(each.info["cmdline"] or [])
    ]
    backends = [child for each in servers for child in each.children(recursive=True)]
    return list({each.pid: each for each in [*family, *servers, *backends]}.values())


def work(origin: str, token: str, acknowledged: list[str], stop: threading.Event) -> None:
    """Submit one task after another and note each that the server said it has."""
    path = f"/a/{token}"
    with httpx.Client(base_url=origin, timeout=10) as client:
        try:
            while not stop.is_set():
                answered = client.post(path, data={"meaning": "a thing"})
                handed_in, following = HANDED_IN.search(answered.text), ACTION.search(answered.text)
                if answered.status_code != 200 or handed_in is None:
                    return
                acknowledged.append(handed_in[1])
                if following is None:
                    return
                path = following[1]
        except httpx.HTTPError:
            return  # killed


@pytest.mark.slow
def test_every_acknowledged_answer_survives_the_sudden_end_of_every_process(tmp_path: Path) -> None:
    home, port, log = tmp_path / "home", two_free_ports(), tmp_path / "log"
    variables = environment(home) | {"DJANGO_SETTINGS_MODULE": "manyhands.config.settings"}
    acknowledged: list[str] = []
    stop = threading.Event()

    with server(home, port, log) as process:
        seeded = subprocess.run(
            [sys.executable, "-c", SEED], env=variables, capture_output=True, text=True, check=False
        )
        assert seeded.returncode == 0, seeded.stderr
        threads = [
            threading.Thread(target=work, args=(f"http://127.0.0.1:{port + 1}", token, acknowledged, stop))
            for token in json.loads(seeded.stdout)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while len(acknowledged) < 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        for each in everything_of(process, home):
            with suppress(ProcessLookupError):  # some end by themselves when their parent is killed
                os.kill(each.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)
    assert len(acknowledged) >= 200
    assert len(set(acknowledged)) == len(acknowledged)

    with server(home, port, log):
        checked = subprocess.run(
            [sys.executable, "-m", "manyhands.cli", "ledger", "check"],
            env=variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout + checked.stderr
        known = subprocess.run(
            [sys.executable, "-c", DECODE], env=variables, input=json.dumps(acknowledged),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        with psycopg.connect(postgres.dsn(home)) as link:
            row = link.execute(
                "SELECT count(*) FROM assignment WHERE id = ANY(%s) AND status = 'submitted'"
                """ AND answer = '[["meaning", "a thing"]]'""",
                (json.loads(known.stdout),),
            ).fetchone()
        assert row == (len(acknowledged),)


DECODE = """
import json, sys, django
django.setup()
from manyhands.core import ids
print(json.dumps([ids.decode("assignment", each) for each in json.load(sys.stdin)]))
"""
