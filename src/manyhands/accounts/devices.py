"""The devices one is signed in on: seen, and signed out one by one or all others at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from manyhands.accounts.models import Session
from manyhands.core.ids import AccountId

# The last time seen is written at most so often: a page view otherwise writes nothing.
SEEN_EVERY = timedelta(minutes=30)
DEVICES_MAX = 100


@dataclass(frozen=True, slots=True)
class Device:
    """One session. ``mark`` names it on pages; the key itself never leaves the database."""

    mark: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def mark_of(session_key: str) -> str:
    return hashlib.sha256(b"session/" + session_key.encode()).hexdigest()[:24]


def devices_of(account_id: AccountId, *, this_key: str) -> list[Device]:
    """Where the account is signed in, the one seen last first. One statement."""
    rows = (
        Session.objects.filter(account_id=account_id, expire_date__gt=timezone.now())
        .order_by("-last_seen_at", "-created_at")
        .values_list("session_key", "device", "created_at", "last_seen_at")[:DEVICES_MAX]
    )
    return [Device(mark_of(key), device, made, seen, key == this_key) for key, device, made, seen in rows]


def sign_out(*, account_id: AccountId, mark: str) -> int:
    """End one session of this account; how many ended. Another's mark ends nothing."""
    keys = Session.objects.filter(account_id=account_id).values_list("session_key", flat=True)
    ended = [key for key in keys if mark_of(key) == mark]
    return Session.objects.filter(account_id=account_id, session_key__in=ended).delete()[0]


def sign_out_others(*, account_id: AccountId, this_key: str) -> int:
    """End every other session of this account; how many."""
    return Session.objects.filter(account_id=account_id).exclude(session_key=this_key).delete()[0]


def seen(session_key: str) -> None:
    """Note that a session is in use."""
    Session.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())
