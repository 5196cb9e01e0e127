"""Programs with Amazon's addresses written into them: boto3 without any setting but the proxy's two."""

import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from manyhands.mturk.proxy import certificates
from manyhands.mturk.proxy.server import NAMES, PRODUCTION, SANDBOX
from tests import factories
from tests.harness.mturk import make_key
from tests.harness.servers import LiveServer

ASK = """
import boto3, sys
endpoint = {"endpoint_url": sys.argv[1]} if sys.argv[1:] else {}
print(boto3.client("mturk", region_name="us-east-1", **endpoint).get_account_balance()["AvailableBalance"])
"""


class Running:
    """``manyhands mturk-proxy`` in a process of its own, and the two variables it prints."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "manyhands.cli", "mturk-proxy", "--port", "0", *arguments],
            env=os.environ | {"MANYHANDS_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(2)]
        self.variables = dict(line.strip().removeprefix("export ").split("=", 1) for line in lines)
        self.port = int(self.variables["HTTPS_PROXY"].rpartition(":")[2])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        with self.process:
            return self.process.wait(10)


@pytest.fixture
def proxy(live_server: LiveServer, tmp_path: Path) -> Iterator[Running]:
    # Nothing listens on the discard port: the sandbox of this test is down.
    running = Running(tmp_path / "home", "--production", live_server.url, "--sandbox", "http://127.0.0.1:9")
    yield running
    assert running.stop() == 130


def asked(proxy: Running, key_id: str, secret: str, *endpoint: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", **proxy.variables,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", ASK, *endpoint], env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_boto3_without_an_endpoint_gets_its_balance_through_the_proxy(proxy: Running) -> None:
    key = make_key(factories.make_requester(deposit_minor=12_345))
    told = asked(proxy, key.access_key_id, key.secret)
    assert told.stdout == "123.45\n", told.stderr
    wrong = asked(proxy, key.access_key_id, "another")
    assert "signature we calculated does not match" in wrong.stderr


def test_the_sandboxs_address_goes_to_the_sandbox(proxy: Running) -> None:
    key = make_key(factories.make_requester())
    told = asked(proxy, key.access_key_id, key.secret, f"https://{SANDBOX}")
    assert "The server at http://127.0.0.1:9 does not answer" in told.stderr


@pytest.mark.parametrize(
    "target", ["s3.amazonaws.com:443", f"{PRODUCTION}:80", f"{PRODUCTION}.test:443", "x"]
)
def test_every_other_target_is_refused_in_words(proxy: Running, target: str) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as link:
        link.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: link.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 403 ")
    assert f"This proxy leads to {PRODUCTION}:443 and {SANDBOX}:443 only" in answer


def test_it_is_no_proxy_for_plain_requests(proxy: Running) -> None:
    answer = httpx.get(f"http://127.0.0.1:{proxy.port}/")
    assert (answer.status_code, "by CONNECT" in answer.text) == (403, True)


def test_the_key_is_the_owners_and_the_certificates_are_kept(tmp_path: Path) -> None:
    made = certificates.kept_in(tmp_path / "proxy", NAMES)
    assert stat.S_IMODE(made.server.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in made.authority.read_bytes()
    before = made.authority.read_bytes(), made.server.read_bytes()
    assert certificates.kept_in(tmp_path / "proxy", NAMES) == made
    assert (made.authority.read_bytes(), made.server.read_bytes()) == before

    # Half a pair, as after a sudden end: both are made anew.
    made.authority.write_bytes(certificates.kept_in(tmp_path / "other", NAMES).authority.read_bytes())
    certificates.kept_in(tmp_path / "proxy", NAMES)
    context = ssl.create_default_context(cafile=str(made.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    assert shaken(context, made.server, PRODUCTION)
    assert shaken(context, made.server, SANDBOX)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(context, made.server, "s3.amazonaws.com")


def shaken(context: ssl.SSLContext, server: Path, name: str) -> bool:
    """A TLS handshake in memory between a client that trusts the authority and the server."""
    there = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    there.load_cert_chain(str(server))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        context.wrap_bio(down, up, server_hostname=name),
        there.wrap_bio(up, down, server_side=True),
    ]
    done: set[int] = set()
    for _ in range(10):
        for number, side in enumerate(sides):
            try:
                side.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                continue
    return len(done) == 2


def test_nowhere_to_go_is_said(tmp_path: Path) -> None:
    for arguments, words in (([], "Say where requests go"), (["--production", "ftp://x"], "is no address")):
        ran = subprocess.run(
            [sys.executable, "-m", "manyhands.cli", "mturk-proxy", *arguments],
            env=os.environ | {"MANYHANDS_HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 2
        assert re.search(words, ran.stderr)
