"""When the next digest is due: eight in the morning, for every time zone there is."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

DIGEST_HOUR = 8


def next_eight(zone: str, after: datetime) -> datetime:
    """The first eight o'clock of the zone's clocks that is later than ``after``."""
    there = after.astimezone(ZoneInfo(zone))
    eight = there.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if eight <= there:
        eight += timedelta(days=1)  # by the wall clock: the zone's offset may change overnight
    return eight.astimezone(UTC)


def eights() -> str:
    """Every zone's next eight as JSON, for statements. PostgreSQL may not know each of Python's zones."""
    return _eights(datetime.now(UTC).replace(second=0, microsecond=0))


@lru_cache(maxsize=2)
def _eights(minute: datetime) -> str:
    return json.dumps({zone: next_eight(zone, minute).isoformat() for zone in available_timezones()})
