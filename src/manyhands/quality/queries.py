"""What is read about quality: the answers of one field, coded for aggregation; known answers; progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from manyhands.core import db
from manyhands.core.ids import (
    AssignmentId,
    BatchId,
    HITId,
    ProjectId,
    QualificationTypeId,
    RequesterId,
    WorkerId,
)
from manyhands.quality.aggregation import Answers
from manyhands.work.queries import results


@dataclass(frozen=True, slots=True)
class FieldAnswers:
    """The answers of one field; ``hits``, ``workers`` and ``classes`` name the codes. Empty ones are left out."""

    answers: Answers
    hits: list[int]
    workers: list[int]
    classes: list[str]


def field_answers(
    *, requester_id: RequesterId, batch_id: BatchId, field: str, place: int | None = None
) -> FieldAnswers:
    """Read and code the answers of a field: HITs and workers by id, classes in sorted order."""
    hits: list[int] = []
    workers: list[int] = []
    labels: list[int] = []
    codes: dict[str, int] = {}
    for hit, worker, value in results.field_values(
        requester_id=requester_id, batch_id=batch_id, field=field, place=place
    ):
        if value is None or not value.strip():
            continue
        hits.append(hit)
        workers.append(worker)
        labels.append(codes.setdefault(value, len(codes)))
    names = sorted(codes)
    rank = np.empty(len(names), dtype=np.int64)
    rank[[codes[name] for name in names]] = np.arange(len(names))
    hit_ids, item = np.unique(np.array(hits, dtype=np.int64), return_inverse=True)
    worker_ids, person = np.unique(np.array(workers, dtype=np.int64), return_inverse=True)
    answers = Answers(
        item=item.astype(np.int64),
        worker=person.astype(np.int64),
        label=rank[np.array(labels, dtype=np.int64)],
        n_items=len(hit_ids),
        n_workers=len(worker_ids),
        n_classes=len(names),
    )
    return FieldAnswers(answers, hit_ids.tolist(), worker_ids.tolist(), names)


# Known answers --------------------------------------------------------------------------------

# A worker's own figure counts in such steps, so that no single task is told apart by it.
OWN_STEP = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One signal: what was measured, and what it is held against."""

    kind: str
    value: float
    expectation: float | None
    name: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one submission beside its answer: for its requester, and for nobody to act on alone.

    ``signals``: what was measured of it, as its worker sees it. ``right`` of ``asked``: how it met the
    known answers of its task; None: the task has none, or it is not scored yet.
    ``worker_right`` of ``worker_asked``: the same person's in the whole project.
    """

    assignment_id: int
    right: int | None
    asked: int | None
    worker_right: int
    worker_asked: int
    signals: tuple[Measured, ...] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.asked or self.worker_asked or self.signals)


_EVIDENCE = """
SELECT assignment.id, result."right", result.asked, coalesce(known."right", 0), coalesce(known.asked, 0),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(signal.kind, signal.value, signal.expectation, signal.name)
                                  ORDER BY signal.id), '[]')
          FROM submission_signal AS signal
         WHERE signal.assignment_id = assignment.id)
  FROM assignment
  JOIN batch ON batch.id = assignment.batch_id
  LEFT JOIN known_answer_result AS result ON result.assignment_id = assignment.id
  LEFT JOIN LATERAL (
       SELECT sum(each."right")::bigint AS "right", sum(each.asked)::bigint AS asked
         FROM known_answer_result AS each
        WHERE each.project_id = batch.project_id AND each.worker_id = assignment.worker_id) AS known ON true
 WHERE assignment.id = ANY(%(assignment_ids)s) AND assignment.requester_id = %(requester_id)s
"""


def evidence(*, requester_id: RequesterId, assignment_ids: Sequence[int]) -> dict[int, Evidence]:
    """What is known about these submissions of the requester's. One statement."""

    def row(*values: Any) -> Evidence:
        return Evidence(*(*values[:5], tuple(Measured(*each) for each in values[5])))

    found = db.many(row, _EVIDENCE, requester_id=requester_id, assignment_ids=list(assignment_ids))
    return {each.assignment_id: each for each in found}


@dataclass(frozen=True, slots=True)
class Own:
    """A worker's own known answers in a project: ``right`` of ``asked``, in steps; 0 of 0 until the first."""

    right: int
    asked: int


_OWN = """
SELECT coalesce(sum(met."right"), 0)::bigint, coalesce(sum(met.asked), 0)::bigint
  FROM (SELECT known."right", known.asked, count(*) OVER () AS whole,
               row_number() OVER (ORDER BY known.submitted_at, known.assignment_id) AS place
          FROM known_answer_result AS known
         WHERE known.worker_id = %(worker_id)s
           AND known.project_id = (SELECT batch.project_id
                                     FROM assignment
                                     JOIN batch ON batch.id = assignment.batch_id
                                    WHERE assignment.id = %(assignment_id)s
                                      AND assignment.worker_id = %(worker_id)s)) AS met
 WHERE met.place <= met.whole / %(step)s * %(step)s
"""


def own_known(*, worker_id: WorkerId, assignment_id: AssignmentId) -> Own:
    """How the worker met the known answers of this assignment's project, in steps of five. One statement."""
    return db.one(Own, _OWN, worker_id=worker_id, assignment_id=assignment_id, step=OWN_STEP)


_OWN_SIGNALS = """
SELECT signal.kind, signal.value, signal.expectation, signal.name
  FROM submission_signal AS signal
  JOIN assignment ON assignment.id = signal.assignment_id
 WHERE assignment.id = %(assignment_id)s AND assignment.worker_id = %(worker_id)s
 ORDER BY signal.id
"""


