"""A worker's own figures: of a period, over time, and against a goal. One statement for all of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from manyhands.core import db, sql
from manyhands.core.ids import HITTypeId, RequesterId, WorkerId
from manyhands.ledger.queries import Balance
from manyhands.work.queries.worker import Earnings

_HOUR_S = 3_600
_WEEK_DAYS = 7
_LONGEST_IN_DAYS = 92
_NEWS_DAYS = 60
NEWS_MAX = 8


class Period(StrEnum):
    """The five filters, and no others (W-73)."""

    ALL = "all"
    LAST_24_HOURS = "24h"
    LAST_WEEK = "week"
    LAST_30_DAYS = "30d"
    PAST_MONTH = "past-month"


def window(period: Period, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From and until of a period; ``now`` in the worker's zone. None is open.

    'Past month' is the calendar month before this one, by the worker's midnights; the others roll.
    """
    if period == Period.PAST_MONTH:
        this_month = _midnight(now).replace(day=1)
        return (this_month - timedelta(days=1)).replace(day=1), this_month
    length = {
        Period.LAST_24_HOURS: timedelta(hours=24),
        Period.LAST_WEEK: timedelta(days=_WEEK_DAYS),
        Period.LAST_30_DAYS: timedelta(days=30),
    }.get(period)
    return (None, None) if length is None else (now - length, None)


@dataclass(frozen=True, slots=True)
class Bucket:
    """An hour, a day or a month of the worker's zone: when it began, what it brought, what was worked."""

    begins: datetime
    earned_minor: int
    worked_s: float


@dataclass(frozen=True, slots=True)
class Goal:
    """What the worker wants to reach in this day or week, and how far it is: minor units, or seconds."""

    period: str
    measure: str
    target: int
    reached: int

    @property
    def share(self) -> float:
        return min(1.0, self.reached / self.target)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of a period; ``earned`` and ``balance`` are of now, whatever the period."""

    accepted: int
    submitted: int
    approved: int
    rejected: int
    returned: int
    worked_s: float
    rewards_minor: int
    bonus_minor: int
    unit: str
    buckets: list[Bucket]
    earned: Earnings
    balance: Balance
    goal: Goal | None

    @property
    def approval_rate(self) -> float | None:
        """Approved of what was decided; None while nothing was."""
        decided = self.approved + self.rejected
        return self.approved / decided if decided else None

    @property
    def earned_minor(self) -> int:
        return self.rewards_minor + self.bonus_minor

    @property
    def per_hour_minor(self) -> int | None:
        """Earnings by the hours worked; None below one minute of work, which says nothing."""
        return round(self.earned_minor * _HOUR_S / self.worked_s) if self.worked_s >= 60 else None


_STATISTICS = sql.load("manyhands.work", "worker_statistics")


def statistics(*, worker_id: WorkerId, period: Period, now: datetime | None = None) -> Statistics:
    """The worker's figures; days begin at the midnights of the active time zone. One statement."""
    local = timezone.localtime(now)
    from_at, until_at = window(period, local)
    today = _midnight(local)
    unit = "hour" if period == Period.LAST_24_HOURS else "day"
    row = db.one(
        lambda *columns: columns,
        _STATISTICS,
        worker_id=worker_id,
        from_at=from_at,
        until_at=until_at,
        zone=timezone.get_current_timezone_name(),
        today=today,
        this_week=_midnight(today - timedelta(days=today.weekday())),
        unit=unit,
    )
    unit, buckets = _over_time(row[8], unit, from_at, until_at, local)
    goal = Goal(*row[20:24]) if row[20] is not None else None
    accepted, submitted, approved, rejected, returned, worked_s, rewards_minor, bonus_minor = row[:8]
    return Statistics(
        accepted=accepted,
        submitted=submitted,
        approved=approved,
        rejected=rejected,
        returned=returned,
        worked_s=float(worked_s),
        rewards_minor=rewards_minor,
        bonus_minor=bonus_minor,
        unit=unit,
        buckets=buckets,
        earned=Earnings(*row[9:15]),
        balance=Balance(*row[15:20]),
        goal=goal,
    )


def _over_time(
    found: list[list[Any]], unit: str, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> tuple[str, list[Bucket]]:
    """Every hour, day or month of the period, empty ones too; a long time is told in months."""
    known = [Bucket(datetime.fromisoformat(at), int(earned), float(worked)) for at, earned, worked in found]
    if not known:
        return unit, []
    plain_now = now.replace(tzinfo=None)
    first = from_at.astimezone(now.tzinfo).replace(tzinfo=None) if from_at else known[0].begins
    last = until_at.replace(tzinfo=None) - timedelta(days=1) if until_at else plain_now
    if unit == "day" and (last - first).days > _LONGEST_IN_DAYS:
        unit = "month"
    sums: dict[datetime, Bucket] = {}
    at = _floor(first, unit)
    while at <= last:
        sums[at] = Bucket(at, 0, 0.0)
        at = _next(at, unit)
    for each in known:
        at = _floor(each.begins, unit)
        before = sums.get(at, Bucket(at, 0, 0.0))
        sums[at] = Bucket(at, before.earned_minor + each.earned_minor, before.worked_s + each.worked_s)
    return unit, [sums[at] for at in sorted(sums)]


def _floor(at: datetime, unit: str) -> datetime:
    hour = at.replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return hour
    day = hour.replace(hour=0)
    return day if unit == "day" else day.replace(day=1)


def _next(at: datetime, unit: str) -> datetime:
    if unit == "hour":
        return at + timedelta(hours=1)
    if unit == "day":
        return at + timedelta(days=1)
    return (at + timedelta(days=32)).replace(day=1)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class News:
    """A significant event. ``number``: how many decisions, or the score of a qualification."""

    kind: str
    at: datetime
    about: str
    number: int
    amount_minor: int | None
    hit_type_id: HITTypeId | None


_NEWS = sql.load("manyhands.work", "worker_news")


def news(*, worker_id: WorkerId, limit: int = NEWS_MAX) -> list[News]:
    """The significant events of the last two months, newest first. One statement."""
    return db.many(
        News,
        _NEWS,
        worker_id=worker_id,
        zone=timezone.get_current_timezone_name(),
        since=timezone.now() - timedelta(days=_NEWS_DAYS),
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What a worker was paid in all, by the books."""

    rewards_minor: int
    bonus_minor: int

    @property
    def total_minor(self) -> int:
        return self.rewards_minor + self.bonus_minor


_LIFETIME = """
SELECT coalesce(sum(amount_minor) FILTER (WHERE purpose = 'reward'), 0)::bigint,
       coalesce(sum(amount_minor) FILTER (WHERE purpose = 'bonus'), 0)::bigint
  FROM transfer
 WHERE credit_account_id IN (%(worker_id)s::bigint * 16 + 3, %(worker_id)s::bigint * 16 + 4)
"""


def lifetime(*, worker_id: WorkerId) -> Lifetime:
    """Rewards and bonuses since the first day. One statement."""
    return db.one(Lifetime, _LIFETIME, worker_id=worker_id)


_WORKED_FOR = """
SELECT EXISTS (SELECT FROM assignment
                WHERE worker_id = %(worker_id)s AND requester_id = %(requester_id)s AND submitted_at IS NOT NULL)
"""


def has_worked_for(*, worker_id: WorkerId, requester_id: RequesterId) -> bool:
    """Whether the worker ever handed in something to this requester."""
    return db.one(bool, _WORKED_FOR, worker_id=worker_id, requester_id=requester_id)
