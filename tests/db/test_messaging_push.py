"""Web push: encrypted for the browser, sent once, forgotten when gone; only to services that are named."""

import base64
import http.server
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import override_settings

from manyhands.accounts.models import Account
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId
from manyhands.messaging import notices, push
from manyhands.messaging.models import PushMessage, PushSubscription
from manyhands.messaging.operations import Choice, set_choices
from manyhands.messaging.states import MailChoice, NoticeKind
from tests import factories
from tests.conftest import Database

pytestmark = pytest.mark.skipif(not push.is_offered(), reason="the extra 'push' is not installed")


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Service:
    """A push service on this machine: answers ``status``, keeps what it got."""

    url: str = ""
    status: int = 201
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/send/one"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with override_settings(PUSH_HOSTS=["127.0.0.1"]):
        yield made
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Browser:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        return b64(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def keys(self) -> dict[str, str]:
        return {"p256dh": self.p256dh, "auth": b64(self.auth)}

    def read(self, body: bytes) -> dict[str, str]:
        import http_ece

        text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(text))


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker()


def subscribe(account: Account, browser: Browser, url: str) -> None:
    push.subscribe(account_id=AccountId(account.pk), endpoint=url, **browser.keys())


def tell(account: Account) -> None:
    notices.tell_one(NoticeKind.PAYMENT, AccountId(account.pk), outcome="bonus", amount_minor=25)


def test_a_notice_reaches_the_browser_encrypted_and_once(worker: Account, service: Service) -> None:
    browser = Browser()
    subscribe(worker, browser, service.url)
    tell(worker)

    assert push.send_due() == 1
    assert push.send_due() == 0

    ((headers, body),) = service.got
    assert b"bonus" not in body
    said = browser.read(body)
    assert said["title"] == "You received a bonus of $0.25"
    assert said["url"].startswith("/messages/3")
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert f"k={push.public_key()}" in headers["authorization"]
    assert PushMessage.objects.count() == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(worker: Account, service: Service, status: int) -> None:
    subscribe(worker, Browser(), service.url)
    service.status = status
    tell(worker)
    tell(worker)

    assert push.send_due() == 0
    assert len(service.got) == 1
    assert PushSubscription.objects.count() == 0
    tell(worker)
    assert PushMessage.objects.count() == 0


def test_a_failing_service_is_tried_a_few_times_and_no_more(worker: Account, service: Service) -> None:
    subscribe(worker, Browser(), service.url)
    service.status = 503
    tell(worker)
    for _ in range(push.ATTEMPTS_MAX + 2):
        push.send_due()
        PushMessage.objects.update(leased_until=None)
    assert len(service.got) == push.ATTEMPTS_MAX
    assert PushMessage.objects.count() == 0
    assert PushSubscription.objects.count() == 1


def test_a_kind_without_the_browser_and_a_browser_that_changed_hands_are_not_told(
    worker: Account, service: Service
) -> None:
    choice = Choice(NoticeKind.PAYMENT, MailChoice.NOW, False)
    set_choices(account_id=AccountId(worker.pk), mail_on=True, choices=[choice])
    subscribe(worker, Browser(), service.url)
    tell(worker)
    assert PushMessage.objects.count() == 0

    other, browser = factories.make_worker(), Browser()
    subscribe(other, Browser(), service.url)
    tell(other)
    subscribe(worker, browser, service.url)
    assert push.send_due() == 0
    assert service.got == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest",
        "https://localhost/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://a@fcm.googleapis.com/x",
        "https://googleapis.com.evil.test/x",
        "https://evilgoogleapis.com/x",
        "file:///etc/passwd",
        "https://[bad/x",
        "https://fcm.googleapis.com/" + "x" * 1_000,
        "",
    ],
)
def test_only_named_push_services_are_ever_called(worker: Account, endpoint: str) -> None:
    with pytest.raises(InvalidInput):
        push.subscribe(account_id=AccountId(worker.pk), endpoint=endpoint, **Browser().keys())
    assert PushSubscription.objects.count() == 0


def test_the_endpoints_subscribe_and_forget(client: Any, worker: Account) -> None:
    browser, ana = Browser(), client(worker)
    body = {"endpoint": "https://fcm.googleapis.com/fcm/send/abc", "keys": browser.keys()}

    def send(method: str, value: object) -> int:
        return int(
            getattr(ana, method)(
                "/messages/push", json.dumps(value), content_type="application/json"
            ).status_code
        )

    assert ana.get("/messages/push").json() == {"offered": True, "key": push.public_key()}
    assert send("post", body) == 201
    assert send("post", body) == 201
    assert PushSubscription.objects.get().account_id == worker.pk
    assert client(factories.make_worker()).delete(
        "/messages/push", json.dumps(body), content_type="application/json"
    ).status_code == 204  # fmt: skip
    assert PushSubscription.objects.count() == 1, "another's is not forgotten"
    for wrong in (None, [], {}, {"endpoint": 1}, {"endpoint": "x", "keys": []}, {**body, "keys": {}}):
        assert send("post", wrong) == 422, wrong
    assert send("delete", body) == 204
    assert PushSubscription.objects.count() == 0
    signed_out = client().post("/messages/push", json.dumps(body), content_type="application/json")
    assert signed_out.status_code == 401


def test_a_person_has_ten_browsers_at_most(worker: Account) -> None:
    for number in range(push.SUBSCRIPTIONS_MAX + 3):
        subscribe(worker, Browser(), f"https://fcm.googleapis.com/fcm/send/{number}")
    kept = PushSubscription.objects.order_by("id").values_list("endpoint", flat=True)
    assert len(kept) == push.SUBSCRIPTIONS_MAX
    assert kept[0].endswith("/3")
