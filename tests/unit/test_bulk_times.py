"""Times by the thousand are in the words that each would be in singly."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from manyhands.core import bulk_times

FIRST, LAST = 0, int(datetime(2199, 12, 31, tzinfo=UTC).timestamp())
TIMES = st.builds(
    lambda second, part: datetime.fromtimestamp(second, UTC).replace(microsecond=part),
    st.integers(FIRST, LAST),
    st.integers(0, 999_999),
)


def microseconds(times: list[datetime | None]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """As PostgreSQL sends them: since the year 2000."""
    first = datetime(2000, 1, 1, tzinfo=UTC)
    numbers = [bulk_times.NEVER if time is None else (time - first) // datetime.resolution for time in times]
    return np.array(numbers, dtype=np.int64)


@given(st.lists(st.one_of(st.none(), TIMES), max_size=20))
def test_many_times_are_in_the_words_of_each(times: list[datetime | None]) -> None:
    words = [b"" if time is None else time.strftime("%a %b %d %H:%M:%S UTC %Y").encode() for time in times]

    assert bulk_times.in_words(microseconds(times), microseconds(times[::-1])) == [words, words[::-1]]
