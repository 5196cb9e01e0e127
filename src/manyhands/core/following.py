"""Following a table of events in pages, each event once: the loop that every durable cursor shares.

A cursor surveys the highest id there is and then waits until every transaction that might still add a
lower one has ended. Its statements and its table are its owner's; only the loop stands here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Span:
    """The events to take next, ``after`` one id and ``up_to`` another; not before they are settled."""

    after: int
    up_to: int
    is_settled: bool


def follow(
    survey: Callable[[], int], take_page: Callable[[], tuple[Span | None, int]], *, patience_s: float
) -> int:
    """Survey and take page after page until nothing is left; how much the pages did in all.

    Waits up to ``patience_s`` for transactions that may still add events below those surveyed.
    """
    done_in_all = 0
    end = time.monotonic() + patience_s
    while True:
        surveyed = survey()
        span, done = take_page()
        done_in_all += done
        if span is None and not surveyed:
            return done_in_all  # nothing new, or another process is at it
        if span is not None and not span.is_settled:
            if time.monotonic() > end:
                return done_in_all
            time.sleep(_LOOK_AGAIN_S)
