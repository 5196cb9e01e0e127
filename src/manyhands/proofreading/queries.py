"""What editors, workers and requesters read of proofreading."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db
from manyhands.core.ids import AccountId, AssignmentId, ProjectId, RequesterId

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that waits for an editor, the oldest first."""

    assignment_id: AssignmentId
    title: str
    requester_name: str
    submitted_at: datetime
    corrections: int


_WAITING = """
SELECT assignment.id, hit_type.title, requester.display_name, assignment.submitted_at, assignment.corrections
  FROM proofread_project
  JOIN batch ON batch.project_id = proofread_project.project_id
  JOIN assignment ON assignment.batch_id = batch.id AND assignment.status = 'submitted'
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
  LEFT JOIN proofread_submission ON proofread_submission.assignment_id = assignment.id
 WHERE proofread_submission.assignment_id IS NULL
   AND assignment.worker_id <> %(editor_id)s
   AND assignment.requester_id <> %(editor_id)s
 ORDER BY assignment.submitted_at, assignment.id
 LIMIT %(limit)s
"""


def waiting(*, editor_id: AccountId) -> list[Waiting]:
    """What waits for editors, but for the editor's own. One statement, at most PAGE."""
    return db.many(Waiting, _WAITING, editor_id=editor_id, limit=PAGE)


@dataclass(frozen=True, slots=True)
class Text:
    """A submission as an editor reads it: what was asked, and what was handed in."""

    title: str
    description: str
    requester_name: str
    input: dict[str, Any]
    answer: list[list[str]]
    words_before: str


_TEXT = """
SELECT hit_type.title, hit_type.description, requester.display_name, hit.input, assignment.answer,
       CASE WHEN assignment.corrections > 0 THEN assignment.feedback ELSE '' END
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN requester ON requester.account_id = assignment.requester_id
  JOIN batch ON batch.id = assignment.batch_id
  JOIN proofread_project ON proofread_project.project_id = batch.project_id
 WHERE assignment.id = %(assignment_id)s
   AND assignment.status = 'submitted'
"""


def text(*, assignment_id: AssignmentId) -> Text | None:
    return db.one_or_none(Text, _TEXT, assignment_id=assignment_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an editor said of a submission."""

    grade: str
    corrected: list[list[str]]
    words: str
    at: datetime


_VERDICT = """
SELECT grade, corrected, words, at FROM proofread_submission WHERE assignment_id = %(assignment_id)s
"""


def verdict(*, assignment_id: AssignmentId) -> Verdict | None:
    return db.one_or_none(Verdict, _VERDICT, assignment_id=assignment_id)


@dataclass(frozen=True, slots=True)
class Skill:
    """A percentage that grades of a project could move."""

    qualification_type_id: int
    name: str
    is_chosen: bool


_SKILLS = """
SELECT kind.id, kind.name, chosen.skill_id IS NOT NULL
  FROM qualification_type AS kind
  LEFT JOIN proofread_project AS chosen ON chosen.project_id = %(project_id)s AND chosen.skill_id = kind.id
 WHERE (kind.requester_id = %(requester_id)s OR kind.requester_id IS NULL)
   AND kind.route <> 'system'
   AND kind.score_kind = 'percent'
   AND kind.status = 'active'
 ORDER BY kind.name
 LIMIT 200
"""


def skills(*, requester_id: RequesterId, project_id: ProjectId) -> list[Skill]:
    return db.many(Skill, _SKILLS, requester_id=requester_id, project_id=project_id)


def is_proofread(*, project_id: ProjectId) -> bool:
    return db.one(
        bool,
        "SELECT EXISTS (SELECT FROM proofread_project WHERE project_id = %(project_id)s)",
        project_id=project_id,
    )
