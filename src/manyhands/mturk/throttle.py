"""A token bucket per key: steady so many requests a second, as many at once, and the client is told.

Kept in the process: with several processes a key gets its rate from each. That is meant as a guard
against a runaway loop, not as a price.
"""

import threading
import time
from dataclasses import dataclass

from django.conf import settings

KEYS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key has left: ``is_over`` refuses, the rest is told in headers."""

    limit: int
    left: int
    full_in_s: int
    is_over: bool

    def headers(self) -> tuple[tuple[str, str], ...]:
        return (
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(self.left)),
            ("RateLimit-Reset", str(self.full_in_s)),
        )


_lock = threading.Lock()
# key -> (tokens, when they were counted), the key used last at the end.
_buckets: dict[int, tuple[float, float]] = {}


def take(key_id: int, *, now: float | None = None) -> Allowance:
    """Take one token of the key's bucket."""
    limit = settings.API_REQUESTS_PER_S
    at = time.monotonic() if now is None else now
    with _lock:
        tokens, counted_at = _buckets.pop(key_id, (float(limit), at))
        tokens = min(float(limit), tokens + max(0.0, at - counted_at) * limit)
        is_over = tokens < 1
        if not is_over:
            tokens -= 1
        _buckets[key_id] = (tokens, at)
        if len(_buckets) > KEYS_MAX:
            del _buckets[next(iter(_buckets))]
    return Allowance(limit, int(tokens), -int(-(limit - tokens) // limit), is_over)
