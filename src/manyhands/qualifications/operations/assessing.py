"""A worker goes through an assessment, stage by stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.grades import ASSESSMENT_POINTS
from manyhands.qualifications.models import AssessmentStage, AssessmentStep, QualificationRequest
from manyhands.qualifications.states import ChangeReason, Grade, RequestStatus, Route, StageKind
from manyhands.qualifications.ways import way
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.parsing import parse_test

TEXT_BYTES_MAX = 256 * 1024

_BEGIN = """
INSERT INTO qualification_request (worker_id, qualification_type_id, status, stage_version)
VALUES (%(worker_id)s, %(type_id)s, 'taking', %(version)s)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an attempt stands: its status, how many stages are done, and the percentage that ended it."""

    request_id: QualificationRequestId
    status: RequestStatus
    stages_done: int
    score: int | None = None


def begin_assessment(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Progress:
    """Begin an assessment at its first stage, or go on with the attempt that is open.

    (nothing) -> taking. One transaction, the worker locked: a second window finds the first one's attempt.
    Raises NotFound, CannotBeRequested for a type that is none, and what ``ways.Way.why_not`` gives.
    """
    with transaction.atomic():
        scores.lock_worker(worker_id)
        mine = way(worker_id=worker_id, qualification_type_id=qualification_type_id)
        if mine is None:
            raise NotFound
        if mine.route != Route.ASSESSMENT:
            raise errors.CannotBeRequested
        if mine.request_id is not None:
            open_ = QualificationRequest.objects.get(pk=mine.request_id)
            return _progress(open_)
        refusal = mine.why_not()
        if refusal is not None:
            raise refusal
        latest = AssessmentStage.objects.filter(qualification_type_id=qualification_type_id)
        version = latest.order_by("-version").values_list("version", flat=True).first()
        if version is None:
            raise errors.QualificationNotOffered
        number = db.one(int, _BEGIN, worker_id=worker_id, type_id=qualification_type_id, version=version)
    return Progress(QualificationRequestId(number), RequestStatus.TAKING, 0)


def finish_reading(*, worker_id: WorkerId, request_id: QualificationRequestId, ordinal: int) -> Progress:
    """Say that the training of this stage was read. Raises NotFound, StageNotOpen."""
    with transaction.atomic():
        attempt, stage = _open(worker_id, request_id, ordinal, StageKind.TRAINING)
        AssessmentStep.objects.get_or_create(request=attempt, stage=stage)
        return _go_on(attempt)


def answer_questions(
    *, worker_id: WorkerId, request_id: QualificationRequestId, ordinal: int, answer: Sequence[Sequence[str]]
) -> Progress:
    """Hand in a stage of questions, all of them answered; its percentage decides whether it goes on.

    taking -> taking | pending | granted | failed. One transaction, the worker locked; below the stage's
    threshold the attempt fails, the threshold itself passes.
    Raises NotFound, StageNotOpen, AnswersMissing.
    """
    with transaction.atomic():
        attempt, stage = _open(worker_id, request_id, ordinal, StageKind.QUESTIONS)
        form = parse_test(stage.question_form)
        checked = check_answers(form, by_field(answer))
        if checked.problems:
            raise errors.AnswersMissing(checked.problems)
        percent = min(100, max(0, parse_answer_key(stage.answer_key, form).score(checked.selections)))
        AssessmentStep.objects.create(
            request=attempt, stage=stage, answer=[list(pair) for pair in answer], score=percent
        )
        if percent < (stage.pass_percent or 0):
            return _end(attempt, RequestStatus.FAILED, percent, stages_done=attempt.stages_done)
        return _go_on(attempt)


def hand_in_text(
    *, worker_id: WorkerId, request_id: QualificationRequestId, ordinal: int, text: str
) -> Progress:
    """Hand in the text of a stage of writing; an editor grades it.

    taking -> pending. One transaction, the worker locked; a text sent back is handed in over the first one.
    Raises NotFound, StageNotOpen, TextTooShort, TextTooLong, AnswersTooLarge.
    """
    clean = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(clean.encode()) > TEXT_BYTES_MAX:
        raise errors.AnswersTooLarge
    with transaction.atomic():
        attempt, stage = _open(worker_id, request_id, ordinal, StageKind.WRITING)
        count = len(clean.split())
        if count < (stage.words_min or 1):
            raise errors.TextTooShort(count=count, least=stage.words_min or 1)
        if stage.words_max is not None and count > stage.words_max:
            raise errors.TextTooLong(count=count, most=stage.words_max)
        AssessmentStep.objects.update_or_create(
            request=attempt, stage=stage, defaults={"answer": clean, "submitted_at": timezone.now()}
        )
        return _become(attempt, RequestStatus.PENDING)


def graded(attempt: QualificationRequest, grade: Grade) -> Progress:
    """Take an editor's grade of the open text into account: on to the next stage, or failed.

    For ``editing`` only, which has locked the worker and the attempt.
    """
    if grade == Grade.UNSATISFACTORY:
        return _end(attempt, RequestStatus.FAILED, None, stages_done=attempt.stages_done)
    return _go_on(attempt)


def _open(
    worker_id: WorkerId, request_id: QualificationRequestId, ordinal: int, kind: StageKind
) -> tuple[QualificationRequest, AssessmentStage]:
    """The attempt, locked, and this stage of it, when it is the one that comes next."""
    scores.lock_worker(worker_id)
    attempt = QualificationRequest.objects.filter(
        pk=request_id, worker_id=worker_id, stage_version__isnull=False
    ).first()
    if attempt is None:
        raise NotFound
    if attempt.status != RequestStatus.TAKING or ordinal != attempt.stages_done + 1:
        raise errors.StageNotOpen
    stage = AssessmentStage.objects.filter(
        qualification_type_id=attempt.qualification_type_id,
        version=attempt.stage_version or 0,
        ordinal=ordinal,
        kind=kind,
    ).first()
    if stage is None:
        raise errors.StageNotOpen
    return attempt, stage


def _go_on(attempt: QualificationRequest) -> Progress:
    """The stage is done: the next one opens, or the whole is counted."""
    done = attempt.stages_done + 1
    left = AssessmentStage.objects.filter(
        qualification_type_id=attempt.qualification_type_id,
        version=attempt.stage_version or 0,
        ordinal__gt=done,
    ).exists()
    if left:
        QualificationRequest.objects.filter(pk=attempt.pk).update(
            status=RequestStatus.TAKING, stages_done=done
        )
        return Progress(QualificationRequestId(attempt.pk), RequestStatus.TAKING, done)
    score = _counted(attempt)
    pass_score = attempt.qualification_type.pass_score
    status = RequestStatus.GRANTED if pass_score is None or score >= pass_score else RequestStatus.FAILED
    return _end(attempt, status, score, stages_done=done)


def _counted(attempt: QualificationRequest) -> int:
    """The mean of the questions' percentages, 100 without any, moved by the grades of the texts."""
    percents = []
    points = 0
    for step in AssessmentStep.objects.filter(request=attempt):
        if step.score is not None:
            percents.append(step.score)
        if step.grade:
            points += ASSESSMENT_POINTS.get(Grade(step.grade), 0)
    mean = round(sum(percents) / len(percents)) if percents else scores.SCORE_MAX
    return min(scores.SCORE_MAX, max(0, mean + points))


def _end(
    attempt: QualificationRequest, status: RequestStatus, score: int | None, *, stages_done: int
) -> Progress:
    now = timezone.now()
    QualificationRequest.objects.filter(pk=attempt.pk).update(
        status=status, stages_done=stages_done, score=score, submitted_at=now, decided_at=now
    )
    if status == RequestStatus.GRANTED and score is not None:
        scores.set_score(
            worker_id=WorkerId(attempt.worker_id),
            qualification_type_id=QualificationTypeId(attempt.qualification_type_id),
            score=score,
            why=scores.Change(ChangeReason.ASSESSMENT, {"score": score, "stages": stages_done}),
        )
    return Progress(QualificationRequestId(attempt.pk), status, stages_done, score)


def _become(attempt: QualificationRequest, status: RequestStatus) -> Progress:
    QualificationRequest.objects.filter(pk=attempt.pk).update(status=status)
    return Progress(QualificationRequestId(attempt.pk), status, attempt.stages_done)


def _progress(attempt: QualificationRequest) -> Progress:
    return Progress(
        QualificationRequestId(attempt.pk), RequestStatus(attempt.status), attempt.stages_done, attempt.score
    )
