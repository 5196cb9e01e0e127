"""What a worker finds: task groups with the number of tasks left for this worker, and the category tree.

Both come of the same numbers (``market.offered``), so that a category's count is always the sum of its
groups'. A list is two statements: the numbers of all groups, and the words of one page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from manyhands.catalog import market
from manyhands.catalog.market import Integers, Offered
from manyhands.core import db, sql
from manyhands.core.ids import WorkerId

_PAGE = sql.load("manyhands.catalog", "page")
_MATCHING = sql.load("manyhands.catalog", "matching")

PAGE_SIZE = 25
PAGE_MAX = 400
WORDS_MAX = 12
SORTS = ("newest", "reward", "tasks")


@dataclass(frozen=True, slots=True)
class Asked:
    """One qualification requirement: MTurk's comparator, and the scores it compares with."""

    name: str
    comparator: str
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A group as one worker sees it. ``missing`` names the qualifications the worker lacks."""

    hit_type_id: int
    title: str
    description: str
    keywords: str
    reward_minor: int
    assignment_duration_s: int
    requester_name: str
    category_name: str
    sub_category_name: str
    task_count: int
    missing: tuple[str, ...]
    preview_guarded: bool
    expires_at: datetime
    asked: tuple[Asked, ...]

    @property
    def may_accept(self) -> bool:
        return not self.missing


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


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of groups, the whole tree, and how many groups match in all.

    ``unqualified_count``: groups that could be seen but ask for a qualification the worker lacks.
    """

    tree: list[Limb]
    groups: list[TaskGroup]
    found_count: int
    unqualified_count: int

    @property
    def task_count(self) -> int:
        """All tasks available to this worker, in every category."""
        return sum(limb.task_count for limb in self.tree)


@dataclass(frozen=True, slots=True)
class Search:
    """What the worker asked for; empty fields ask for everything. ``page`` counts from 1."""

    text: str = ""
    category: str = ""
    sub_category: str = ""
    sort: str = "newest"
    unqualified: bool = False
    page: int = 1

    @property
    def words(self) -> list[str]:
        """The words that must all occur, in lower case."""
        return self.text.replace("\0", "").lower().split()[:WORDS_MAX]


def listing(*, worker_id: WorkerId, search: Search) -> Listing:
    """The task groups this worker may find, and the tree. Two statements, three to search for words."""
    offered = market.offered(worker_id)
    found = _found(offered, search)
    return Listing(
        _tree(offered),
        _groups(worker_id, _page(found, search)),
        len(found.hit_type_id),
        int(np.count_nonzero(offered.lacking)),
    )


def _found(offered: Offered, search: Search) -> Offered:
    """What of the offer fits the search."""
    keep = ~offered.lacking | search.unqualified
    if search.category or search.sub_category:
        branches = [
            branch_id
            for category, _, branches in offered.tree
            for branch_id, branch, _ in branches
            if search.category in ("", category) and search.sub_category in ("", branch)
        ]
        keep &= np.isin(offered.sub_category_id, branches)
    found = offered.only(keep)
    if search.words:
        ids = db.many(int, _MATCHING, hit_type_ids=found.hit_type_id.tolist(), words=search.words)
        found = found.only(np.isin(found.hit_type_id, ids))
    return found


def _page(found: Offered, search: Search) -> list[tuple[int, int]]:
    """The page's groups in order, each with its number of tasks; the newest first among equals."""
    nothing: Integers = np.zeros(len(found.hit_type_id), dtype=np.int64)
    first = {"reward": found.reward_minor, "tasks": found.task_count}.get(search.sort, nothing)
    start = (search.page - 1) * PAGE_SIZE
    order = np.lexsort((-found.hit_type_id, -first))[start : start + PAGE_SIZE]
    return list(zip(found.hit_type_id[order].tolist(), found.task_count[order].tolist(), strict=True))


def _groups(worker_id: WorkerId, page: list[tuple[int, int]]) -> list[TaskGroup]:
    if not page:
        return []
    count = dict(page)

    def group(hit_type_id: int, *row: Any) -> TaskGroup:
        *words, missing, preview_guarded, expires_at, asked = row
        requirements = tuple(Asked(name, comparator, tuple(scores)) for name, comparator, scores in asked)
        facts = [count[hit_type_id], tuple(missing or ()), preview_guarded, expires_at, requirements]
        return TaskGroup(*[hit_type_id, *words, *facts])

    return db.many(group, _PAGE, hit_type_ids=list(count), worker_id=worker_id)


def _tree(offered: Offered) -> list[Limb]:
    """Every category with its branches, counting the tasks the worker is qualified for."""
    mine = offered.only(~offered.lacking)
    ids, place = np.unique(mine.sub_category_id, return_inverse=True)
    sums = np.bincount(place, weights=mine.task_count, minlength=len(ids)).astype(np.int64)
    count = dict(zip(ids.tolist(), sums.tolist(), strict=True))
    limbs = []
    for slug, name, rows in offered.tree:
        branches = [Branch(branch, title, count.get(branch_id, 0)) for branch_id, branch, title in rows]
        limbs.append(Limb(slug, name, sum(branch.task_count for branch in branches), branches))
    return limbs
