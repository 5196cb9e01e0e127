"""What clients of the API read of a requester's work: HITs with all that describes them, assignments, bonuses.

Time is taken into account as everywhere: what it has decided is so, whatever the sweeps have done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from manyhands.core import db
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, QualificationTypeId, RequesterId

BEYOND_ALL = 2**62


@dataclass(frozen=True, slots=True)
class HIT:
    """A HIT with its terms. ``question`` is its XML; without one it asks ``layout_html`` filled with ``input``.

    ``requirements``: as ``qualifications.requirements.Requirement.from_json`` reads them.
    """

    id: HITId
    hit_type_id: HITTypeId
    batch_id: int
    source: str
    created_at: datetime
    expires_at: datetime
    title: str
    description: str
    keywords: str
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int
    status: str
    max_assignments: int
    available: int
    pending: int
    completed: int
    annotation: str
    layout_id: int | None
    question: str | None
    layout_html: str | None
    input: dict[str, str]
    requirements: list[list[Any]]


# Free places of a HIT whose end has come are no longer given out: it waits for what is out, or for review.
_STATUS: LiteralString = """
       CASE WHEN hit.status = 'assignable' AND hit.expires_at <= now()
            THEN CASE WHEN hit.pending > 0 THEN 'unassignable' ELSE 'reviewable' END
            ELSE hit.status END"""
_HIT: LiteralString = f"""
SELECT hit.id, hit.hit_type_id, hit.batch_id, batch.source, hit.created_at, hit.expires_at,
       hit_type.title, hit_type.description, hit_type.keywords, hit_type.reward_minor,
       hit_type.assignment_duration_s, hit_type.auto_approval_delay_s,
       {_STATUS}, hit.max_assignments,
       CASE WHEN hit.expires_at <= now() THEN 0 ELSE hit.available END, hit.pending,
       hit.approved + hit.rejected, hit.annotation, hit.layout_id, question.content, layout.html, hit.input,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(qualification_type_id, comparator, scores, actions_guarded)
                                  ORDER BY id), '[]')
          FROM qualification_requirement
         WHERE qualification_requirement.hit_type_id = hit.hit_type_id)
  FROM hit
  JOIN batch ON batch.id = hit.batch_id
  JOIN hit_type ON hit_type.id = hit.hit_type_id
  LEFT JOIN question ON question.id = hit.question_id
  LEFT JOIN layout ON layout.id = hit_type.layout_id AND hit.question_id IS NULL
"""  # noqa: S608 - made of constants
_ONE: LiteralString = _HIT + " WHERE hit.id = %(hit_id)s AND batch.requester_id = %(requester_id)s"


def hit(*, requester_id: RequesterId, hit_id: HITId) -> HIT | None:
    """One HIT, disposed of or not; None when absent or foreign. One statement."""
    return db.one_or_none(HIT, _ONE, requester_id=requester_id, hit_id=hit_id)


# The newest of each batch, and of those the newest: the index of each batch is read from its end.
_LISTED: LiteralString = f"""{_HIT}
 WHERE hit.id IN (
       SELECT newest.id
         FROM batch AS own
        CROSS JOIN LATERAL (
              SELECT hit.id
                FROM hit
               WHERE hit.batch_id = own.id
                 AND hit.id < %(before)s
                 AND hit.status <> 'disposed'
                 AND (%(status)s = '' OR %(status)s = {_STATUS})
               ORDER BY hit.id DESC
               LIMIT %(limit)s) AS newest
        WHERE own.requester_id = %(requester_id)s
          AND own.status = 'published'
          AND (%(hit_type_id)s::bigint IS NULL OR own.hit_type_id = %(hit_type_id)s)
          AND (%(qualification_type_id)s::bigint IS NULL OR EXISTS (
               SELECT FROM qualification_requirement AS asked
                WHERE asked.hit_type_id = own.hit_type_id
                  AND asked.qualification_type_id = %(qualification_type_id)s))
        ORDER BY newest.id DESC
        LIMIT %(limit)s)
 ORDER BY hit.id DESC
