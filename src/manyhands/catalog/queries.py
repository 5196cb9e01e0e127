"""What a worker finds: task groups with the number of tasks left for this worker, and the category tree.

Both come of the same numbers (``market.offered``), so that a category's count is always the sum of its
groups'. A list is two statements: the numbers of all groups, and the words of one page; a third one
finds words, pay per hour, and what suits the worker.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext

from manyhands.catalog import market
from manyhands.catalog.facts import DECISIONS_MIN
from manyhands.catalog.market import Integers, Offered
from manyhands.catalog.search import Saved, Search
from manyhands.core import db, sql
from manyhands.core.ids import RequesterId, WorkerId

_PAGE = sql.load("manyhands.catalog", "page")
_MATCHING = sql.load("manyhands.catalog", "matching")

PAGE_SIZE = 25
SIMILAR_MAX = 3
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """One qualification requirement: MTurk's comparator, and the scores it compares with; whether it is met."""

    name: str
    comparator: str
    scores: tuple[int, ...]
    qualification_type_id: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decisions about a group have shown (see ``catalog.models.HITTypeFacts``)."""

    decided_count: int
    rejected_count: int
    worker_count: int
    pay_low_minor: int | None
    pay_median_minor: int | None
    pay_high_minor: int | None
    work_s: int | None
    decision_s: int | None
    payment_s: int | None

    @property
    def are_known(self) -> bool:
        """Whether there are enough decisions to say anything."""
        return self.decided_count >= DECISIONS_MIN

    @property
    def rejected_share(self) -> float:
        return self.rejected_count / self.decided_count if self.decided_count else 0.0


# With fewer raters a figure would tell who said what.
RATERS_MIN = 3


@dataclass(frozen=True, slots=True)
class Rated:
    """What workers' ratings say of a requester, in tenths of a star (see ``catalog.models.RequesterFacts``)."""

    rater_count: int
    pay_tenths: int
    fairness_tenths: int
    communication_tenths: int
    speed_tenths: int

    @property
    def stars(self) -> float:
        """The mean of the four, from 1 to 5."""
        return (self.pay_tenths + self.fairness_tenths + self.communication_tenths + self.speed_tenths) / 40

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """Pay, fairness, communication and speed, each from 1 to 5."""
        tenths = (self.pay_tenths, self.fairness_tenths, self.communication_tenths, self.speed_tenths)
        pay, fairness, communication, speed = (each / 10 for each in tenths)
        return pay, fairness, communication, speed


@dataclass(frozen=True, slots=True)
class QualificationTasks:
    """The qualification whose tasks these are: the worker has submitted ``done`` of ``needed``."""

    name: str
    needed: int
    done: int


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A group as one worker sees it. ``missing`` names the qualifications the worker lacks.

    ``done_count`` and ``suits`` are why it is suggested: tasks handed in of late in its sub-category, and
    that the worker holds a qualification it asks for. Both are empty in other orders. ``test``: set for
    qualification tasks.
    """

    hit_type_id: int
    title: str
    description: str
    keywords: str
    reward_minor: int
    assignment_duration_s: int
    requester_id: RequesterId
    requester_name: str
    category_name: str
    sub_category_name: str
    facts: Facts
    task_count: int
    offers_bonus: bool
    done_count: int
    suits: bool
    missing: tuple[str, ...]
    preview_guarded: bool
    expires_at: datetime
    asked: tuple[Asked, ...]
    rated: Rated | None
    test: QualificationTasks | None

    @property
    def may_accept(self) -> bool:
        return not self.missing

    @property
    def all_reward_minor(self) -> int:
        """What all tasks left for this worker would pay."""
        return self.task_count * self.reward_minor

    @property
    def all_work_s(self) -> int | None:
        """How long they would take at the pace of others."""
        return None if self.facts.work_s is None else self.task_count * self.facts.work_s


@dataclass(frozen=True, slots=True)
class Branch:
    """A sub-category with the number of tasks in it available to this worker."""

    slug: str
    name: str
    task_count: int


@dataclass(frozen=True, slots=True)
class Limb:
    """A category, its number of tasks being the sum of its branches'."""

    slug: str
    name: str
    task_count: int
    branches: list[Branch]


