"""A study taken over from Mechanical Turk: its template as a project, its tasks as draft batches."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.db import transaction

from manyhands.core.ids import BatchId, ProjectId, RequesterId
from manyhands.mturk.results_files import BadRow, ResultsFile
from manyhands.work.operations import batches, projects
from manyhands.work.operations.hit_types import uncategorised

DURATION_S = 3_600
DELAY_S = 3 * 86_400
LIFETIME_S = 7 * 86_400
REWARD_MINOR = 5


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    html: str


@dataclass(frozen=True, slots=True)
class Results:
    """A results file by the name the batch will have."""

    name: str
    file: ResultsFile


@dataclass(frozen=True, slots=True)
class Imported:
    project_id: ProjectId
    batch_ids: tuple[BatchId, ...]


class BadRows(Exception):
    """Rows that cannot be tasks, each with its file; nothing was made."""

    def __init__(self, found: Sequence[tuple[str, BadRow]], hidden_count: int = 0) -> None:
        self.found, self.hidden_count = found, hidden_count
        super().__init__()


def import_study(*, requester_id: RequesterId, template: Template, results: Sequence[Results]) -> Imported:
    """Make a project of the template and a draft batch of each file: everything or nothing, nothing published.

    Raises BadRows, LayoutInvalid, InvalidInput.
    """
    if bad := [(each.name, row) for each in results for row in each.file.bad_rows]:
        raise BadRows(bad)
    with transaction.atomic():
        project_id = projects.create_project(
            requester_id=requester_id, settings=_settings(template, results[0].file if results else None)
        )
        projects.save_layout(requester_id=requester_id, project_id=project_id, html=template.html)
        made = tuple(_draft(requester_id, project_id, each) for each in results)
    return Imported(project_id, made)


def _settings(template: Template, file: ResultsFile | None) -> projects.ProjectSettings:
    """What the file says, and the usual where it is silent."""
    terms = file.terms if file else None
    name = PurePath(template.name).stem
    return projects.ProjectSettings(
        name=name[:128],
        title=terms.title if terms else name[:128],
        description=(terms.description if terms else "") or name,
        keywords=terms.keywords if terms else "",
        sub_category_id=uncategorised(),
        reward_minor=terms.reward_minor if terms else REWARD_MINOR,
        assignment_duration_s=(terms and terms.assignment_duration_s) or DURATION_S,
        auto_approval_delay_s=DELAY_S
        if terms is None or terms.auto_approval_delay_s is None
        else terms.auto_approval_delay_s,
        lifetime_s=(terms and terms.lifetime_s) or LIFETIME_S,
        max_assignments=(terms and terms.max_assignments) or 1,
    )


def _draft(requester_id: RequesterId, project_id: ProjectId, results: Results) -> BatchId:
    uploaded = batches.upload_rows(
        requester_id=requester_id,
        project_id=project_id,
        name=results.name,
        file=io.BytesIO(results.file.as_csv()),
    )
    if uploaded.batch_id is None:
        # The upload counts its own rows: the second is the first task.
        numbers = [1, *results.file.tasks]
        found = [
            (results.name, BadRow(numbers[(problem.row or 1) - 1], problem.column, problem.message))
            for problem in uploaded.report.problems
        ]
        raise BadRows(found, uploaded.report.hidden_count)
    if terms := results.file.terms:
        batches.price_batch(
            requester_id=requester_id,
            batch_id=uploaded.batch_id,
            reward_minor=terms.reward_minor,
            max_assignments=terms.max_assignments or 1,
            lifetime_s=terms.lifetime_s or LIFETIME_S,
        )
    return uploaded.batch_id
