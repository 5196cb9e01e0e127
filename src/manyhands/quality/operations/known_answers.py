"""Known answers: how submissions met them, and the scores that follow.

Nothing here runs in the statement that submits. ``submissions.read`` brings what was handed in, and each
submission is scored once; scores move afterwards, one worker at a time, and each result moves them once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.ids import HITTypeId, QualificationTypeId, WorkerId
from manyhands.qualifications import scores
from manyhands.qualifications.errors import QualificationNotHeld
from manyhands.qualifications.models import Qualification
from manyhands.qualifications.scores import Change
from manyhands.qualifications.states import ChangeReason
from manyhands.quality.aggregation.text import normalise
from manyhands.quality.models import FirstQuestions, ScoreRule, TaskSeries
from manyhands.questions.checking import by_field
from manyhands.work.errors import FirstQuestionsOpen
from manyhands.work.operations import accepting
from manyhands.work.operations.accepting import Accepted

_KNOWN_SUBMISSIONS = sql.load("manyhands.quality", "known_submissions")
_KEEP_RESULTS = sql.load("manyhands.quality", "keep_results")

WORKERS_AT_ONCE = 500


def met(answer: Sequence[Sequence[str]], known: Mapping[str, Sequence[Sequence[str]]]) -> tuple[int, int]:
    """So many fields right of so many asked; texts are compared as answers are grouped (normalised)."""
    given = by_field(answer)
    right = sum(_key(given.get(field, ())) in map(_key, accepted) for field, accepted in known.items())
    return right, len(known)


def _key(values: Sequence[str]) -> list[str]:
    return sorted(text for text in map(normalise, values) if text)


@dataclass(frozen=True, slots=True)
class _Submission:
    assignment_id: int
    worker_id: int
    project_id: int | None
    qualification_type_id: int | None
    submitted_at: datetime
    answer: list[list[str]]
    known: dict[str, list[list[str]]]


def score_span(*, after: int, up_to: int) -> int:
    """Score what these events handed in; how many. Two statements, in the transaction of the cursor."""
    found = db.many(_Submission, _KNOWN_SUBMISSIONS, after=after, up_to=up_to)
    _keep(found)
    return len(found)


def _keep(found: Sequence[_Submission]) -> None:
    results = [met(each.answer, each.known) for each in found]
    if found:
        db.run(
            _KEEP_RESULTS,
            assignment_ids=[each.assignment_id for each in found],
            worker_ids=[each.worker_id for each in found],
            project_ids=[each.project_id for each in found],
            qualification_type_ids=[each.qualification_type_id for each in found],
            rights=[right for right, _ in results],
            askeds=[asked for _, asked in results],
            submitted_ats=[each.submitted_at for each in found],
        )


# Scores that move -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result:
    assignment_id: int
    project_id: int | None
    qualification_type_id: int | None
    right: int
    asked: int


_TO_APPLY = """
SELECT DISTINCT worker_id FROM known_answer_result WHERE applied_at IS NULL ORDER BY worker_id LIMIT %(limit)s
"""
_LOCK_WORKER = "SELECT account_id FROM worker WHERE account_id = %(worker_id)s FOR NO KEY UPDATE"
_OF_WORKER = """
UPDATE known_answer_result
   SET applied_at = now()
 WHERE worker_id = %(worker_id)s AND applied_at IS NULL
RETURNING assignment_id, project_id, qualification_type_id, "right", asked
"""


_UNSCORED = """
SELECT assignment.id, assignment.worker_id, batch.project_id, hit_type.qualification_type_id,
       assignment.submitted_at, assignment.answer, known_answer.answers
  FROM assignment
  JOIN known_answer ON known_answer.hit_id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN batch ON batch.id = assignment.batch_id
 WHERE assignment.worker_id = %(worker_id)s
   AND assignment.hit_type_id = %(hit_type_id)s
   AND assignment.submitted_at IS NOT NULL
   AND assignment.answer IS NOT NULL
   AND NOT EXISTS (
        SELECT FROM known_answer_result WHERE known_answer_result.assignment_id = assignment.id)
 ORDER BY assignment.id DESC
 LIMIT 100
"""


def score_now(*, worker_id: WorkerId, hit_type_id: HITTypeId) -> int:
    """Score one worker's submissions in a group without waiting for the cursor; how many were new.

    For the first questions of a job, whose worker waits for the outcome. What the cursor finds later is
    scored already.
    """
    found = db.many(_Submission, _UNSCORED, worker_id=worker_id, hit_type_id=hit_type_id)
    _keep(found)
    apply(worker_id=worker_id)
    return len(found)


def take_next(*, worker_id: WorkerId, hit_type_id: HITTypeId) -> Accepted:
    """Accept the next task of a group, scoring first what it waits for. Raises as ``accepting.accept_next``."""
    try:
        return accepting.accept_next(worker_id=worker_id, hit_type_id=hit_type_id)
    except FirstQuestionsOpen:
        score_now(worker_id=worker_id, hit_type_id=hit_type_id)
        return accepting.accept_next(worker_id=worker_id, hit_type_id=hit_type_id)


def apply_due() -> int:
    """Move the scores by every result that has not moved them yet; how many workers' were."""
    workers = db.many(WorkerId, _TO_APPLY, limit=WORKERS_AT_ONCE)
    for worker_id in workers:
        apply(worker_id=worker_id)
    return len(workers)