class Wanted(NamedTuple):
    """A qualification the worker lacks, and how many groups found ask for it."""

    name: str
    group_count: int
    qualification_type_id: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of groups, the whole tree, and how many groups match in all.

    ``unqualified_count``: groups that match, but ask for a qualification the worker lacks. ``wanted``: those
    qualifications, the most asked for first, or when there are none, those that any group asks for; only
    looked up when nothing was found.
    """

    tree: list[Limb]
    groups: list[TaskGroup]
    found_count: int
    unqualified_count: int
    wanted: list[Wanted]
    saved: list[Saved]

    @property
    def task_count(self) -> int:
        """All tasks available to this worker, in every category."""
        return sum(limb.task_count for limb in self.tree)


@dataclass(frozen=True, slots=True)
class _Line:
    """A group of the page, with what is not read with its words."""

    hit_type_id: int
    task_count: int
    offers_bonus: bool
    done_count: int
    suits: bool


def listing(
    *, worker_id: WorkerId, search: Search, page_size: int | None = None, ascending: bool = False
) -> Listing:
    """The task groups this worker may find, and the tree; ``ascending`` turns the order round.

    Two statements; three to search for words or pay, for an order by pay or by what suits the worker.
    """
    offered = market.offered(worker_id)
    matching, weights = _matching(worker_id, _filtered(offered, search), search)
    lacking = int(np.count_nonzero(matching.lacking))
    keep = ~matching.lacking | search.unqualified
    order = _order(matching, weights, keep, search)[:: -1 if ascending else 1]
    size = page_size or PAGE_SIZE
    page = _page(matching, weights, order[(search.page - 1) * size : search.page * size])
    found_count = int(np.count_nonzero(keep))
    return Listing(
        _tree(offered),
        _groups(worker_id, page),
        found_count,
        lacking,
        [] if found_count else _wanted(worker_id, matching if lacking else offered),
        [Saved(*row) for row in offered.saved],
    )


def matches(*, worker_id: WorkerId, searches: list[Search]) -> list[list[int]]:
    """For each search, every group this worker could work on that fits it. One statement and one a search."""
    offered = market.offered(worker_id)
    mine = offered.only(~offered.lacking)
    return [
        _matching(worker_id, _filtered(mine, search), search)[0].hit_type_id.tolist() for search in searches
    ]


def similar(*, worker_id: WorkerId, hit_type_id: int) -> list[TaskGroup]:
    """Other groups that suit this worker, the best first; only such as there is a reason to name for."""
    search = Search(sort="suggested")
    found = listing(worker_id=worker_id, search=search).groups
    return [
        group for group in found if group.hit_type_id != hit_type_id and (group.done_count or group.suits)
    ][:SIMILAR_MAX]


def _filtered(offered: Offered, search: Search) -> Offered:
    """What of the offer fits the terms asked for."""
    keep = np.ones(len(offered.hit_type_id), dtype=np.bool_)
    if search.category or search.sub_category:
        branches = [
            branch_id
            for category, _, branches in offered.tree
            for branch_id, branch, _ in branches
            if search.category in ("", category) and search.sub_category in ("", branch)
        ]
        keep &= np.isin(offered.sub_category_id, branches)
    if search.requester_id is not None:
        keep &= offered.requester_id == search.requester_id
    if search.reward_min is not None:
        keep &= offered.reward_minor >= search.reward_min
    if search.reward_max is not None:
        keep &= offered.reward_minor <= search.reward_max
    if search.new_days:
        keep &= offered.created_s >= time.time() - search.new_days * DAY_S
    if search.bonus:
        keep &= offered.bonus > 0
    if search.masters:
        keep &= offered.for_masters
    return offered if keep.all() else offered.only(keep)


class _Weights(NamedTuple):
    """What ``matching.sql`` says of each group, parallel to the offer."""

    pay_minor: Integers
    done_count: Integers
    suits: Integers


def _matching(worker_id: WorkerId, offered: Offered, search: Search) -> tuple[Offered, _Weights]:
    """What of the offer fits words and pay, in the order of the numbers of its groups."""
    nothing: Integers = np.zeros(len(offered.hit_type_id), dtype=np.int64)
    is_needed = search.words or search.pay_min is not None or search.sort in {"pay", "suggested"}
    if not is_needed or not len(nothing):
        return offered, _Weights(nothing, nothing, nothing)
    rows = db.many(
        _ints,
        _MATCHING,
        worker_id=worker_id,
        hit_type_ids=_as_text(offered.hit_type_id),
        sub_category_ids=_as_text(offered.sub_category_id),
        words=search.words,
        branch_ids=list(named := _names_here(offered)),
        branch_names=list(named.values()),
        pay_min=search.pay_min,
        suggested=search.sort == "suggested",
    )
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    table = table[np.argsort(table[:, 0])]
    found = offered.only(np.isin(offered.hit_type_id, table[:, 0]))
    place = np.searchsorted(table[:, 0], found.hit_type_id)
    return found, _Weights(*(table[place, column] for column in (1, 2, 3)))


def _names_here(offered: Offered) -> dict[int, str]:
    """What each sub-category and its category are called in the reader's language, to be searched too."""
    return {
        branch_id: f"{gettext(name)}\n{gettext(title)}".lower()
        for _, name, branches in offered.tree
        for branch_id, _, title in branches
    }


