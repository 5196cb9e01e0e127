"""Sending what is on its way to requesters: at least once each, and for one HIT in order.

A delivery is leased before it is sent and marked afterwards, with no transaction open meanwhile. Whoever
is killed in between leaves a lease that runs out; the document then goes again under the same id. What
fails is tried again later and later for a day and then parked; a receiver that is away altogether rests,
with everything that waits for it, so that it costs nobody else's time.
"""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext

from manyhands.core import db, ids, sql
from manyhands.core.secrets import NotReadable
from manyhands.messaging import aws_queues, webhooks
from manyhands.messaging.event_documents import Event, document, document_id
from manyhands.messaging.models import MailMessage
from manyhands.messaging.states import EventType, Transport
from manyhands.messaging.webhooks import NotCalled

_LOG = logging.getLogger(__name__)
_LEASE = sql.load("manyhands.messaging", "lease_event")

# Longer than any call takes.
LEASE_S = 60
# Under way at once: in all, and to one receiver.
THREADS = 8
AT_ONCE = 4
# Between attempts: doubled each time, up to an hour; a receiver that is away rests at most so long.
FIRST_WAIT_S = 5
WAIT_MAX_S = 3_600
REST_MAX_S = 300
TRIED_FOR_S = 86_400
KEPT_DAYS = 30
# A run ends then, and the next one takes over.
RUN_S = 45.0

_IS_ANY_DUE = """
SELECT EXISTS (SELECT FROM event_delivery
                WHERE delivered_at IS NULL AND parked_at IS NULL AND next_at <= now())
"""
_DELIVERED = """
WITH delivered AS (
    UPDATE event_delivery SET delivered_at = now(), leased_until = NULL, last_error = ''
     WHERE id = %(id)s
)
UPDATE event_subscription SET failures = 0, resting_until = NULL
 WHERE id = %(subscription_id)s AND failures > 0
"""
_FAILED = """
WITH failed AS (
    UPDATE event_delivery
       SET leased_until = NULL,
           last_error = %(why)s,
           next_at = now() + make_interval(secs => %(wait_s)s),
           parked_at = CASE WHEN now() - due_since >= make_interval(secs => %(tried_for_s)s) THEN now() END
     WHERE id = %(id)s AND attempts = %(attempts)s AND delivered_at IS NULL
)
UPDATE event_subscription
   SET failures = least(failures + 1, 100),
       resting_until = now() + make_interval(
           secs => least(%(rest_max_s)s, %(first_wait_s)s * power(2, least(failures, 20))))
 WHERE id = %(subscription_id)s AND %(is_away)s
"""
# What nobody could try, because the receiver rests or is switched off, is given up after the same time.
_PARK = """
UPDATE event_delivery SET parked_at = now()
 WHERE delivered_at IS NULL AND parked_at IS NULL AND leased_until IS NULL
   AND due_since < now() - make_interval(secs => %(tried_for_s)s) AND next_at < now()
"""
_FORGET = """
DELETE FROM event_delivery
 WHERE coalesce(delivered_at, parked_at) < now() - make_interval(days => %(days)s)
"""


@dataclass(frozen=True, slots=True)
class _Leased:
    id: int
    attempts: int
    source: str
    event_id: int
    event_type: str
    happened_at: datetime
    hit_id: int
    hit_type_id: int
    assignment_id: int | None
    worker_id: int | None
    subscription_id: int
    requester_id: int
    transport: str
    destination: str
    version: str
    secret: bytes | None

    def event(self) -> Event:
        return Event(
            key=f"{self.source}/{self.event_id}",
            requester_id=self.requester_id,
            type=EventType(self.event_type),
            at=self.happened_at,
            hit_id=ids.encode("hit", self.hit_id),
            hit_type_id=ids.encode("hit_type", self.hit_type_id),
            assignment_id=ids.encode("assignment", self.assignment_id) if self.assignment_id else None,
            worker_id=ids.encode_account(self.worker_id) if self.worker_id else None,
        )


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a document goes. ``secret`` as it is kept."""

    transport: Transport
    destination: str
    version: str
    secret: bytes | None = None


def deliver_due(*, threads: int = 1, run_s: float = RUN_S) -> int:
    """Send what is due until nothing is left or the time is up; how many documents were taken."""
    end = time.monotonic() + run_s
    if threads == 1:
        return _deliver_until(end)
    if not db.one(bool, _IS_ANY_DUE):
        return 0  # the threads would each connect to find that out
    with ThreadPoolExecutor(threads, "events") as pool:
        return sum(pool.map(_deliver_in_thread, [end] * threads))


def _deliver_in_thread(end: float) -> int:
    try:
        return _deliver_until(end)
    finally:
        connection.close()


def _deliver_until(end: float) -> int:
    taken = 0
    while time.monotonic() < end:
        leased = db.one_or_none(_Leased, _LEASE, lease_s=LEASE_S, at_once=AT_ONCE)
        if leased is None:
            break
        taken += _deliver(leased)
    return taken


def _deliver(leased: _Leased) -> bool:
    receiver = Receiver(Transport(leased.transport), leased.destination, leased.version, leased.secret)
    try:
        # Mail is a row of ours, so there sending and marking are one transaction.
        with transaction.atomic() if receiver.transport == Transport.EMAIL else nullcontext():
            send(leased.event(), receiver)
            db.run(_DELIVERED, id=leased.id, subscription_id=leased.subscription_id)
    except NotCalled as refusal:
        _LOG.info("Event delivery %s failed: %s", leased.id, refusal)
        db.run(
            _FAILED,
            id=leased.id,
            attempts=leased.attempts,
            subscription_id=leased.subscription_id,
            why=str(refusal)[:300],
            is_away=refusal.is_away,
            wait_s=min(WAIT_MAX_S, FIRST_WAIT_S * 2 ** min(leased.attempts - 1, 20)),
            first_wait_s=FIRST_WAIT_S,
            rest_max_s=REST_MAX_S,
            tried_for_s=TRIED_FOR_S,
        )
        return False
    return True


def send(event: Event, receiver: Receiver) -> None:
    """Hand an event's document to its receiver. Raises NotCalled."""
    text = document(event, receiver.version)
    if receiver.transport == Transport.EMAIL:
        _mail(event, receiver.destination, text)
    elif receiver.transport == Transport.WEBHOOK:
        call = webhooks.Call(
            url=receiver.destination,
            id=f"msg_{document_id(event)}",
            body=text.encode(),
            sent_at=int(time.time()),
            secret=receiver.secret,
        )
        try:
            webhooks.post(call)
        except NotReadable:
            raise NotCalled(
                gettext("The secret of this webhook cannot be read any more: make a new one.")
            ) from None
    else:
        aws_queues.send(receiver.transport, receiver.destination, text)


def _mail(event: Event, recipient: str, text: str) -> None:
    body = json.dumps(json.loads(text), indent=2)
    MailMessage.objects.create(
        recipient=recipient.lower(),
        sender=settings.DEFAULT_FROM_EMAIL[:254],
        subject=f"{event.type.value}: HIT {event.hit_id}",
        body=f"{body}\n",
        headers={"Auto-Submitted": "auto-generated"},
    )


def park_overdue() -> int:
    """Give up what could not even be tried for a day; how many."""
    return db.run(_PARK, tried_for_s=TRIED_FOR_S)


def forget_old() -> int:
    """Delete what was delivered or given up a month ago; how many."""
    return db.run(_FORGET, days=KEPT_DAYS)
