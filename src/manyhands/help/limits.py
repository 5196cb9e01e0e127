"""How often one may write: counted in the cache that all processes share."""

import hashlib
import time
from typing import Literal

from django.core.cache import cache

from manyhands.help.errors import TooOften

Act = Literal["ask", "write", "mail", "post", "report"]
# So many, in so many seconds.
_LIMITS: dict[Act, tuple[int, int]] = {
    "ask": (5, 3_600),
    "write": (20, 3_600),
    "mail": (20, 3_600),
    "post": (10, 600),
    "report": (20, 3_600),
}


def count(act: Act, *keys: str | int) -> None:
    """Count an act for each key (an account, an address, a place on the net). Raises TooOften."""
    most, window_s = _LIMITS[act]
    window = int(time.time()) // window_s
    for key in keys:
        # Addresses are not kept in the clear, and no key is longer than the cache takes.
        digest = hashlib.blake2b(str(key).encode(), digest_size=16).hexdigest()
        name = f"help:{act}:{window}:{digest}"
        cache.add(name, 0, timeout=window_s)
        try:
            counted = cache.incr(name)
        except ValueError:  # dropped between the two lines by a full cache
            continue
        if counted > most:
            raise TooOften
