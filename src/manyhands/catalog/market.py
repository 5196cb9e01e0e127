"""What a process remembers of the market, so that a list of thousands of groups is a matter of sums.

A group's terms and requirements are fixed when it is published (W-16): they are read once. Few different
requirements stand behind many groups: each of those is compared with what the worker holds, and the rest
is arrays. Numbers of tasks are remembered as of one folding (docs/adr/0006), for as long as ``numbers.sql``
says that it is the present one: the changes since, and what the worker holds, it brings anew each time.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manyhands.core import db, sql
from manyhands.core.ids import WorkerId
from manyhands.qualifications import system_types
from manyhands.qualifications.requirements import Score, Values, is_met

Integers = NDArray[np.int64]
Marks = NDArray[np.uint8]

_NUMBERS = sql.load("manyhands.catalog", "numbers")
_TERMS = sql.load("manyhands.catalog", "terms")

# As numbers.sql sends them: network byte order, nothing between.
_CHANGE = np.dtype([("group", ">i8"), ("change", ">i4")])
_FOLDED = np.dtype([("group", ">i8"), ("change", ">i4"), ("expires_s", ">i8")])
_OPEN, _LACKING, _HIDDEN = 0, 1, 2

# Beyond so many groups, remembering those long finished is worth less than their memory.
GROUPS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """The row of ``numbers.sql``. ``folded``: None when ``folded_at`` is the folding known."""

    folded_at: datetime | None
    folded: bytes | None
    changes: bytes
    now_s: float
    blocking: list[int]
    held: dict[str, Score]
    tree: list[Any]
    saved: list[Any]
    database: int


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
    for_masters: NDArray[np.bool_]
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
            self.for_masters[keep],
            self.lacking[keep],
            self.tree,
            self.saved,
        )


def offered(worker_id: WorkerId) -> Offered:
    """Every group with a task for this worker. One statement; another for what is not remembered yet."""
    numbers, terms, count = _counted(worker_id)
    marks = terms.marks({int(number): score for number, score in numbers.held.items()})
    seen = _open_to(terms, count, numbers, worker_id) & (marks != _HIDDEN)
    return Offered(
        terms.hit_type_id,
        terms.requester_id,
        terms.sub_category_id,
        terms.reward_minor,
        terms.created_s,
        terms.bonus,
        count,
        terms.asking_for(system_types.MASTERS),
        marks == _LACKING,
        numbers.tree,
        numbers.saved,
    ).only(seen)


Question = tuple[int, str, Values]


@dataclass(frozen=True, slots=True)
class Asking:
    """Every group with a task, as parallel arrays, and what it asks for.

    ``asked``: columns place, question, whether it hides from those who do not meet it. ``unmet``: the
    questions that this worker does not meet.
    """

    hit_type_id: Integers
    reward_minor: Integers
    task_count: Integers
    questions: tuple[Question, ...]
    asked: Integers
    unmet: NDArray[np.bool_]


def asking(worker_id: WorkerId) -> Asking:
    """What the groups with a task for this worker ask for. One statement; another as for ``offered``."""
    numbers, terms, count = _counted(worker_id)
    seen = _open_to(terms, count, numbers, worker_id)
    asked = terms.asked[seen[terms.asked[:, 0]]] if len(terms.asked) else terms.asked
    unmet = terms.unmet({int(number): score for number, score in numbers.held.items()})
    return Asking(terms.hit_type_id, terms.reward_minor, count, terms.questions, asked, unmet)


def _counted(worker_id: WorkerId) -> tuple[Numbers, "_Terms", Integers]:
    """The numbers, the terms known, and how many tasks of each group there are for this worker."""
    memory = _memory
    folded = memory.folded
    numbers = db.one(Numbers, _NUMBERS, worker_id=worker_id, known=folded.at)
    if not memory.holds(numbers):
        memory = _new_memory(numbers.database)
        if folded.at is not None:
            numbers = db.one(Numbers, _NUMBERS, worker_id=worker_id, known=None)
        folded = memory.folded
    new, changes = np.frombuffer(numbers.folded or b"", _FOLDED), np.frombuffer(numbers.changes, _CHANGE)
    terms, place = memory.places(np.concatenate([new["group"], changes["group"]]).astype(np.int64))
    if numbers.folded is not None:
        change, expires_s = new["change"].astype(np.int64), new["expires_s"].astype(np.int64)
        folded = _Folded(numbers.folded_at, place[: len(new)], change, expires_s)
        memory.folded = folded
    ahead = folded.expires_s > numbers.now_s
    count = np.bincount(
        np.concatenate([folded.place[ahead], place[len(new) :]]),
        weights=np.concatenate([folded.change[ahead], changes["change"]]),
        minlength=len(terms.hit_type_id),
    )
    return numbers, terms, count.astype(np.int64)


def _open_to(terms: "_Terms", count: Integers, numbers: Numbers, worker_id: WorkerId) -> NDArray[np.bool_]:
    """The groups with a task, but the worker's own and those of requesters who block them."""
    seen: NDArray[np.bool_] = (count > 0) & (terms.requester_id != worker_id)
    if numbers.blocking:
        seen &= ~np.isin(terms.requester_id, numbers.blocking)
    return seen


