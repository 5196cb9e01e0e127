"""Task groups as tools of workers read them: terms, and every requirement with what the worker holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db, sql
from manyhands.core.ids import HITTypeId, RequesterId, WorkerId
from manyhands.qualifications.requirements import Score
from manyhands.qualifications.states import is_requestable

_PROJECTS = sql.load("manyhands.catalog", "projects")


@dataclass(frozen=True, slots=True)
class Required:
    """One requirement, and what this worker holds of it: a score, a place or nothing."""

    qualification_type_id: int
    name: str
    description: str
    keywords: str
    route: str
    graded_by_owner: bool
    is_active: bool
    comparator: str
    values: Sequence[Score]
    guard: str
    score: int | None
    place: str | None
    is_met: bool

    @property
    def has_test(self) -> bool:
        return self.route == "test"

    @property
    def is_requestable(self) -> bool:
        return self.is_active and is_requestable(self.route, graded_by_owner=self.graded_by_owner)


@dataclass(frozen=True, slots=True)
class Project:
    """A group; ``open_count``: its tasks still to be had, by anybody."""

    hit_type_id: HITTypeId
    requester_id: RequesterId
    requester_name: str
    title: str
    description: str
    assignment_duration_s: int
    reward_minor: int
    created_at: datetime
    expires_at: datetime
    open_count: int
    requirements: tuple[Required, ...]


def projects(*, worker_id: WorkerId, hit_type_ids: list[HITTypeId]) -> list[Project]:
    """These groups, in this order. One statement."""

    def project(*row: Any) -> Project:
        *terms, asked = row
        terms.append(tuple(Required(*each) for each in asked))
        return Project(*terms)

    return db.many(project, _PROJECTS, worker_id=worker_id, hit_type_ids=hit_type_ids)
