"""Which task groups a qualification opens: now, to who holds it, and further, to who would get it.

Made of the same memory as the list, so that what a qualification promises is what the list then shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from manyhands.catalog import market
from manyhands.catalog.facts import DECISIONS_MIN
from manyhands.core import db
from manyhands.core.ids import WorkerId
from manyhands.qualifications.states import Comparator

# So many of the best paid groups of each qualification are looked at for their pay per hour, and named.
LOOKED_AT_MAX = 50
NAMED_MAX = 5

# What a worker gains by holding less, or nothing, no test leads to.
_NOT_BY_GETTING = frozenset(
    {Comparator.DOES_NOT_EXIST, Comparator.LESS_THAN, Comparator.LESS_THAN_OR_EQUAL_TO}
)

_NAMED = """
SELECT hit_type.id, hit_type.title, requester.display_name, hit_type.reward_minor,
       CASE WHEN facts.decided_count >= %(decisions_min)s THEN facts.pay_median_minor END
  FROM hit_type
  JOIN requester ON requester.account_id = hit_type.requester_id
  LEFT JOIN hit_type_facts AS facts ON facts.hit_type_id = hit_type.id
 WHERE hit_type.id = ANY(%(hit_type_ids)s)
"""


@dataclass(frozen=True, slots=True)
class OpenedGroup:
    """``pay_minor``: the median pay per hour as measured; None while it is too new to say."""

    hit_type_id: int
    title: str
    requester_name: str
    reward_minor: int
    pay_minor: int | None
    task_count: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What one qualification opens. ``named``: the best paid of its groups."""

    group_count: int
    task_count: int
    reward_minor: int
    pay_minor: int | None
    named: tuple[OpenedGroup, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Greater is better paid: by the hour where that is known, else by the reward."""
        return (self.pay_minor or 0, self.reward_minor, self.task_count)


@dataclass(frozen=True, slots=True)
class Openings:
    """By qualification type. ``now``: groups open to the worker that ask for it. ``further``: groups that
    lack nothing but it."""

    now: Mapping[int, Opening]
    further: Mapping[int, Opening]


def openings(*, worker_id: WorkerId) -> Openings:
    """What the worker's qualifications open, and what others would. Two statements.

    Groups that hide from the unqualified stay hidden.
    """
    offer = market.asking(worker_id)
    lacking: dict[int, set[int]] = {}
    closed: set[int] = set()
    asks: dict[int, set[int]] = {}
    for place, question, hides in offer.asked.tolist():
        type_id, comparator, _ = offer.questions[question]
        asks.setdefault(type_id, set()).add(place)
        if offer.unmet[question]:
            lacking.setdefault(place, set()).add(type_id)
            if hides or comparator in _NOT_BY_GETTING:
                closed.add(place)
    now = {type_id: places - lacking.keys() for type_id, places in asks.items()}
    further: dict[int, set[int]] = {}
    for place, types in lacking.items():
        if len(types) == 1 and place not in closed:
            further.setdefault(next(iter(types)), set()).add(place)
    return _described(offer, now, further)


def _described(
    offer: market.Asking, now: Mapping[int, set[int]], further: Mapping[int, set[int]]
) -> Openings:
    best = {
        (side, type_id): sorted(places, key=lambda place: -offer.reward_minor[place])[:LOOKED_AT_MAX]
        for side, opened in enumerate((now, further))
        for type_id, places in opened.items()
        if places
    }
    ids = np.unique(np.array([place for places in best.values() for place in places], dtype=np.int64))
    rows = (
        db.many(_row, _NAMED, hit_type_ids=offer.hit_type_id[ids].tolist(), decisions_min=DECISIONS_MIN)
        if len(ids)
        else []
    )
    named = {row[0]: row for row in rows}

    def opening(places: set[int], looked_at: list[int]) -> Opening:
        groups = [
            OpenedGroup(*named[number], int(offer.task_count[place]))
            for place in looked_at
            if (number := int(offer.hit_type_id[place])) in named
        ]
        groups.sort(key=lambda group: (-(group.pay_minor or 0), -group.reward_minor, group.hit_type_id))
        return Opening(
            len(places),
            int(sum(offer.task_count[place] for place in places)),
            max(int(offer.reward_minor[place]) for place in places),
            max((group.pay_minor for group in groups if group.pay_minor is not None), default=None),
            tuple(groups[:NAMED_MAX]),
        )

    made = [
        {type_id: opening(places, best[side, type_id]) for type_id, places in opened.items() if places}
        for side, opened in enumerate((now, further))
    ]
    return Openings(now=made[0], further=made[1])


def _row(
    hit_type_id: int, title: str, requester: str, reward_minor: int, pay_minor: int | None
) -> tuple[int, str, str, int, int | None]:
    return hit_type_id, title, requester, reward_minor, pay_minor
