"""An editor grades the text of an assessment, with corrections, or sends it back."""

from django.db import transaction
from django.utils import timezone

from manyhands.accounts import audit
from manyhands.accounts.models import Account
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, QualificationRequestId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.models import AssessmentStep, QualificationRequest
from manyhands.qualifications.operations.assessing import TEXT_BYTES_MAX, Progress, graded
from manyhands.qualifications.states import Grade, RequestStatus

WORDS_MAX = 4_000


def grade_text(
    *,
    editor_id: AccountId,
    request_id: QualificationRequestId,
    grade: Grade,
    corrected: str = "",
    words: str = "",
) -> Progress:
    """Grade the text that waits in an assessment; ``corrected`` and ``words`` are for the worker to read.

    pending -> taking (the next stage) | granted | failed. One transaction, the worker locked; an audit entry.
    Raises EditorsOnly, OwnText, NotFound, NothingToGrade, AnswersTooLarge; WordsForWorkerNeeded for an
    unsatisfactory text without words.
    """
    text = _words(words)
    if grade == Grade.UNSATISFACTORY and not text:
        raise errors.WordsForWorkerNeeded
    fixed = corrected.replace("\0", "").replace("\r\n", "\n").strip()
    if len(fixed.encode()) > TEXT_BYTES_MAX:
        raise errors.AnswersTooLarge
    with transaction.atomic():
        attempt, step = _waiting(editor_id, request_id)
        AssessmentStep.objects.filter(pk=step.pk).update(
            grade=grade, corrected=fixed, words=text, editor_id=editor_id, graded_at=timezone.now()
        )
        audit.record(
            actor_id=editor_id, act="assessment.grade", subject=f"request:{request_id}", grade=grade.value
        )
        return graded(attempt, grade)


def return_text(*, editor_id: AccountId, request_id: QualificationRequestId, words: str) -> Progress:
    """Send a text back to its writer, who corrects it and hands it in once more.

    pending -> taking. One transaction, the worker locked; an audit entry.
    Raises EditorsOnly, OwnText, NotFound, NothingToGrade, WordsForWorkerNeeded.
    """
    text = _words(words)
    if not text:
        raise errors.WordsForWorkerNeeded
    with transaction.atomic():
        attempt, step = _waiting(editor_id, request_id)
        AssessmentStep.objects.filter(pk=step.pk).update(
            returned_words=text, returned_count=step.returned_count + 1, editor_id=editor_id
        )
        QualificationRequest.objects.filter(pk=attempt.pk).update(status=RequestStatus.TAKING)
        audit.record(actor_id=editor_id, act="assessment.return", subject=f"request:{request_id}")
    return Progress(request_id, RequestStatus.TAKING, attempt.stages_done)


def check_editor(editor_id: AccountId) -> None:
    """Raises EditorsOnly unless this is an active reviewer or operator."""
    is_editor = Account.objects.filter(pk=editor_id, status="active")
    if not (is_editor.filter(is_reviewer=True).exists() or is_editor.filter(is_operator=True).exists()):
        raise errors.EditorsOnly


def _words(words: str) -> str:
    return words.replace("\0", "").replace("\r\n", "\n").strip()[:WORDS_MAX]


def _waiting(
    editor_id: AccountId, request_id: QualificationRequestId
) -> tuple[QualificationRequest, AssessmentStep]:
    check_editor(editor_id)
    worker_id = (
        QualificationRequest.objects.filter(pk=request_id, stage_version__isnull=False)
        .values_list("worker_id", flat=True)
        .first()
    )
    if worker_id is None:
        raise NotFound
    if worker_id == editor_id:
        raise errors.OwnText
    scores.lock_worker(WorkerId(worker_id))
    attempt = QualificationRequest.objects.select_related("qualification_type").get(pk=request_id)
    step = AssessmentStep.objects.filter(
        request=attempt, stage__ordinal=attempt.stages_done + 1, grade=""
    ).first()
    if attempt.status != RequestStatus.PENDING or step is None:
        raise errors.NothingToGrade
    return attempt, step