def _as_text(numbers: Integers) -> str:
    """An array as PostgreSQL writes it: sent as a list, each of thousands of numbers is converted by itself."""
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def _ints(*values: int) -> tuple[int, ...]:
    return values


def _order(matching: Offered, weights: _Weights, keep: Any, search: Search) -> Integers:
    """The places of the groups to keep, in order; the newest first among equals."""
    keys = {
        "reward": [matching.reward_minor],
        "tasks": [matching.task_count],
        "pay": [weights.pay_minor],
        "suggested": [weights.pay_minor, weights.done_count, weights.suits],  # the last decides first
    }.get(search.sort, [])
    places = np.flatnonzero(keep)
    order = np.lexsort([-matching.hit_type_id[places], *(-key[places] for key in keys)])
    found: Integers = places[order]
    return found


def _page(matching: Offered, weights: _Weights, places: Integers) -> list[_Line]:
    return [
        _Line(
            int(matching.hit_type_id[place]),
            int(matching.task_count[place]),
            bool(matching.bonus[place]),
            int(weights.done_count[place]),
            bool(weights.suits[place]),
        )
        for place in places
    ]


def _groups(worker_id: WorkerId, page: list[_Line]) -> list[TaskGroup]:
    if not page:
        return []
    lines = {line.hit_type_id: line for line in page}

    def group(hit_type_id: int, *row: Any) -> TaskGroup:
        *words, missing, preview_guarded, expires_at, asked, rated, test_name, needed, done = row
        line = lines[hit_type_id]
        requirements = tuple(
            Asked(name, comparator, tuple(scores), type_id, met)
            for name, comparator, scores, type_id, met in asked
        )
        facts = Facts(*words[9:])
        here = (line.task_count, line.offers_bonus, line.done_count, line.suits)
        rating = Rated(*rated) if rated and rated[0] >= RATERS_MIN else None
        test = None if test_name is None else QualificationTasks(test_name, needed, done)
        terms = (tuple(missing or ()), preview_guarded, expires_at, requirements, rating, test)
        return TaskGroup(*(hit_type_id, *words[:9], facts, *here, *terms))

    return db.many(group, _PAGE, hit_type_ids=list(lines), worker_id=worker_id)


_WANTED = """
SELECT qualification_type.name, count(DISTINCT requirement.hit_type_id), qualification_type.id
  FROM qualification_requirement AS requirement
  JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
  LEFT JOIN held_qualification AS held
    ON held.worker_id = %(worker_id)s
   AND held.qualification_type_id = requirement.qualification_type_id
 WHERE requirement.hit_type_id = ANY(%(hit_type_ids)s)
   AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, held.locale)
 GROUP BY qualification_type.id, qualification_type.name
 ORDER BY 2 DESC, 1
 LIMIT 5
"""


def _wanted(worker_id: WorkerId, groups: Offered) -> list[Wanted]:
    hit_type_ids = groups.hit_type_id[groups.lacking].tolist()
    if not hit_type_ids:
        return []
    return db.many(Wanted, _WANTED, worker_id=worker_id, hit_type_ids=hit_type_ids)


def _tree(offered: Offered) -> list[Limb]:
    """Every category with its branches, counting the tasks the worker is qualified for."""
    mine = np.where(offered.lacking, 0, offered.task_count)
    sums = np.bincount(offered.sub_category_id, weights=mine)
    count = {branch_id: int(sums[branch_id]) for branch_id in np.flatnonzero(sums).tolist()}
    limbs = []
    for slug, name, rows in offered.tree:
        branches = [Branch(branch, title, count.get(branch_id, 0)) for branch_id, branch, title in rows]
        limbs.append(Limb(slug, name, sum(branch.task_count for branch in branches), branches))
    return limbs
