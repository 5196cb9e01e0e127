"""Projects and batches made ready for lists: addresses, and the bar of progress."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from manyhands.core import ids
from manyhands.core.ids import ProjectId, RequesterId
from manyhands.web.requester import present
from manyhands.work.queries import requester as queries


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list."""

    row: queries.BatchRow
    url: str
    parts: list[tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a list."""

    row: queries.ProjectRow
    public_id: str


def projects(rows: list[queries.ProjectRow]) -> list[ProjectLine]:
    return [ProjectLine(row, ids.encode("project", row.id)) for row in rows]


def batches(
    requester_id: RequesterId, *, project_id: ProjectId | None = None, before: int = 2**62, limit: int = 20
) -> dict[str, Any]:
    """A page of batches and the link to the next, as template context. One statement."""
    rows = queries.batches(requester_id, project_id=project_id, before=before, limit=limit + 1)
    shown = rows[:limit]
    return {
        "batches": [
            BatchLine(row, reverse("batch", args=[ids.encode("batch", row.id)]), present.parts(row.counts))
            for row in shown
        ],
        "older_url": f"?before={ids.encode('batch', shown[-1].id)}" if len(rows) > limit else "",
    }
