"""State changes of proofreading: switched on for a project, a submission graded or sent back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from manyhands.accounts import audit
from manyhands.core import ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, ProjectId, QualificationTypeId, RequesterId, WorkerId
from manyhands.proofreading.errors import AlreadyProofread, NotToProofread
from manyhands.proofreading.models import ProofreadProject, ProofreadSubmission
from manyhands.qualifications import scores
from manyhands.qualifications.errors import (
    AnswersTooLarge,
    OwnText,
    QualificationNotHeld,
    WordsForWorkerNeeded,
)
from manyhands.qualifications.grades import POINTS
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.operations.editing import check_editor
from manyhands.qualifications.states import ChangeReason, Grade, TypeStatus
from manyhands.work.models import Assignment, Project
from manyhands.work.operations import reviewing
from manyhands.work.states import AssignmentStatus

TEXT_BYTES_MAX = 1024 * 1024
WORDS_MAX = 1_024


def set_proofreading(
    *, requester_id: RequesterId, project_id: ProjectId, is_on: bool, skill: QualificationTypeId | None = None
) -> None:
    """Let the platform's editors proofread what a project gets, or no longer.

    ``skill``: a percentage of the requester's or the platform's that their grades move where a worker holds it.
    Raises NotFound.
    """
    if not Project.objects.filter(pk=project_id, requester_id=requester_id).exists():
        raise NotFound
    if not is_on:
        ProofreadProject.objects.filter(pk=project_id).delete()
        return
    usable = Q(requester_id=requester_id) | Q(requester_id__isnull=True)
    if skill is not None and not (
        QualificationType.objects.filter(usable, pk=skill, score_kind="percent", status=TypeStatus.ACTIVE)
        .exclude(route="system")
        .exists()
    ):
        raise NotFound
    ProofreadProject.objects.update_or_create(pk=project_id, defaults={"skill_id": skill})


@dataclass(frozen=True, slots=True)
class Proofread:
    """What a grade did: whether the submission was approved by it, and the worker's score after, if it moved."""

    is_approved: bool
    score: int | None


def proofread(
    *,
    editor_id: AccountId,
    assignment_id: AssignmentId,
    grade: Grade,
    corrected: Sequence[tuple[str, str]] = (),
    words: str = "",
) -> Proofread:
    """Grade a submission, with the text as corrected; a satisfactory one is approved and paid by it.

    submitted -> approved, or stays submitted for its requester when it is unsatisfactory. The grade moves the
    project's skill by the published points. One transaction: worker, then assignment; an audit entry.
    Raises EditorsOnly, NotFound, NotToProofread, AlreadyProofread, OwnText, AnswersTooLarge, and
    WordsForWorkerNeeded for an unsatisfactory text without words.
    """
    said = _words(words)
    if grade == Grade.UNSATISFACTORY and not said:
        raise WordsForWorkerNeeded
    fixed = [[name, value.replace("\0", "").replace("\r\n", "\n")] for name, value in corrected]
    if sum(len(value.encode()) for _, value in fixed) > TEXT_BYTES_MAX:
        raise AnswersTooLarge
    with transaction.atomic():
        assignment, project = _waiting(editor_id, assignment_id)
        try:
            with transaction.atomic():
                ProofreadSubmission.objects.create(
                    assignment=assignment, editor_id=editor_id, grade=grade, words=said,
                    corrected=[] if fixed == assignment.answer else fixed,
                )  # fmt: skip
        except IntegrityError:
            raise AlreadyProofread from None
        score = _moved(assignment, project, grade, editor_id)
        is_approved = grade != Grade.UNSATISFACTORY
        if is_approved:
            approved = reviewing.approve(
                requester_id=RequesterId(assignment.requester_id),
                actor_id=editor_id,
                assignment_ids=[assignment_id],
                feedback=said,
            )
            if not approved.decided:
                raise NotToProofread
        audit.record(
            actor_id=editor_id,
            act="proofread.grade",
            subject=f"assignment:{assignment_id}",
            grade=grade.value,
        )
    return Proofread(is_approved, score)


def send_back(*, editor_id: AccountId, assignment_id: AssignmentId, words: str) -> None:
    """Send a submission back to its worker, who corrects it and hands it in once more (C-19).

    submitted -> correction. An audit entry. Raises EditorsOnly, NotFound, NotToProofread, OwnText,
    WordsForWorkerNeeded, and what ``reviewing.send_back`` raises.
    """
    said = _words(words)
    if not said:
        raise WordsForWorkerNeeded
    with transaction.atomic():
        assignment, _ = _waiting(editor_id, assignment_id)
        reviewing.send_back(
            requester_id=RequesterId(assignment.requester_id),
            assignment_id=assignment_id,
            actor_id=editor_id,
            words=said,
        )
        audit.record(actor_id=editor_id, act="proofread.return", subject=f"assignment:{assignment_id}")


def _words(words: str) -> str:
    return words.replace("\0", "").replace("\r\n", "\n").strip()[:WORDS_MAX]


def _waiting(editor_id: AccountId, assignment_id: AssignmentId) -> tuple[Assignment, ProofreadProject]:
    """A submission that waits for an editor, its worker locked first, as everything that moves scores does."""
    check_editor(editor_id)
    found = Assignment.objects.select_related("batch").filter(pk=assignment_id).first()
    project = ProofreadProject.objects.filter(pk=found.batch.project_id).first() if found else None
    if found is None or project is None:
        raise NotFound
    if editor_id in (found.worker_id, found.requester_id):
        raise OwnText
    scores.lock_worker(WorkerId(found.worker_id))
    found.refresh_from_db(fields=["status", "answer"])
    if found.status != AssignmentStatus.SUBMITTED:
        raise NotToProofread
    return found, project


def _moved(
    assignment: Assignment, project: ProofreadProject, grade: Grade, editor_id: AccountId
) -> int | None:
    """The score after the grade; None when the skill is not held, or there is none."""
    if project.skill_id is None:
        return None
    why = scores.Change(
        ChangeReason.EDITOR_GRADE,
        {
            "grade": grade.value,
            "points": POINTS[grade],
            "assignment": ids.encode("assignment", assignment.pk),
        },
        actor_id=editor_id,
    )
    try:
        return scores.move_score(
            worker_id=WorkerId(assignment.worker_id),
            qualification_type_id=QualificationTypeId(project.skill_id),
            by=POINTS[grade],
            why=why,
        )
    except QualificationNotHeld:
        return None
