"""What pages read of assessments: their stages, an attempt's steps, the texts that wait for an editor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db
from manyhands.core.ids import AccountId, QualificationRequestId, QualificationTypeId, WorkerId

PAGE = 50


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with what the worker's latest attempt made of it; ``answer`` is pairs, or the text written."""

    ordinal: int
    kind: str
    title: str
    text: str
    question_form: str
    pass_percent: int | None
    topic: str
    words_min: int | None
    words_max: int | None
    answer: Any
    score: int | None
    grade: str
    corrected: str
    words: str
    returned_words: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A worker's latest attempt at an assessment."""

    request_id: QualificationRequestId
    status: str
    version: int
    stages_done: int
    score: int | None
    requested_at: datetime


_ATTEMPT = """
SELECT id, status, stage_version, stages_done, score, requested_at
  FROM qualification_request
 WHERE worker_id = %(worker_id)s
   AND qualification_type_id = %(type_id)s
   AND stage_version IS NOT NULL
 ORDER BY id DESC
 LIMIT 1
"""


def latest_attempt(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Attempt | None:
    return db.one_or_none(Attempt, _ATTEMPT, worker_id=worker_id, type_id=qualification_type_id)


_STAGES = """
SELECT stage.ordinal, stage.kind, stage.title, stage.text, stage.question_form, stage.pass_percent, stage.topic,
       stage.words_min, stage.words_max, step.answer, step.score, coalesce(step.grade, ''),
       coalesce(step.corrected, ''), coalesce(step.words, ''), coalesce(step.returned_words, '')
  FROM assessment_stage AS stage
  LEFT JOIN assessment_step AS step ON step.stage_id = stage.id AND step.request_id = %(request_id)s::bigint
 WHERE stage.qualification_type_id = %(type_id)s
   AND stage.version = coalesce(%(version)s::integer,
                                (SELECT max(version) FROM assessment_stage AS newest
                                  WHERE newest.qualification_type_id = %(type_id)s))
 ORDER BY stage.ordinal
"""


def stages(*, qualification_type_id: QualificationTypeId, attempt: Attempt | None = None) -> list[Stage]:
    """The stages of an attempt with what came of them, or those the next attempt will have."""
    return db.many(
        Stage,
        _STAGES,
        type_id=qualification_type_id,
        request_id=attempt.request_id if attempt else None,
        version=attempt.version if attempt else None,
    )


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text of an assessment that waits for an editor. The writer stays unnamed."""

    request_id: QualificationRequestId
    name: str
    title: str
    topic: str
    instructions: str
    text: str
    submitted_at: datetime
    returned_words: str
    returned_count: int


_WAITING = """
SELECT request.id, kind.name, stage.title, stage.topic, stage.text, step.answer #>> '{}', step.submitted_at,
       step.returned_words, step.returned_count
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
  JOIN assessment_stage AS stage
    ON stage.qualification_type_id = request.qualification_type_id
   AND stage.version = request.stage_version
   AND stage.ordinal = request.stages_done + 1
  JOIN assessment_step AS step ON step.request_id = request.id AND step.stage_id = stage.id
 WHERE request.status = 'pending'
   AND request.stage_version IS NOT NULL
   AND request.worker_id <> %(editor_id)s
   AND (%(request_id)s::bigint IS NULL OR request.id = %(request_id)s::bigint)
 ORDER BY step.submitted_at
 LIMIT %(limit)s
"""


def waiting_texts(
    *, editor_id: AccountId, request_id: QualificationRequestId | None = None
) -> list[WaitingText]:
    """Texts that wait, the oldest first, but for the editor's own. One statement, at most PAGE."""
    return db.many(WaitingText, _WAITING, editor_id=editor_id, request_id=request_id, limit=PAGE)
