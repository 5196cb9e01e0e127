"""A requester's projects and the versions of their layouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.catalog.models import SubCategory
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import ProjectId, RequesterId
from manyhands.core.money import AMOUNT_MINOR_MAX
from manyhands.qualifications import requirements
from manyhands.qualifications.requirements import Requirement
from manyhands.work.errors import LayoutInvalid
from manyhands.work.layout.template import check_layout
from manyhands.work.models import Layout, Project

DAY_S = 86_400
YEAR_S = 365 * DAY_S
MAX_ASSIGNMENTS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a project proposes for its batches. Money in minor units, durations in seconds."""

    name: str
    title: str
    description: str
    keywords: str
    sub_category_id: int
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int
    lifetime_s: int
    max_assignments: int

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule (MTurk API, CreateHITType, for ranges)."""
        found: dict[str, str] = {}
        length(found, "name", self.name, 128)
        length(found, "title", self.title, 128)
        length(found, "description", self.description, 2_000)
        length(found, "keywords", self.keywords, 1_000, required=False)
        within(found, "reward_minor", self.reward_minor, 0, AMOUNT_MINOR_MAX)
        within(found, "assignment_duration_s", self.assignment_duration_s, 30, YEAR_S)
        within(found, "auto_approval_delay_s", self.auto_approval_delay_s, 0, 30 * DAY_S)
        within(found, "lifetime_s", self.lifetime_s, 30, YEAR_S)
        within(found, "max_assignments", self.max_assignments, 1, MAX_ASSIGNMENTS_MAX)
        if not SubCategory.objects.filter(pk=self.sub_category_id).exists():
            found["sub_category_id"] = gettext("Choose a category from the list.")
        if found:
            raise InvalidInput(found)


def length(found: dict[str, str], field: str, value: str, longest: int, *, required: bool = True) -> None:
    """Note a sentence about the field when its text is missing or too long."""
    if required and not value.strip():
        found[field] = gettext("This is needed.")
    elif len(value) > longest:
        found[field] = gettext("At most %(count)s characters.") % {"count": longest}


def within(found: dict[str, str], field: str, value: int, least: int, most: int) -> None:
    """Note a sentence about the field when the value lies outside."""
    if not least <= value <= most:
        found[field] = gettext("From %(least)s to %(most)s.") % {"least": least, "most": most}


def create_project(*, requester_id: RequesterId, settings: ProjectSettings) -> ProjectId:
    """Make a project without a layout yet. Raises InvalidInput."""
    settings.check()
    project = Project.objects.create(requester_id=requester_id, **_columns(settings))
    return ProjectId(project.pk)


def update_project(*, requester_id: RequesterId, project_id: ProjectId, settings: ProjectSettings) -> None:
    """Change what the project proposes; what is published keeps its terms (W-16). Raises InvalidInput, NotFound."""
    settings.check()
    changed = Project.objects.filter(pk=project_id, requester_id=requester_id).update(**_columns(settings))
    if not changed:
        raise NotFound


def _columns(settings: ProjectSettings) -> dict[str, Any]:
    return {field: getattr(settings, field) for field in ProjectSettings.__slots__}


def set_requirements(
    *, requester_id: RequesterId, project_id: ProjectId, asked: Sequence[Requirement]
) -> tuple[Requirement, ...]:
    """Say what new groups of this project ask of workers; groups already published keep theirs (W-16).

    Returns them as kept: each once, in a fixed order. Raises NotFound, InvalidInput.
    """
    kept = requirements.checked(asked)
    changed = Project.objects.filter(pk=project_id, requester_id=requester_id).update(
        requirements=[each.as_json() for each in kept]
    )
    if not changed:
        raise NotFound
    return kept


def archive_project(*, requester_id: RequesterId, project_id: ProjectId) -> None:
    """Put a project out of sight; its batches stay. Raises NotFound."""
    changed = Project.objects.filter(
        pk=project_id, requester_id=requester_id, archived_at__isnull=True
    ).update(archived_at=timezone.now())
    if not changed:
        raise NotFound


def save_layout(
    *, requester_id: RequesterId, project_id: ProjectId, html: str, form_spec: object | None = None
) -> int:
    """Keep this HTML as the project's layout: a new immutable version unless nothing changed.

    Returns the layout's id. Raises LayoutInvalid with every problem, NotFound.
    """
    problems = [problem.message for problem in check_layout(html) if problem.severity == "error"]
    if problems:
        raise LayoutInvalid(problems)
    with transaction.atomic():
        project = Project.objects.select_for_update().filter(pk=project_id, requester_id=requester_id).first()
        if project is None:
            raise NotFound
        latest = Layout.objects.filter(project_id=project_id).order_by("-version").first()
        if latest is not None and latest.html == html and latest.form_spec == form_spec:
            return latest.pk
        layout = Layout.objects.create(
            project_id=project_id,
            version=1 if latest is None else latest.version + 1,
            html=html,
            form_spec=form_spec,
        )
        Project.objects.filter(pk=project_id).update(layout=layout)
    return layout.pk