def own_signals(*, worker_id: WorkerId, assignment_id: AssignmentId) -> tuple[Measured, ...]:
    """What was measured of the worker's own submission: all that its requester sees. One statement."""
    return tuple(db.many(Measured, _OWN_SIGNALS, worker_id=worker_id, assignment_id=assignment_id))


@dataclass(frozen=True, slots=True)
class KnownHIT:
    """A HIT with known answers, and how submissions met them so far."""

    hit_id: HITId
    answers: dict[str, list[list[str]]]
    right: int
    asked: int
    submissions: int


_KNOWN_HITS = """
SELECT hit.id, known_answer.answers, coalesce(met."right", 0), coalesce(met.asked, 0), coalesce(met.count, 0)
  FROM hit
  JOIN known_answer ON known_answer.hit_id = hit.id
  LEFT JOIN LATERAL (
       SELECT sum(result."right")::bigint AS "right", sum(result.asked)::bigint AS asked, count(*) AS count
         FROM assignment
         JOIN known_answer_result AS result ON result.assignment_id = assignment.id
        WHERE assignment.hit_id = hit.id) AS met ON true
  JOIN batch ON batch.id = hit.batch_id
 WHERE hit.batch_id = %(batch_id)s AND batch.requester_id = %(requester_id)s AND hit.id > %(after)s
 ORDER BY hit.id
 LIMIT %(limit)s
"""


def known_hits(
    *, requester_id: RequesterId, batch_id: BatchId, after: int = 0, limit: int = 50
) -> list[KnownHIT]:
    """The HITs of a batch whose answers are known, in their order."""
    return db.many(
        KnownHIT, _KNOWN_HITS, requester_id=requester_id, batch_id=batch_id, after=after, limit=limit
    )


# Qualification tasks --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a worker is with the qualification tasks of a type: ``done`` of ``needed`` submitted.

    ``score`` and ``is_passed``: what came of them; None until all are in and scored.
    """

    qualification_type_id: QualificationTypeId
    name: str
    done: int
    needed: int
    score: int | None
    is_passed: bool | None


_PROGRESS = """
SELECT kind.id, kind.name, least(count(assignment.id), kind.tasks_needed), kind.tasks_needed,
       series.score, series.is_passed
  FROM qualification_type AS kind
  JOIN hit_type ON hit_type.qualification_type_id = kind.id
  JOIN assignment ON assignment.hit_type_id = hit_type.id
                 AND assignment.worker_id = %(worker_id)s
                 AND assignment.submitted_at IS NOT NULL
  LEFT JOIN task_series AS series ON series.qualification_type_id = kind.id
                                 AND series.worker_id = %(worker_id)s
 GROUP BY kind.id, series.id
 ORDER BY kind.id
 LIMIT 200
"""


def progress(*, worker_id: WorkerId) -> dict[QualificationTypeId, Progress]:
    """The worker's qualification tasks, for every type they have begun. One statement."""
    found = db.many(Progress, _PROGRESS, worker_id=worker_id)
    return {each.qualification_type_id: each for each in found}


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """How a skill moves, for its worker to read: by known answers of which project's tasks."""

    title: str
    right_by: int
    wrong_by: int
    starts_at: int | None


_RULES = """
SELECT project.title, rule.right_by, rule.wrong_by, rule.starts_at
  FROM score_rule AS rule
  JOIN project ON project.id = rule.project_id
 WHERE rule.qualification_type_id = %(qualification_type_id)s
 ORDER BY project.id
 LIMIT 50
"""


def score_rules(*, qualification_type_id: QualificationTypeId) -> list[PublishedRule]:
    """The rules by which known answers move this skill: shown on its page to everybody."""
    return db.many(PublishedRule, _RULES, qualification_type_id=qualification_type_id)


@dataclass(frozen=True, slots=True)
class ProjectQuality:
    """What a project says about quality: its skill's rule, and whose tasks it publishes."""

    skill_id: QualificationTypeId | None
    skill_name: str | None
    right_by: int | None
    wrong_by: int | None
    starts_at: int | None
    tasks_id: QualificationTypeId | None
    tasks_name: str | None
    known_right: int
    known_asked: int
    questions: int
    right_needed: int | None
    places: int


_PROJECT = """
SELECT rule.qualification_type_id, skill.name, rule.right_by, rule.wrong_by, rule.starts_at,
       project.qualification_type_id, tasks.name, coalesce(met."right", 0), coalesce(met.asked, 0),
       project.first_questions, job.right_needed, project.first_places
  FROM project
  LEFT JOIN first_questions AS job ON job.project_id = project.id
  LEFT JOIN score_rule AS rule ON rule.project_id = project.id
  LEFT JOIN qualification_type AS skill ON skill.id = rule.qualification_type_id
  LEFT JOIN qualification_type AS tasks ON tasks.id = project.qualification_type_id
  LEFT JOIN LATERAL (
       SELECT sum(result."right")::bigint AS "right", sum(result.asked)::bigint AS asked
         FROM known_answer_result AS result
        WHERE result.project_id = project.id) AS met ON true
 WHERE project.id = %(project_id)s AND project.requester_id = %(requester_id)s
"""


def project_quality(*, requester_id: RequesterId, project_id: ProjectId) -> ProjectQuality | None:
    """How a project measures quality; None when absent or foreign. One statement."""
    return db.one_or_none(ProjectQuality, _PROJECT, requester_id=requester_id, project_id=project_id)
