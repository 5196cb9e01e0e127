"""Where requesters want to be told of events: set, switched, tested, and what was sent sent again."""

import time
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.accounts.models import Requester
from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, HITTypeId, RequesterId
from manyhands.messaging import aws_queues, event_capture, webhooks
from manyhands.messaging.errors import (
    DestinationNotValid,
    NoNotification,
    NotDelivered,
    NothingToUpdate,
    TooManySubscriptions,
    TooManyTests,
)
from manyhands.messaging.event_delivery import Receiver, send
from manyhands.messaging.event_documents import VERSIONS, sample_event
from manyhands.messaging.models import EventDelivery, EventSubscription
from manyhands.messaging.states import EventType, MadeBy, Transport
from manyhands.messaging.webhooks import NotCalled
from manyhands.work.operations.telling import keep_events

SUBSCRIPTIONS_MAX = 100
TESTS_PER_MINUTE_MAX = 30


@dataclass(frozen=True, slots=True)
class Notification:
    """What is told, and where to (MTurk API, NotificationSpecification)."""

    transport: Transport
    destination: str
    event_types: tuple[EventType, ...]
    version: str = VERSIONS[0]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new subscription. The secret of a webhook is in here once and never again."""

    id: int
    secret: str | None


def set_notification(
    *,
    requester_id: RequesterId,
    hit_type_id: HITTypeId,
    notification: Notification | None = None,
    is_active: bool | None = None,
) -> None:
    """Set or replace what the API tells of a type, or switch it (MTurk API, UpdateNotificationSettings).

    A first one is active unless it is said not to be; a later one stays as it was. Locks the row.
    Raises NothingToUpdate, NotFound, NoNotification, DestinationNotValid, InvalidInput.
    """
    if notification is None and is_active is None:
        raise NothingToUpdate
    if notification is not None:
        _check(requester_id, notification)
    with transaction.atomic():
        # Also tells whether the type is the requester's own.
        keep_events(requester_id=requester_id, hit_type_id=hit_type_id)
        event_capture.begin()
        # Two first calls for one type come one after the other.
        db.run("SELECT FROM hit_type WHERE id = %(id)s FOR NO KEY UPDATE", id=hit_type_id)
        had = EventSubscription.objects.select_for_update().filter(
            hit_type_id=hit_type_id, made_by=MadeBy.API
        )
        row = had.first()
        if row is None:
            if notification is None:
                raise NoNotification
            row = EventSubscription(
                requester_id=requester_id, hit_type_id=hit_type_id, made_by=MadeBy.API, is_active=False
            )
            is_active = is_active is not False
        if notification is not None:
            _fill(row, notification)
        _switch(row, is_active)
        row.save()


def subscribe(
    *, requester_id: RequesterId, notification: Notification, hit_type_id: HITTypeId | None = None
) -> Subscribed:
    """Tell of one type, or of everything one has and will have. Locks the requester, to count.

    Raises NotFound, DestinationNotValid, InvalidInput, TooManySubscriptions.
    """
    _check(requester_id, notification)
    with transaction.atomic():
        Requester.objects.select_for_update(no_key=True).get(pk=requester_id)
        keep_events(requester_id=requester_id, hit_type_id=hit_type_id)
        event_capture.begin()
        mine = EventSubscription.objects.filter(requester_id=requester_id, made_by=MadeBy.SITE)
        if mine.count() >= SUBSCRIPTIONS_MAX:
            raise TooManySubscriptions(max=SUBSCRIPTIONS_MAX)
        row = EventSubscription(
            requester_id=requester_id, hit_type_id=hit_type_id, made_by=MadeBy.SITE, is_active=False
        )
        secret = _fill(row, notification)
        _switch(row, True)
        row.save()
    return Subscribed(row.pk, secret)


def switch(*, requester_id: RequesterId, subscription_id: int, is_active: bool) -> None:
    """Tell again from now on, or no more; what waits goes on waiting for a day. Raises NotFound."""
    with transaction.atomic():
        row = _own(requester_id, subscription_id)
        _switch(row, is_active)
        row.save()


def renew_secret(*, requester_id: RequesterId, subscription_id: int) -> str:
    """Sign with another secret from now on; shown once. Raises NotFound (also where nothing is signed)."""
    with transaction.atomic():
        row = _own(requester_id, subscription_id)
        if row.transport != Transport.WEBHOOK:
            raise NotFound
        secret, row.secret = webhooks.new_secret()
        row.save()
    return secret


def remove(*, requester_id: RequesterId, subscription_id: int) -> None:
    """Forget a subscription and everything sent to it. Raises NotFound."""
    with transaction.atomic():
        _own(requester_id, subscription_id).delete()


# Tests and sending again ----------------------------------------------------------------------


def send_test(
    *,
    requester_id: RequesterId,
    notification: Notification,
    event_type: EventType = EventType.PING,
) -> None:
    """Send an event that never was, at once, whatever types are asked for. Calls out: in no transaction.

    A webhook that is subscribed here is signed with its secret. Raises DestinationNotValid, InvalidInput,
    NotDelivered, TooManyTests.
    """
    _check(requester_id, notification)
    _count_test(requester_id)
    known = EventSubscription.objects.filter(
        requester_id=requester_id, transport=notification.transport, destination=notification.destination
    )
    secret = known.order_by("id").values_list("secret", flat=True).first()
    _send_test(requester_id, event_type, notification, None if secret is None else bytes(secret))


def try_subscription(*, requester_id: RequesterId, subscription_id: int) -> None:
    """Send a test to a subscription as it is. Calls out: in no transaction. Raises as ``send_test``, NotFound."""
    row = EventSubscription.objects.filter(pk=subscription_id, requester_id=requester_id).first()
    if row is None:
        raise NotFound
    _count_test(requester_id)
    notification = Notification(Transport(row.transport), row.destination, (), row.version)
    _send_test(requester_id, EventType.PING, notification, None if row.secret is None else bytes(row.secret))


def replay(*, requester_id: RequesterId, subscription_id: int, delivery_id: int | None = None) -> int:
    """Send one delivery again, delivered or given up, or all that were given up; how many. Raises NotFound."""
    with transaction.atomic():
        _own(requester_id, subscription_id)
        rows = EventDelivery.objects.filter(subscription_id=subscription_id)
        if delivery_id is None:
            rows = rows.filter(parked_at__isnull=False)
        else:
            rows = rows.filter(pk=delivery_id)
            if not rows.exists():
                raise NotFound
            rows = rows.filter(Q(parked_at__isnull=False) | Q(delivered_at__isnull=False) | Q(attempts__gt=0))
        now = timezone.now()
        count = rows.update(
            delivered_at=None, parked_at=None, attempts=0, due_since=now, next_at=now, last_error=""
        )
        if count:
            EventSubscription.objects.filter(pk=subscription_id).update(failures=0, resting_until=None)
    return count


def _send_test(
    requester_id: RequesterId, event_type: EventType, to: Notification, secret: bytes | None
) -> None:
    receiver = Receiver(to.transport, to.destination, to.version, secret)
    try:
        send(sample_event(requester_id, event_type, timezone.now()), receiver)
    except NotCalled as refusal:
        raise NotDelivered(why=str(refusal)) from None


def _count_test(requester_id: RequesterId) -> None:
    """A test calls whom the requester names, at once: that many times a minute and no more."""
    name = f"event-tests:{requester_id}:{int(time.time()) // 60}"
    cache.add(name, 0, timeout=120)
    try:
        counted = cache.incr(name)
    except ValueError:  # dropped between the two lines by a full cache
        return
    if counted > TESTS_PER_MINUTE_MAX:
        raise TooManyTests


# What is common -------------------------------------------------------------------------------


def _check(requester_id: RequesterId, wanted: Notification) -> None:
    if not wanted.event_types:
        raise InvalidInput({"event_types": gettext("Choose at least one event.")})
    if wanted.version not in VERSIONS:
        raise InvalidInput({"version": gettext("This version of the event document is not known.")})
    if wanted.transport == Transport.EMAIL:
        if not _is_own_address(AccountId(requester_id), wanted.destination):
            raise DestinationNotValid(gettext("Events are mailed only to your account's own e-mail address."))
        return
    if wanted.transport == Transport.WEBHOOK:
        why = webhooks.fault_of(wanted.destination)
    else:
        why = aws_queues.fault_of(wanted.transport, wanted.destination)
    if why:
        raise DestinationNotValid(why)


def _is_own_address(account_id: AccountId, email: str) -> bool:
    own = EmailAddress.objects.filter(user_id=account_id, verified=True)
    return "\0" not in email and own.filter(email__iexact=email).exists()


def _fill(row: EventSubscription, wanted: Notification) -> str | None:
    """Write what is wanted; another receiver begins afresh. The secret of a new webhook."""
    secret = None
    is_another = (row.transport, row.destination) != (wanted.transport, wanted.destination)
    if is_another:
        row.failures, row.resting_until, row.secret = 0, None, None
        if wanted.transport == Transport.WEBHOOK:
            secret, row.secret = webhooks.new_secret()
    row.transport, row.destination = wanted.transport, wanted.destination
    row.version = wanted.version
    row.event_types = [each.value for each in EventType if each in wanted.event_types]
    return secret


def _switch(row: EventSubscription, is_active: bool | None) -> None:
    """Switch, or leave as it is; what happened while it was off is not told."""
    if row.pk is None or (is_active and not row.is_active):
        row.active_since = Now()
    if is_active is not None:
        row.is_active = is_active


def _own(requester_id: RequesterId, subscription_id: int) -> EventSubscription:
    row = (
        EventSubscription.objects.select_for_update()
        .filter(pk=subscription_id, requester_id=requester_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row
