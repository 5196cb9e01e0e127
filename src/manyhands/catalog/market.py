"""What a process remembers of the market, so that a list of thousands of groups is a matter of sums.

A group's terms and requirements are fixed when it is published (W-16): they are read once. Which groups a
set of qualifications opens is worked out once as well, and kept under those very scores, so that a changed
score finds another entry. Numbers of tasks are never remembered: ``numbers.sql`` brings all of them anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from manyhands.core import db, sql
from manyhands.core.ids import WorkerId

Integers = NDArray[np.int64]
Marks = NDArray[np.uint8]

_NUMBERS = sql.load("manyhands.catalog", "numbers")
_TERMS = sql.load("manyhands.catalog", "terms")
_UNMET = sql.load("manyhands.catalog", "unmet")

# As numbers.sql sends them: network byte order, nothing between.
_CHANGE = np.dtype([("group", ">i8"), ("change", ">i4")])
_OPEN, _LACKING, _HIDDEN = 0, 1, 2

# Different sets of qualifications to remember, one byte a group each.
SETS_MAX = 500
# Beyond so many groups, remembering those long finished is worth less than their memory.
GROUPS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """The row of ``numbers.sql``."""

    changes: bytes
    blocking: list[int]
    qualification_type_ids: list[int]
    scores: list[int]
    tree: list[Any]
    saved: list[Any]
    database: int
    last_requirement: int


@dataclass(frozen=True, slots=True)
class Offered:
    """The groups one worker may see, as parallel arrays. ``lacking``: a qualification is missing.

    ``created_s``: when the group was first published, in seconds since 1970. ``tree`` and ``saved`` (the
    searches the worker keeps) are as ``numbers.sql`` gives them.
    """

    hit_type_id: Integers
    requester_id: Integers
    sub_category_id: Integers
    reward_minor: Integers
    created_s: Integers
    bonus: Integers
    task_count: Integers
    lacking: NDArray[np.bool_]
    tree: list[Any]
    saved: list[Any]

    def only(self, keep: NDArray[np.bool_]) -> "Offered":
        """The groups marked, in the same order."""
        return Offered(
            self.hit_type_id[keep],
            self.requester_id[keep],
            self.sub_category_id[keep],
            self.reward_minor[keep],
            self.created_s[keep],
            self.bonus[keep],
            self.task_count[keep],
            self.lacking[keep],
            self.tree,
            self.saved,
        )


def offered(worker_id: WorkerId) -> Offered:
    """Every group with a task for this worker. One statement; another for what is not remembered yet."""
    numbers = db.one(Numbers, _NUMBERS, worker_id=worker_id)
    changes = np.frombuffer(numbers.changes, dtype=_CHANGE)
    memory = _memory_of(numbers)
    terms, place = memory.places(changes["group"].astype(np.int64))
    count = np.bincount(place, weights=changes["change"], minlength=len(terms.hit_type_id)).astype(np.int64)
    marks = memory.marks(terms, numbers.qualification_type_ids, numbers.scores)
    seen = (count > 0) & (marks != _HIDDEN) & (terms.requester_id != worker_id)
    if numbers.blocking:
        seen &= ~np.isin(terms.requester_id, numbers.blocking)
    return Offered(
        terms.hit_type_id,
        terms.requester_id,
        terms.sub_category_id,
        terms.reward_minor,
        terms.created_s,
        terms.bonus,
        count,
        marks == _LACKING,
        numbers.tree,
        numbers.saved,
    ).only(seen)


@dataclass(frozen=True, slots=True)
class _Terms:
    """Groups in the order they became known: those that follow come behind, so that places stay."""

    hit_type_id: Integers
    requester_id: Integers
    sub_category_id: Integers
    reward_minor: Integers
    created_s: Integers
    bonus: Integers
    by_id: Integers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", np.argsort(self.hit_type_id))

    def places(self, ids: Integers) -> Integers:
        """The place of each id, -1 where it is not known."""
        if not len(self.hit_type_id):
            return np.full(len(ids), -1)
        found = np.searchsorted(self.hit_type_id, ids, sorter=self.by_id)
        place = self.by_id[np.minimum(found, len(self.by_id) - 1)]
        return np.where(self.hit_type_id[place] == ids, place, -1)

    def followed_by(self, rows: Sequence[tuple[int, ...]]) -> "_Terms":
        new = np.array(rows, dtype=np.int64).reshape(-1, 6)
        new = new[self.places(new[:, 0]) < 0]
        known = (self.hit_type_id, self.requester_id, self.sub_category_id, self.reward_minor,
                 self.created_s, self.bonus)  # fmt: skip
        return _Terms(*(np.concatenate([old, new[:, place]]) for place, old in enumerate(known)))


class _Memory:
    """The terms of the groups of one catalogue, and what sets of qualifications open of them."""

    def __init__(self, numbers: Numbers) -> None:
        self.database = numbers.database
        self.last_requirement = numbers.last_requirement
        self._lock = threading.Lock()
        nothing = np.zeros(0, dtype=np.int64)
        self._terms = _Terms(*[nothing] * 6)
        self._marks: OrderedDict[tuple[tuple[int, ...], tuple[int, ...]], Marks] = OrderedDict()

    def holds(self, numbers: Numbers) -> bool:
        """Whether this is the catalogue the numbers are of, and no requirement was added since."""
        return (
            self.database == numbers.database
            and self.last_requirement >= numbers.last_requirement
            and len(self._terms.hit_type_id) <= GROUPS_MAX
        )

    def places(self, ids: Integers) -> tuple[_Terms, Integers]:
        """The terms known, and each id's place in them; groups not known yet are read first."""
        terms = self._terms
        place = terms.places(ids)
        if (place < 0).any():
            unknown = np.unique(ids[place < 0]).tolist()
            rows = db.many(_row, _TERMS, hit_type_ids=unknown)
            with self._lock:
                terms = self._terms = self._terms.followed_by(rows)
            place = terms.places(ids)
        return terms, place

    def marks(self, terms: _Terms, qualification_type_ids: list[int], scores: list[int]) -> Marks:
        """What each group is to a worker with these scores; only groups not judged yet are read."""
        key = (tuple(qualification_type_ids), tuple(scores))
        with self._lock:
            known = self._marks.get(key, np.zeros(0, dtype=np.uint8))
        wanted = len(terms.hit_type_id)
        if len(known) < wanted:
            known = np.concatenate([known, _judged(terms.hit_type_id[len(known) :], *key)])
        with self._lock:
            if key not in self._marks or len(known) > len(self._marks[key]):
                self._marks[key] = known
            self._marks.move_to_end(key)
            while len(self._marks) > SETS_MAX:
                self._marks.popitem(last=False)
        return known[:wanted]


def _judged(hit_type_ids: Integers, qualification_type_ids: Sequence[int], scores: Sequence[int]) -> Marks:
    marks = np.full(len(hit_type_ids), _OPEN, dtype=np.uint8)
    rows = db.many(
        _pair,
        _UNMET,
        hit_type_ids=hit_type_ids.tolist(),
        qualification_type_ids=list(qualification_type_ids),
        scores=list(scores),
    )
    hidden = dict(rows)
    for place, hit_type_id in enumerate(hit_type_ids.tolist()):
        if hit_type_id in hidden:
            marks[place] = _HIDDEN if hidden[hit_type_id] else _LACKING
    return marks


def _row(*fixed: int) -> tuple[int, ...]:
    return fixed


def _pair(hit_type_id: int, is_hidden: bool) -> tuple[int, bool]:
    return hit_type_id, is_hidden


_memory: _Memory | None = None


def _memory_of(numbers: Numbers) -> _Memory:
    """The memory that holds for these numbers; a new one when requirements were added, or for another database."""
    global _memory  # noqa: PLW0603 - this process's one memory, replaced whole
    memory = _memory
    if memory is None or not memory.holds(numbers):
        memory = _memory = _Memory(numbers)
    return memory
