"""What a requester says about the quality of a project's work: its skill, its tasks, its first questions."""

from dataclasses import dataclass

from django.db import transaction

from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import ProjectId, QualificationTypeId, RequesterId
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.operations import create_qualification_type
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator, Guard, Route, ScoreKind, TypeStatus
from manyhands.quality import errors
from manyhands.quality.models import FirstQuestions, ScoreRule
from manyhands.work.models import Project
from manyhands.work.operations.projects import within


@dataclass(frozen=True, slots=True)
class Rule:
    """How known answers move a skill: up by ``right_by``, down by ``wrong_by``, between 0 and 100."""

    qualification_type_id: QualificationTypeId
    right_by: int = 1
    wrong_by: int = 3
    starts_at: int | None = None

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule."""
        found: dict[str, str] = {}
        within(found, "right_by", self.right_by, 0, 100)
        within(found, "wrong_by", self.wrong_by, 0, 100)
        if self.starts_at is not None:
            within(found, "starts_at", self.starts_at, 0, 100)
        if found:
            raise InvalidInput(found)


def set_score_rule(*, requester_id: RequesterId, project_id: ProjectId, rule: Rule | None) -> None:
    """Link a skill to a project, or unlink it (None): known answers met from now on move it by the rule.

    One transaction. Raises NotFound, NotOwnSkill, InvalidInput.
    """
    with transaction.atomic():
        _locked(requester_id, project_id)
        if rule is None:
            ScoreRule.objects.filter(project_id=project_id).delete()
            return
        rule.check()
        kind = _own_type(requester_id, rule.qualification_type_id)
        if kind is None or kind.score_kind != ScoreKind.PERCENT:
            raise errors.NotOwnSkill
        ScoreRule.objects.update_or_create(
            project_id=project_id,
            defaults={
                "qualification_type": kind,
                "right_by": rule.right_by,
                "wrong_by": rule.wrong_by,
                "starts_at": rule.starts_at,
            },
        )


def set_tasks_type(
    *, requester_id: RequesterId, project_id: ProjectId, qualification_type_id: QualificationTypeId | None
) -> None:
    """Say whose qualification tasks the project publishes from now on; None: ordinary tasks.

    Groups already published stay what they are (W-16). Raises NotFound, NotATasksType.
    """
    with transaction.atomic():
        _locked(requester_id, project_id)
        if qualification_type_id is not None:
            kind = _own_type(requester_id, qualification_type_id)
            if kind is None or kind.route != Route.TASKS:
                raise errors.NotATasksType
        Project.objects.filter(pk=project_id).update(qualification_type_id=qualification_type_id)


def _locked(requester_id: RequesterId, project_id: ProjectId) -> Project:
    project = Project.objects.select_for_update().filter(pk=project_id, requester_id=requester_id).first()
    if project is None:
        raise NotFound
    return project


def _own_type(requester_id: RequesterId, type_id: QualificationTypeId) -> QualificationType | None:
    return QualificationType.objects.filter(
        pk=type_id, requester_id=requester_id, status=TypeStatus.ACTIVE
    ).first()


QUESTIONS_MAX = 50
PLACES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Questions:
    """So many first questions, so many of them to be right, and how many workers may try (``places``)."""

    questions: int
    right_needed: int
    places: int

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule."""
        found: dict[str, str] = {}
        within(found, "questions", self.questions, 1, QUESTIONS_MAX)
        within(found, "right_needed", self.right_needed, 1, max(1, self.questions))
        within(found, "places", self.places, 1, PLACES_MAX)
        if found:
            raise InvalidInput(found)


def set_first_questions(*, requester_id: RequesterId, project_id: ProjectId, asked: Questions | None) -> None:
    """Let a project begin with questions from its known answers, or no longer (None).

    It holds for what is uploaded from now on; groups already published stay what they are. The first call
    makes two qualification types of the requester's. One transaction. Raises NotFound, InvalidInput.
    """
    with transaction.atomic():
        project = _locked(requester_id, project_id)
        before = FirstQuestions.objects.filter(project_id=project_id).first()
        others = [each for each in project.requirements if before is None or each[0] != before.failed_id]
        if asked is None:
            Project.objects.filter(pk=project_id).update(
                in_job_type=None, first_questions=0, first_places=0, requirements=others
            )
            return
        asked.check()
        kept = FirstQuestions(
            project_id=project_id,
            passed_id=before.passed_id if before else _type_for(project, "first questions passed"),
            failed_id=before.failed_id if before else _type_for(project, "first questions not passed"),
            questions=asked.questions,
            right_needed=asked.right_needed,
        )
        kept.save()
        refused = Requirement(
            QualificationTypeId(kept.failed_id),
            Comparator.DOES_NOT_EXIST,
            (),
            Guard.DISCOVER_PREVIEW_AND_ACCEPT,
        )
        Project.objects.filter(pk=project_id).update(
            in_job_type_id=kept.passed_id,
            first_questions=asked.questions,
            first_places=asked.places,
            requirements=[*others, refused.as_json()],
        )


def _type_for(project: Project, what: str) -> int:
    """A type of the requester's, named after the project; its number keeps two of one title apart."""
    return create_qualification_type(
        requester_id=RequesterId(project.requester_id),
        name=f"{project.title[:140]}: {what} ({project.pk})",
        description="Given by the first questions of the project.",
    )
