"""What the content origin reads: the layout and the row of one task, with the draft of its answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db
from manyhands.core.ids import AssignmentId, HITId, WorkerId


@dataclass(frozen=True, slots=True)
class AssignmentTask:
    """A task in a worker's hands: its ``question_id``, or else the layout filled with ``input``.

    ``draft`` is what was typed so far, or sent back for correction; ``open`` is whether an answer would
    still be taken; ``submitted`` whether one was.
    """

    layout_id: int | None
    question_id: int | None
    input: dict[str, Any]
    hit_id: HITId
    open: bool
    submitted: bool
    deadline_at: datetime
    now: datetime
    draft: list[list[str]] | None


_ASSIGNMENT = """
SELECT hit_type.layout_id, hit.question_id, hit.input, hit.id,
       assignment.status IN ('accepted', 'correction') AND assignment.deadline_at > now(),
       assignment.status IN ('submitted', 'approved', 'rejected'),
       assignment.deadline_at, now(),
       coalesce(draft.answer, CASE WHEN assignment.status = 'correction' THEN assignment.answer END)
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  LEFT JOIN assignment_draft AS draft ON draft.assignment_id = assignment.id
 WHERE assignment.id = %(assignment_id)s AND assignment.worker_id = %(worker_id)s
"""


def assignment_task(*, assignment_id: AssignmentId, worker_id: WorkerId) -> AssignmentTask | None:
    """The task of an assignment, None when it is not this worker's. One statement."""
    return db.one_or_none(AssignmentTask, _ASSIGNMENT, assignment_id=assignment_id, worker_id=worker_id)


@dataclass(frozen=True, slots=True)
class Questioned:
    """An assignment of a HIT with a question of its own: who holds it."""

    worker_id: WorkerId
    kind: str


def questioned(*, assignment_id: AssignmentId) -> Questioned | None:
    """Who holds the assignment; None without one, or when its HIT is a layout's. One statement."""
    return db.one_or_none(
        Questioned,
        "SELECT assignment.worker_id, question.kind FROM assignment"
        " JOIN hit ON hit.id = assignment.hit_id JOIN question ON question.id = hit.question_id"
        " WHERE assignment.id = %(assignment_id)s",
        assignment_id=assignment_id,
    )


@dataclass(frozen=True, slots=True)
class HITTask:
    """What a task is drawn from."""

    layout_id: int | None
    question_id: int | None
    input: dict[str, Any]


_HIT = """
SELECT hit_type.layout_id, hit.question_id, hit.input
  FROM hit
  JOIN hit_type ON hit_type.id = hit.hit_type_id
 WHERE hit.id = %(hit_id)s
"""


def hit_task(*, hit_id: HITId) -> HITTask | None:
    """What a preview of a HIT shows. One statement."""
    return db.one_or_none(HITTask, _HIT, hit_id=hit_id)


def layout_html(*, layout_id: int) -> str | None:
    """The template of a layout, which never changes. One statement."""
    return db.one_or_none(str, "SELECT html FROM layout WHERE id = %(layout_id)s", layout_id=layout_id)


@dataclass(frozen=True, slots=True)
class Question:
    """What a HIT of the API asks: ``kind`` is html, external or form; ``content`` the XML as given."""

    kind: str
    content: str


def question(*, question_id: int) -> Question | None:
    """A question, which never changes. One statement."""
    return db.one_or_none(
        Question, "SELECT kind, content FROM question WHERE id = %(question_id)s", question_id=question_id
    )
