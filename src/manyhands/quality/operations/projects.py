"""What a requester says about the quality of a project's work: its skill, and whose tasks it publishes."""

from dataclasses import dataclass

from django.db import transaction

from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import ProjectId, QualificationTypeId, RequesterId
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus
from manyhands.quality import errors
from manyhands.quality.models import ScoreRule
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