@dataclass(frozen=True, slots=True)
class _Terms:
    """Groups in the order they became known: those that follow come behind, so that places stay.

    ``questions`` are the different requirements; ``asked`` says which group (by place) asks which of them,
    and whether it hides from those who do not meet it: columns place, question, hides.
    """

    hit_type_id: Integers
    requester_id: Integers
    sub_category_id: Integers
    reward_minor: Integers
    created_s: Integers
    bonus: Integers
    questions: tuple[Question, ...]
    asked: Integers
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

    def unmet(self, held: Mapping[int, Score]) -> NDArray[np.bool_]:
        """Which of the questions a worker who holds this does not meet."""
        return np.array(
            [
                not is_met(comparator, values, held.get(type_id))
                for type_id, comparator, values in self.questions
            ],
            dtype=np.bool_,
        )

    def asking_for(self, type_id: int) -> NDArray[np.bool_]:
        """Which groups have a requirement of this type."""
        found = np.zeros(len(self.hit_type_id), dtype=np.bool_)
        numbers = [number for number, (asked, _, _) in enumerate(self.questions) if asked == type_id]
        if numbers:
            place, question, _ = self.asked.T
            found[place[np.isin(question, numbers)]] = True
        return found

    def marks(self, held: Mapping[int, Score]) -> Marks:
        """What each group is to a worker who holds this: open, lacking, or hidden."""
        marks = np.full(len(self.hit_type_id), _OPEN, dtype=np.uint8)
        unmet = self.unmet(held)
        if unmet.any():
            place, question, hides = self.asked.T
            missed = unmet[question]
            marks[place[missed]] = _LACKING
            marks[place[missed & (hides > 0)]] = _HIDDEN
        return marks

    def followed_by(self, rows: Sequence[tuple[Any, ...]]) -> "_Terms":
        unknown = self.places(np.array([row[0] for row in rows], dtype=np.int64)) < 0
        new = [row for row, is_new in zip(rows, unknown, strict=True) if is_new]
        fixed = np.array([row[:6] for row in new], dtype=np.int64).reshape(-1, 6)
        number = {question: place for place, question in enumerate(self.questions)}
        asked = [
            (place, number.setdefault((type_id, comparator, tuple(values)), len(number)), hides)
            for place, row in enumerate(new, start=len(self.hit_type_id))
            for type_id, comparator, values, hides in row[6] or ()
        ]
        return _Terms(
            np.concatenate([self.hit_type_id, fixed[:, 0]]),
            np.concatenate([self.requester_id, fixed[:, 1]]),
            np.concatenate([self.sub_category_id, fixed[:, 2]]),
            np.concatenate([self.reward_minor, fixed[:, 3]]),
            np.concatenate([self.created_s, fixed[:, 4]]),
            np.concatenate([self.bonus, fixed[:, 5]]),
            tuple(number),
            np.concatenate([self.asked, np.array(asked, dtype=np.int64).reshape(-1, 3)]),
        )


class _Folded(NamedTuple):
    """What one folding counted, by the places of the groups. Never changed: another folding replaces it."""

    at: datetime | None
    place: Integers
    change: Integers
    expires_s: Integers


class _Memory:
    """The terms of the groups of one database, and what was counted in it last."""

    def __init__(self, database: int) -> None:
        self.database = database
        self._lock = threading.Lock()
        nothing = np.zeros(0, dtype=np.int64)
        self._terms = _Terms(nothing, nothing, nothing, nothing, nothing, nothing, (), nothing.reshape(-1, 3))
        self.folded = _Folded(None, nothing, nothing, nothing)

    def holds(self, numbers: Numbers) -> bool:
        """Whether this is the database the numbers are of, and there is room."""
        return self.database == numbers.database and len(self._terms.hit_type_id) <= GROUPS_MAX

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


def _row(*fixed: Any) -> tuple[Any, ...]:
    return fixed


def forget() -> None:
    """Know nothing: for tests that change what a published group asks for."""
    _new_memory(0)


def _new_memory(database: int) -> _Memory:
    """A memory of nothing: for another database, or when the one before is full."""
    global _memory  # noqa: PLW0603 - this process's one memory, replaced whole
    _memory = _Memory(database)
    return _memory


_memory = _Memory(0)
