"""What a worker finds: task groups with the number of tasks left for this worker, and the category tree.

One statement gives both from the same numbers, so that a category's count is always the sum of its
groups'. What one worker is offered is the CTE of ``sql/offered.sql``: the part a cache could keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from manyhands.core import db, sql
from manyhands.core.ids import WorkerId

LISTING = sql.load("manyhands.catalog", "listing")

PAGE_SIZE = 25
PAGE_MAX = 400
WORDS_MAX = 12
SORTS = ("newest", "reward", "tasks")


@dataclass(frozen=True, slots=True)
class Asked:
    """One qualification requirement: MTurk's comparator, and the scores it compares with."""

    name: str
    comparator: str
    scores: list[int]


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
    missing: list[str]
    preview_guarded: bool
    expires_at: datetime
    asked: list[Asked]

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
    """The task groups this worker may find, and the tree. One statement; cost follows the number of groups."""
    return db.one(
        _listing,
        LISTING,
        worker_id=worker_id,
        words=search.words,
        category=search.category,
        sub_category=search.sub_category,
        unqualified=search.unqualified,
        sort=search.sort,
        offset=(search.page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )


def _listing(tree: list[Any], groups: list[Any], found_count: int, unqualified_count: int) -> Listing:
    return Listing(
        [Limb(slug, name, count, [Branch(*branch) for branch in branches]) for slug, name, count, branches in tree],
        [_group(row) for row in groups],
        found_count,
        unqualified_count,
    )


def _group(row: Sequence[Any]) -> TaskGroup:
    *facts, missing, preview_guarded, expires_epoch_s, asked = row
    return TaskGroup(
        *facts,
        missing or [],
        preview_guarded,
        datetime.fromtimestamp(float(expires_epoch_s), UTC),
        [Asked(*each) for each in asked],
    )