"""  # noqa: S608 - made of constants


def hits(
    *,
    requester_id: RequesterId,
    limit: int,
    before: int = BEYOND_ALL,
    status: str = "",
    hit_type_id: HITTypeId | None = None,
    qualification_type_id: QualificationTypeId | None = None,
) -> list[HIT]:
    """HITs that are not disposed of, newest first; ``before`` is the last id of the page above. One statement."""
    return db.many(
        HIT,
        _LISTED,
        requester_id=requester_id,
        limit=limit,
        before=before,
        status=status,
        hit_type_id=hit_type_id,
        qualification_type_id=qualification_type_id,
    )


@dataclass(frozen=True, slots=True)
class Assignment:
    """Work that was handed in. ``answer``: ``[field, value]`` pairs; ``question`` is the XML of a form."""

    id: AssignmentId
    hit_id: HITId
    worker_id: int
    status: str
    accepted_at: datetime
    deadline_at: datetime
    submitted_at: datetime
    auto_approve_at: datetime | None
    decided_at: datetime | None
    feedback: str
    answer: list[list[str]]
    form: str | None
    files: dict[str, int]
    """The files in the answer: how many bytes each key has."""


_DECISION: LiteralString = """
       CASE WHEN assignment.status = 'submitted' AND assignment.auto_approve_at <= now() THEN 'approved'
            ELSE assignment.status END"""
_ASSIGNMENT: LiteralString = f"""
SELECT assignment.id, assignment.hit_id, assignment.worker_id, {_DECISION} AS status, assignment.accepted_at,
       assignment.deadline_at, assignment.submitted_at, assignment.auto_approve_at,
       coalesce(assignment.decided_at, assignment.auto_approve_at), assignment.feedback, assignment.answer,
       CASE WHEN question.kind = 'form' THEN question.content END,
       coalesce((SELECT jsonb_object_agg(answer_file.key, answer_file.bytes)
                   FROM answer_file
                  WHERE answer_file.assignment_id = assignment.id), '{{}}')
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  LEFT JOIN question ON question.id = hit.question_id
"""  # noqa: S608 - made of constants
_ASSIGNMENT_ONE: LiteralString = _ASSIGNMENT + (
    " WHERE assignment.id = %(assignment_id)s AND assignment.requester_id = %(requester_id)s"
)


def assignment(*, requester_id: RequesterId, assignment_id: AssignmentId) -> Assignment | None:
    """One assignment in any state; None when absent or foreign. One statement."""
    return db.one_or_none(Assignment, _ASSIGNMENT_ONE, requester_id=requester_id, assignment_id=assignment_id)


_OF_HIT: LiteralString = (
    _ASSIGNMENT
    + f"""
 WHERE assignment.hit_id = %(hit_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status IN ('submitted', 'approved', 'rejected')
   AND {_DECISION} = ANY(%(statuses)s)
   AND (assignment.submitted_at, assignment.id)
       > ('epoch'::timestamptz + %(after_us)s * interval '1 microsecond', %(after_id)s)
 ORDER BY assignment.submitted_at, assignment.id
 LIMIT %(limit)s
"""
)


def assignments_of(
    *,
    requester_id: RequesterId,
    hit_id: HITId,
    statuses: Sequence[str],
    limit: int,
    after: Sequence[int] | None = None,
) -> list[Assignment]:
    """What was handed in for a HIT, in that order; ``after``: microseconds and id of the last one above."""
    after_us, after_id = after or (0, 0)
    return db.many(
        Assignment,
        _OF_HIT,
        requester_id=requester_id,
        hit_id=hit_id,
        statuses=list(statuses),
        limit=limit,
        after_us=after_us,
        after_id=after_id,
    )


@dataclass(frozen=True, slots=True)
class Bonus:
    id: int
    worker_id: int
    assignment_id: AssignmentId
    amount_minor: int
    fee_minor: int
    reason: str
    at: datetime


_BONUS: LiteralString = """
SELECT id, worker_id, assignment_id, amount_minor, fee_minor, reason, created_at
  FROM bonus
 WHERE requester_id = %(requester_id)s AND id > %(after)s
"""
_BONUSES_OF_HIT: LiteralString = _BONUS + " AND hit_id = %(id)s ORDER BY id LIMIT %(limit)s"
_BONUSES_OF_ASSIGNMENT: LiteralString = _BONUS + " AND assignment_id = %(id)s ORDER BY id LIMIT %(limit)s"


def bonuses(
    *,
    requester_id: RequesterId,
    limit: int,
    after: int = 0,
    hit_id: HITId | None = None,
    assignment_id: AssignmentId | None = None,
) -> list[Bonus]:
    """Bonuses given for a HIT or for one assignment, in order. One statement."""
    statement = _BONUSES_OF_HIT if assignment_id is None else _BONUSES_OF_ASSIGNMENT
    subject = hit_id if assignment_id is None else assignment_id
    return db.many(Bonus, statement, requester_id=requester_id, id=subject, after=after, limit=limit)
