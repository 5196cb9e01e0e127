"""What the page of webhooks and notifications reads."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import HITTypeId, RequesterId

_COLUMNS = """
SELECT subscription.id, subscription.transport, subscription.destination, subscription.hit_type_id, hit_type.title,
       subscription.event_types, subscription.made_by, subscription.is_active, subscription.resting_until,
       (SELECT count(*) FROM event_delivery
         WHERE subscription_id = subscription.id AND delivered_at IS NULL AND parked_at IS NULL),
       (SELECT count(*) FROM event_delivery WHERE subscription_id = subscription.id AND parked_at IS NOT NULL)
  FROM event_subscription AS subscription
  LEFT JOIN hit_type ON hit_type.id = subscription.hit_type_id
"""
_ALL = (
    _COLUMNS
    + """
 WHERE subscription.requester_id = %(requester_id)s AND subscription.id < %(before)s
 ORDER BY subscription.id DESC LIMIT %(limit)s
"""
)
_ONE = (
    _COLUMNS + " WHERE subscription.requester_id = %(requester_id)s AND subscription.id = %(subscription_id)s"
)
_DELIVERIES = """
SELECT id, event_type, hit_id, happened_at, attempts, next_at, delivered_at, parked_at, last_error
  FROM event_delivery
 WHERE subscription_id = %(subscription_id)s AND id < %(before)s
 ORDER BY id DESC LIMIT %(limit)s
"""
_TYPES = """
SELECT id, title, reward_minor FROM hit_type WHERE requester_id = %(requester_id)s ORDER BY id DESC LIMIT %(limit)s
"""
# No number is larger; what comes after it is the newest.
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as its owner sees it; without a type it is for everything of theirs."""

    id: int
    transport: str
    destination: str
    hit_type_id: HITTypeId | None
    title: str | None
    event_types: list[str]
    made_by: str
    is_active: bool
    resting_until: datetime | None
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way, with how it went so far."""

    id: int
    event_type: str
    hit_id: int
    happened_at: datetime
    attempts: int
    next_at: datetime
    delivered_at: datetime | None
    parked_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Type:
    """A HIT type to choose."""

    id: HITTypeId
    title: str
    reward_minor: int


def subscriptions_of(requester_id: RequesterId, *, before: int = NEWEST, limit: int) -> list[Subscription]:
    """A requester's subscriptions, the newest first."""
    return db.many(Subscription, _ALL, requester_id=requester_id, before=before, limit=limit)


def subscription_of(requester_id: RequesterId, subscription_id: int) -> Subscription:
    """One of them. Raises NotFound."""
    found = db.one_or_none(Subscription, _ONE, requester_id=requester_id, subscription_id=subscription_id)
    if found is None:
        raise NotFound
    return found


def deliveries_to(subscription_id: int, *, before: int = NEWEST, limit: int) -> list[Delivery]:
    """What was and is on its way to a subscription, the newest first; whose it is the caller has looked at."""
    return db.many(Delivery, _DELIVERIES, subscription_id=subscription_id, before=before, limit=limit)


def types_of(requester_id: RequesterId, *, limit: int) -> list[Type]:
    """A requester's newest HIT types."""
    return db.many(Type, _TYPES, requester_id=requester_id, limit=limit)