def apply(*, worker_id: WorkerId) -> int:
    """Move one worker's scores by what is not applied yet; how many results that were.

    One transaction, the worker locked: two runs at once apply each result once, in the order of work.
    """
    with transaction.atomic():
        db.run(_LOCK_WORKER, worker_id=worker_id)
        results = sorted(
            db.many(_Result, _OF_WORKER, worker_id=worker_id), key=lambda each: each.assignment_id
        )
        _move_skills(worker_id, results)
        for project_id in sorted({each.project_id for each in results if each.project_id}):
            _open_job(worker_id, project_id)
        for type_id in sorted({each.qualification_type_id for each in results if each.qualification_type_id}):
            _finish_series(worker_id, QualificationTypeId(type_id))
    return len(results)


def _move_skills(worker_id: WorkerId, results: Sequence[_Result]) -> None:
    rules = ScoreRule.objects.in_bulk([each.project_id for each in results if each.project_id])
    for each in results:
        rule = rules.get(each.project_id or 0)
        if rule is None:
            continue
        by = rule.right_by if each.right == each.asked else -rule.wrong_by
        # The task is not named: the others still have to do it without knowing.
        why = Change(ChangeReason.KNOWN_ANSWER, {"right": each.right, "asked": each.asked, "by": by})
        _move(worker_id, rule, by, why)


def _move(worker_id: WorkerId, rule: ScoreRule, by: int, why: Change) -> None:
    type_id = QualificationTypeId(rule.qualification_type_id)
    try:
        scores.move_score(worker_id=worker_id, qualification_type_id=type_id, by=by, why=why)
    except QualificationNotHeld:
        if rule.starts_at is not None:
            start = min(scores.SCORE_MAX, max(0, rule.starts_at + by))
            scores.set_score(worker_id=worker_id, qualification_type_id=type_id, score=start, why=why)


# Of the project's first questions, whatever batch they came with: below zero stand no other tasks.
_FIRST = """
SELECT count(*), count(*) FILTER (WHERE first."right" = first.asked), 0
  FROM (SELECT result."right", result.asked
          FROM known_answer_result AS result
          JOIN assignment ON assignment.id = result.assignment_id
          JOIN hit ON hit.id = assignment.hit_id
         WHERE result.worker_id = %(worker_id)s AND result.project_id = %(project_id)s AND hit.position < 0
         ORDER BY result.submitted_at, result.assignment_id
         LIMIT %(needed)s) AS first
"""


def _open_job(worker_id: WorkerId, project_id: int) -> None:
    """Open the work to who got enough of the first questions right, and close the project to who did not."""
    job = FirstQuestions.objects.filter(project_id=project_id).first()
    if job is None or _has_either(worker_id, job):
        return
    count, right, _ = db.one(_three, _FIRST, worker_id=worker_id, project_id=project_id, needed=job.questions)
    if count < job.questions:
        return
    is_passed = right >= job.right_needed
    scores.set_score(
        worker_id=worker_id,
        qualification_type_id=QualificationTypeId(job.passed_id if is_passed else job.failed_id),
        score=share(right, count),
        why=Change(ChangeReason.IN_JOB, {"right": right, "asked": count, "needed": job.right_needed}),
    )


def _has_either(worker_id: WorkerId, job: FirstQuestions) -> bool:
    """Given or taken before: the questions are asked once."""
    return Qualification.objects.filter(
        worker_id=worker_id, qualification_type_id__in=(job.passed_id, job.failed_id)
    ).exists()


_SERIES = """
SELECT count(*), coalesce(sum(first."right"), 0), coalesce(sum(first.asked), 0)
  FROM (SELECT "right", asked
          FROM known_answer_result
         WHERE worker_id = %(worker_id)s AND qualification_type_id = %(qualification_type_id)s
         ORDER BY submitted_at, assignment_id
         LIMIT %(needed)s) AS first
"""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What of a type its series of tasks goes by."""

    needed: int
    pass_score: int | None

    @classmethod
    def of(cls, type_id: QualificationTypeId) -> "_Kind":
        return db.one(
            cls,
            "SELECT coalesce(tasks_needed, 1), pass_score FROM qualification_type WHERE id = %(id)s",
            id=type_id,
        )


def _finish_series(worker_id: WorkerId, type_id: QualificationTypeId) -> None:
    """Give the score once all tasks of the series are in: by its first so many submissions, and once."""
    kind = _Kind.of(type_id)
    count, right, asked = db.one(
        _three, _SERIES, worker_id=worker_id, qualification_type_id=type_id, needed=kind.needed
    )
    if count < kind.needed:
        return
    score = share(right, asked)
    series, is_first = TaskSeries.objects.get_or_create(
        worker_id=worker_id,
        qualification_type_id=type_id,
        defaults={
            "right": right, "asked": asked, "score": score,
            "is_passed": kind.pass_score is None or score >= kind.pass_score,
        },
    )  # fmt: skip
    if is_first and series.is_passed:
        why = Change(ChangeReason.TASKS, {"right": right, "asked": asked, "tasks": count})
        scores.set_score(worker_id=worker_id, qualification_type_id=type_id, score=score, why=why)


def share(right: int, asked: int) -> int:
    """Right of asked in percent, rounded half up: 17 of 20 is 85."""
    return (200 * right + asked) // (2 * asked)


def _three(*values: Any) -> tuple[int, int, int]:
    count, right, asked = (int(value) for value in values)
    return count, right, asked
