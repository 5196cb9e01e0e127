"""What work asks of workers, as its requester reads it: of a project, or of the group a batch was published in."""

from dataclasses import dataclass
from typing import Any

from manyhands.core import db
from manyhands.core.ids import BatchId, ProjectId, QualificationTypeId, RequesterId
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator, Guard


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement with the name of its type; ``is_active`` is False when new work can no longer ask for it."""

    requirement: Requirement
    name: str
    is_active: bool


def _asked(type_id: int, name: str, status: str, comparator: str, values: list[Any], guard: str) -> Asked:
    requirement = Requirement(
        QualificationTypeId(type_id), Comparator(comparator), tuple(values), Guard(guard)
    )
    return Asked(requirement, name, status == "active")


_OF_PROJECT = """
SELECT qualification_type.id, qualification_type.name, qualification_type.status,
       asked.one->>1, asked.one->2, asked.one->>3
  FROM project
 CROSS JOIN LATERAL jsonb_array_elements(project.requirements) WITH ORDINALITY AS asked (one, place)
  JOIN qualification_type ON qualification_type.id = (asked.one->>0)::bigint
 WHERE project.id = %(project_id)s AND project.requester_id = %(requester_id)s
 ORDER BY asked.place
 LIMIT 100
"""


def of_project(*, requester_id: RequesterId, project_id: ProjectId) -> list[Asked]:
    """What new groups of the project ask."""
    return db.many(_asked, _OF_PROJECT, requester_id=requester_id, project_id=project_id)


_OF_BATCH = """
SELECT qualification_type.id, qualification_type.name, qualification_type.status,
       requirement.comparator, requirement.scores, requirement.actions_guarded
  FROM batch
  JOIN qualification_requirement AS requirement ON requirement.hit_type_id = batch.hit_type_id
  JOIN qualification_type ON qualification_type.id = requirement.qualification_type_id
 WHERE batch.id = %(batch_id)s AND batch.requester_id = %(requester_id)s
 ORDER BY requirement.id
 LIMIT 100
"""


def of_batch(*, requester_id: RequesterId, batch_id: BatchId) -> list[Asked]:
    """What the group of a published batch asks; nothing for a draft."""
    return db.many(_asked, _OF_BATCH, requester_id=requester_id, batch_id=batch_id)
