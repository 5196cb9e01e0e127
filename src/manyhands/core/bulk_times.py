"""Times in MTurk's words by the thousand: ``Sat Nov 28 07:11:05 UTC 2026``.

PostgreSQL's ``to_char`` writes the same, at six times the cost of handing over the number.
"""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# As PostgreSQL sends a timestamptz: microseconds since this day, and the least number for -infinity.
_FIRST_DAY = date(2000, 1, 1)
NEVER = np.iinfo(np.int64).min
_SECOND, _DAY = 1_000_000, 24 * 60 * 60
_TWO = np.array([f"{number:02}" for number in range(60)], dtype="S2")


def in_words(*columns: NDArray[np.int64]) -> list[list[bytes]]:
    """The times of each column in words, parts of a second left out; nothing for ``NEVER``."""
    times = np.stack(columns)
    never = times == NEVER
    days, seconds = np.divmod(np.where(never, 0, times) // _SECOND, _DAY)
    distinct, which = np.unique(days, return_inverse=True)
    midnights = np.array([_midnight(day) for day in distinct.tolist()], dtype="S28")
    words = midnights[which.reshape(times.shape)]
    letters = words.view("S1").reshape(*times.shape, 28)
    for place, number in ((11, seconds // 3600), (14, seconds // 60 % 60), (17, seconds % 60)):
        letters[..., place : place + 2] = _TWO[number].view("S1").reshape(*times.shape, 2)
    words[never] = b""
    listed: list[list[bytes]] = words.tolist()
    return listed


@lru_cache(maxsize=1_000)
def _midnight(day: int) -> str:
    at = _FIRST_DAY + timedelta(days=day)
    return f"{at.ctime()[:8]}{at.day:02} 00:00:00 UTC {at.year:04}"
