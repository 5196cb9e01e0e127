"""Notifications of browsers (web push): who asked for them, and sending them through a leased outbox.

Offered where the extra ``manyhands[push]`` is installed. A subscription whose push service answers 404
or 410 is forgotten; other failures are tried again, a few times. The packages of the extra are imported
where they are used, because this module must load without them.
"""

import base64
import json
import logging
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId
from manyhands.messaging import links
from manyhands.messaging.errors import PushNotOffered
from manyhands.messaging.models import PushSubscription
from manyhands.messaging.states import NoticeKind
from manyhands.messaging.words import told

_LOG = logging.getLogger(__name__)

LEASE_S = 120
ATTEMPTS_MAX = 5
# What a push service keeps for a browser that is off: a day, news is old then.
KEPT_S = 86_400
SUBSCRIPTIONS_MAX = 10
_TIMEOUT_S = 10.0
_BODY_MAX = 300
_GONE = frozenset({404, 410})
# The order of P-256, for a private key from a number.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def is_offered() -> bool:
    """Whether the packages that encrypt for browsers are installed."""
    return find_spec("pywebpush") is not None and find_spec("py_vapid") is not None


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    """The installation's key towards push services: made of its secret key, so it lasts as long as that."""
    derived = HKDF(hashes.SHA256(), 48, salt=None, info=b"web push").derive(settings.SECRET_KEY.encode())
    return ec.derive_private_key(int.from_bytes(derived, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """What a browser subscribes with (``applicationServerKey``), in base64url."""
    raw = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


# Subscriptions -------------------------------------------------------------------------------

# An endpoint is a browser: whoever logs in there last is told. The oldest of too many go.
_SUBSCRIBE = """
WITH kept AS (
    INSERT INTO push_subscription (account_id, endpoint, p256dh, auth)
    VALUES (%(account_id)s, %(endpoint)s, %(p256dh)s, %(auth)s)
        ON CONFLICT (endpoint) DO UPDATE
       SET account_id = excluded.account_id, p256dh = excluded.p256dh, auth = excluded.auth
 RETURNING id
)
DELETE FROM push_subscription
 WHERE account_id = %(account_id)s
   AND id IN (SELECT id FROM push_subscription WHERE account_id = %(account_id)s
               ORDER BY id DESC OFFSET %(most)s - 1)
   AND id NOT IN (SELECT id FROM kept)
"""


def subscribe(*, account_id: AccountId, endpoint: str, p256dh: str, auth: str) -> None:
    """Remember a browser that asked to be told. Raises PushNotOffered, InvalidInput."""
    if not is_offered():
        raise PushNotOffered
    if not _is_push_service(endpoint) or len(p256dh) > 100 or len(auth) > 40 or not _is_point(p256dh, auth):
        raise InvalidInput({"subscription": gettext("This is not a subscription of a known push service.")})
    db.run(
        _SUBSCRIBE,
        account_id=account_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        most=SUBSCRIPTIONS_MAX,
    )


def unsubscribe(*, account_id: AccountId, endpoint: str) -> None:
    """Forget a browser of this account; an unknown one is forgotten already."""
    PushSubscription.objects.filter(account_id=account_id, endpoint=endpoint).delete()


def _is_push_service(endpoint: str) -> bool:
    """Whether we would send there: our own server must not be talked into calling just any address."""
    try:
        url = urlsplit(endpoint)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    is_named = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_HOSTS)
    is_loopback = host == "127.0.0.1"  # only where the operator names it: tests do
    is_safe = (url.scheme == "https" and port in {None, 443}) or (url.scheme == "http" and is_loopback)
    return is_named and is_safe and url.username is None and len(endpoint) <= 1_000


def _is_point(p256dh: str, auth: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Sending -------------------------------------------------------------------------------------

_LEASE = """
UPDATE push_message
   SET leased_until = now() + make_interval(secs => %(lease_s)s), attempts = push_message.attempts + 1
  FROM push_subscription, notice, account
 WHERE push_message.id = (SELECT id FROM push_message
                           WHERE leased_until IS NULL OR leased_until < now()
                           ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
   AND push_subscription.id = push_message.subscription_id
   AND notice.id = push_message.notice_id
   AND account.id = push_subscription.account_id
RETURNING push_message.id, push_message.attempts, push_subscription.id, push_subscription.endpoint,
          push_subscription.p256dh, push_subscription.auth, account.language,
          notice.account_id = account.id, notice.id, notice.side, notice.kind, notice.facts,
          (SELECT subject FROM thread WHERE thread.id = notice.thread_id),
          (SELECT words FROM thread_message WHERE thread_message.thread_id = notice.thread_id
             AND thread_message.author_id <> notice.account_id ORDER BY thread_message.id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class _Leased:
    id: int
    attempts: int
    subscription_id: int
    endpoint: str
    p256dh: str
    auth: str
    language: str
    is_theirs: bool
    notice_id: int
    side: str
    kind: NoticeKind
    facts: dict[str, Any]
    subject: str | None
    words: str | None


def send_due(*, limit: int = 100) -> int:
    """Send waiting notifications, with no transaction open meanwhile; how many were taken by their service.

    At most once after it was accepted; a kill between acceptance and noting it shows it again under the
    same tag, which browsers show once.
    """
    sent = 0
    if not is_offered():
        return sent
    with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
        for _ in range(limit):
            message = db.one_or_none(_Leased, _LEASE, lease_s=LEASE_S)
            if message is None:
                break
            sent += _send(client, message)
    return sent


def _send(client: httpx.Client, message: _Leased) -> int:
    # A browser that changed hands is not told what was for another person.
    if not message.is_theirs or not _is_push_service(message.endpoint):
        _drop(message)
        return 0
    try:
        status = _post(client, message)
    except httpx.HTTPError as failure:
        _LOG.warning("Push %s did not reach its service: %s", message.id, failure)
        status = 0
    if status in _GONE:
        db.run("DELETE FROM push_message WHERE subscription_id = %(id)s", id=message.subscription_id)
        db.run("DELETE FROM push_subscription WHERE id = %(id)s", id=message.subscription_id)
        return 0
    is_taken = 200 <= status < 300
    # Refused for good (too large, wrong keys) or too often: another try would not help.
    if is_taken or (400 <= status < 500 and status != 429) or message.attempts >= ATTEMPTS_MAX:
        _drop(message)
    return int(is_taken)


def _drop(message: _Leased) -> None:
    db.run("DELETE FROM push_message WHERE id = %(id)s", id=message.id)


def payload(message: _Leased) -> dict[str, str]:
    """What the service worker gets, in the reader's language: title, body, url and a tag."""
    with translation.override(message.language):
        if message.subject is not None:
            title, body = message.subject, message.words or ""
        else:
            notice = told(message.kind, message.facts)
            title, body = notice.title, notice.quote or notice.text
    return {
        "title": title[:_BODY_MAX],
        "body": body[:_BODY_MAX],
        "url": links.entry(message.notice_id, message.side),
        "tag": f"notice-{message.notice_id}",
    }


def _post(client: httpx.Client, message: _Leased) -> int:
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    keys = {"p256dh": message.p256dh, "auth": message.auth}
    pusher = WebPusher({"endpoint": message.endpoint, "keys": keys})
    encoded = pusher.encode(json.dumps(payload(message)).encode(), content_encoding="aes128gcm")
    service = urlsplit(message.endpoint)
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    claims = {"aud": f"{service.scheme}://{service.netloc}", "sub": f"mailto:{contact}"}
    headers = {
        **Vapid02(private_key=_key(), conf={"no-strict": True}).sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
    }
    return client.post(message.endpoint, content=encoded["body"], headers=headers).status_code
