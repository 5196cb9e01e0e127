"""What a requester's screens read: projects, batches with progress, review pages, one assignment.

Every statement names the requester, so that what is foreign is simply not there.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from manyhands.core import db, ids
from manyhands.core.ids import AssignmentId, BatchId, HITId, ProjectId, RequesterId, WorkerId

REVIEW_PAGE = 50
# A chart is read, not searched: so many of the latest assignments make it.
PACE_ROWS = 5_000
WAITING_MAX = 200_000
Filter = Literal["waiting", "approved", "rejected", "all"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Places of a batch by state, and its money in minor units.

    ``ended`` places were withdrawn by expiry; ``reserved_minor`` includes rejected work whose appeal
    window is not over.
    """

    hits: int = 0
    places: int = 0
    open: int = 0
    ended: int = 0
    in_work: int = 0
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    spent_minor: int = 0
    reserved_minor: int = 0

    @property
    def is_finished(self) -> bool:
        """Nothing is open, in work or waiting for a decision."""
        return not (self.open or self.in_work or self.submitted)

    @property
    def answered(self) -> int:
        return self.submitted + self.approved + self.rejected


_COUNTS = """
SELECT count(*)::bigint,
       coalesce(sum(hit.max_assignments), 0)::bigint,
       coalesce(sum(hit.available) FILTER (WHERE hit.expires_at > now()), 0)::bigint,
       coalesce(sum(hit.withdrawn), 0)::bigint
           + coalesce(sum(hit.available) FILTER (WHERE hit.expires_at <= now()), 0)::bigint,
       coalesce(sum(hit.pending), 0)::bigint,
       coalesce(sum(hit.submitted), 0)::bigint,
       coalesce(sum(hit.approved), 0)::bigint,
       coalesce(sum(hit.rejected), 0)::bigint,
       coalesce(sum(hit.approved::bigint * (batch.reward_minor + hit.fee_minor)), 0)::bigint,
       coalesce(sum((hit.available + hit.pending + hit.submitted)::bigint
                    * (batch.reward_minor + hit.fee_minor)), 0)::bigint
           + CASE WHEN coalesce(sum(hit.rejected), 0) > 0 THEN (
               SELECT coalesce(sum(rejected.reward_minor + rejected.fee_minor), 0)::bigint
                 FROM assignment AS rejected
                WHERE rejected.batch_id = %(batch_id)s
                  AND rejected.status = 'rejected'
                  AND rejected.release_due_at IS NOT NULL) ELSE 0 END
  FROM batch
  JOIN hit ON hit.batch_id = batch.id
 WHERE batch.id = %(batch_id)s AND batch.requester_id = %(requester_id)s
"""


def counts(*, requester_id: RequesterId, batch_id: BatchId) -> Counts:
    """How far a batch has come, live; all zeros for a draft. One statement."""
    return db.one(Counts, _COUNTS, requester_id=requester_id, batch_id=batch_id)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in the list."""

    id: ProjectId
    name: str
    title: str
    reward_minor: int
    has_layout: bool
    is_form: bool
    batch_count: int


_PROJECTS = """
SELECT project.id, project.name, project.title, project.reward_minor, project.layout_id IS NOT NULL,
       coalesce(layout.form_spec IS NOT NULL, false),
       (SELECT count(*) FROM batch WHERE batch.project_id = project.id AND batch.status <> 'discarded')
  FROM project
  LEFT JOIN layout ON layout.id = project.layout_id
 WHERE project.requester_id = %(requester_id)s AND project.archived_at IS NULL
   AND project.id < %(before)s
 ORDER BY project.id DESC
 LIMIT %(limit)s
"""


def projects(requester_id: RequesterId, *, before: int = 2**62, limit: int = 100) -> list[ProjectRow]:
    """Projects that are not archived, newest first; ``before`` is the last id of the page above."""
    return db.many(ProjectRow, _PROJECTS, requester_id=requester_id, before=before, limit=limit)


@dataclass(frozen=True, slots=True)
class Project:
    """One project with its current layout, if it has one."""

    id: ProjectId
    name: str
    title: str
    description: str
    keywords: str
    sub_category_id: int
    category: str
    sub_category: str
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int
    lifetime_s: int
    max_assignments: int
    layout_id: int | None
    layout_version: int | None
    html: str | None
    form_spec: Any
    sample_rows: list[dict[str, str]]
    columns: list[str]


_PROJECT = """
SELECT project.id, project.name, project.title, project.description, project.keywords,
       project.sub_category_id, category.name, sub_category.name, project.reward_minor,
       project.assignment_duration_s, project.auto_approval_delay_s, project.lifetime_s,
       project.max_assignments, layout.id, layout.version, layout.html, layout.form_spec,
       coalesce(latest.sample_rows, '[]'::jsonb), coalesce(latest.columns, '[]'::jsonb)
  FROM project
  JOIN sub_category ON sub_category.id = project.sub_category_id
  JOIN category ON category.id = sub_category.category_id
  LEFT JOIN layout ON layout.id = project.layout_id
  LEFT JOIN LATERAL (
       SELECT batch.sample_rows, batch.columns FROM batch
        WHERE batch.project_id = project.id AND batch.status <> 'discarded'
        ORDER BY batch.id DESC LIMIT 1) AS latest ON true
 WHERE project.id = %(project_id)s AND project.requester_id = %(requester_id)s
"""


def project(*, requester_id: RequesterId, project_id: ProjectId) -> Project | None:
    """One project, with rows of its latest batch as samples; None when absent or foreign."""
    return db.one_or_none(Project, _PROJECT, requester_id=requester_id, project_id=project_id)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in a list, with its progress."""

    id: BatchId
    name: str
    status: str
    project_id: ProjectId | None
    title: str
    row_count: int
    max_assignments: int
    reward_minor: int
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    counts: Counts


_BATCHES = """
SELECT batch.id, batch.name, batch.status, batch.project_id, coalesce(hit_type.title, project.title, ''),
       batch.row_count, batch.max_assignments, batch.reward_minor, batch.created_at, batch.published_at,
       batch.expires_at, progress.*
  FROM batch
  LEFT JOIN project ON project.id = batch.project_id
  LEFT JOIN hit_type ON hit_type.id = batch.hit_type_id
  LEFT JOIN LATERAL (
       SELECT count(*)::bigint AS hits,
              coalesce(sum(hit.max_assignments), 0)::bigint,
              coalesce(sum(hit.available) FILTER (WHERE hit.expires_at > now()), 0)::bigint,
              coalesce(sum(hit.withdrawn), 0)::bigint
                  + coalesce(sum(hit.available) FILTER (WHERE hit.expires_at <= now()), 0)::bigint,
              coalesce(sum(hit.pending), 0)::bigint,
              coalesce(sum(hit.submitted), 0)::bigint,
              coalesce(sum(hit.approved), 0)::bigint,
              coalesce(sum(hit.rejected), 0)::bigint,
              coalesce(sum(hit.approved::bigint * (batch.reward_minor + hit.fee_minor)), 0)::bigint,
              coalesce(sum((hit.available + hit.pending + hit.submitted)::bigint
                           * (batch.reward_minor + hit.fee_minor)), 0)::bigint
                  + CASE WHEN coalesce(sum(hit.rejected), 0) > 0 THEN (
                      SELECT coalesce(sum(rejected.reward_minor + rejected.fee_minor), 0)::bigint
                        FROM assignment AS rejected
                       WHERE rejected.batch_id = batch.id
                         AND rejected.status = 'rejected'
                         AND rejected.release_due_at IS NOT NULL) ELSE 0 END
         FROM hit
        WHERE hit.batch_id = batch.id) AS progress ON true
 WHERE batch.requester_id = %(requester_id)s
   AND batch.status <> 'discarded'
   AND batch.id < %(before)s
   AND (%(project_id)s::bigint IS NULL OR batch.project_id = %(project_id)s)
 ORDER BY batch.id DESC
 LIMIT %(limit)s
"""


def batches(
    requester_id: RequesterId, *, project_id: ProjectId | None = None, before: int = 2**62, limit: int = 20
) -> list[BatchRow]:
    """Batches with progress, newest first; ``before`` is the last id of the page above."""

    def row(*values: Any) -> BatchRow:
        return BatchRow(*(*values[:11], Counts(*values[11:])))

    return db.many(
        row, _BATCHES, requester_id=requester_id, project_id=project_id, before=before, limit=limit
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch with the terms and the layout it has, whatever its state."""

    id: BatchId
    name: str
    status: str
    project_id: ProjectId | None
    project_name: str
    hit_type_id: int | None
    title: str
    assignment_duration_s: int
    auto_approval_delay_s: int
    reward_minor: int
    fee_minor: int
    max_assignments: int
    row_count: int
    lifetime_s: int
    expires_at: datetime | None
    created_at: datetime
    published_at: datetime | None
    rows_published: int
    failure: str
    columns: list[str]
    sample_rows: list[dict[str, str]]
    html: str
    source: str
    now: datetime
    first_questions: int
    first_places: int

    @property
    def is_of_api(self) -> bool:
        """Its HITs come one by one, each with its own places and end."""
        return self.source == "api"

    @property
    def project_public_id(self) -> str:
        """Empty when the batch has no project."""
        return ids.encode("project", self.project_id) if self.project_id else ""

    @property
    def is_over(self) -> bool:
        """Its lifetime has ended."""
        return self.expires_at is not None and self.expires_at <= self.now


_BATCH = """
SELECT batch.id, batch.name, batch.status, batch.project_id, coalesce(project.name, ''), batch.hit_type_id,
       coalesce(hit_type.title, project.title, batch.name),
       coalesce(hit_type.assignment_duration_s, project.assignment_duration_s, 0),
       coalesce(hit_type.auto_approval_delay_s, project.auto_approval_delay_s, 0),
       batch.reward_minor, batch.fee_minor, batch.max_assignments, batch.row_count, batch.lifetime_s,
       batch.expires_at, batch.created_at, batch.published_at, batch.rows_published, batch.failure,
       batch.columns, batch.sample_rows, coalesce(layout.html, ''), batch.source, now(),
       batch.first_questions, batch.first_places
  FROM batch
  LEFT JOIN project ON project.id = batch.project_id
  LEFT JOIN hit_type ON hit_type.id = batch.hit_type_id
  LEFT JOIN layout ON layout.id = batch.layout_id
 WHERE batch.id = %(batch_id)s
   AND batch.requester_id = %(requester_id)s
   AND batch.status <> 'discarded'
"""


def batch(*, requester_id: RequesterId, batch_id: BatchId) -> Batch | None:
    """One batch; None when absent, foreign or discarded."""
    return db.one_or_none(Batch, _BATCH, requester_id=requester_id, batch_id=batch_id)


@dataclass(frozen=True, slots=True)
class Pace:
    """How work on a batch goes: seconds per task of the latest answers, acceptances per time slot."""

    seconds: list[float] = field(default_factory=list)
    slots: list[tuple[datetime, int]] = field(default_factory=list)


_SECONDS = """
SELECT extract(epoch FROM latest.submitted_at - latest.accepted_at)::float8
  FROM (SELECT submitted_at, accepted_at FROM assignment
         WHERE batch_id = %(batch_id)s AND requester_id = %(requester_id)s AND submitted_at IS NOT NULL
         ORDER BY id DESC LIMIT %(limit)s) AS latest
"""
_SLOTS = """
SELECT date_bin(%(width)s::interval, latest.accepted_at, %(origin)s::timestamptz) AS slot, count(*)
  FROM (SELECT accepted_at FROM assignment
         WHERE batch_id = %(batch_id)s AND requester_id = %(requester_id)s AND accepted_at >= %(origin)s
         ORDER BY id DESC LIMIT %(limit)s) AS latest
 GROUP BY slot
 ORDER BY slot
"""


def pace(*, requester_id: RequesterId, batch_id: BatchId, origin: datetime, width: timedelta) -> Pace:
    """Time per task, and acceptances since ``origin`` in slots of ``width``. Two statements."""
    seconds = db.many(float, _SECONDS, requester_id=requester_id, batch_id=batch_id, limit=PACE_ROWS)
    slots = db.many(
        lambda slot, number: (slot, number),
        _SLOTS,
        requester_id=requester_id,
        batch_id=batch_id,
        origin=origin,
        width=width,
        limit=10 * PACE_ROWS,
    )
    return Pace(seconds, slots)


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One submission as its requester sees it. ``answer``: ``[field, value]`` pairs in order."""

    id: AssignmentId
    hit_id: HITId
    worker_id: WorkerId
    batch_id: BatchId
    status: str
    answer: list[list[str]]
    input: dict[str, str]
    accepted_at: datetime
    submitted_at: datetime
    auto_approve_at: datetime | None
    decided_at: datetime | None
    rejection_reason: str
    feedback: str
    corrections: int
    reward_minor: int
    fee_minor: int

    @property
    def work_time_s(self) -> float:
        return (self.submitted_at - self.accepted_at).total_seconds()


_ASSIGNMENT_COLUMNS = """
SELECT assignment.id, assignment.hit_id, assignment.worker_id, assignment.batch_id, assignment.status,
       assignment.answer, hit.input, assignment.accepted_at, assignment.submitted_at,
       assignment.auto_approve_at, assignment.decided_at, assignment.rejection_reason, assignment.feedback,
       assignment.corrections, assignment.reward_minor, assignment.fee_minor
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
"""
# A page of its own for what waits: with the state in the text the planner can use the partial index.
_WAITING = (
    _ASSIGNMENT_COLUMNS
    + """
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status = 'submitted'
   AND assignment.id > %(after)s
 ORDER BY assignment.id
 LIMIT %(limit)s
"""
)
_DECIDED = (
    _ASSIGNMENT_COLUMNS
    + """
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status = ANY(%(statuses)s)
   AND assignment.id > %(after)s
 ORDER BY assignment.id
 LIMIT %(limit)s
"""
)
_STATUSES = {
    "approved": ["approved"],
    "rejected": ["rejected"],
    "all": ["submitted", "correction", "approved", "rejected"],
}


def review_page(
    *, requester_id: RequesterId, batch_id: BatchId, show: Filter, after: int = 0, limit: int = REVIEW_PAGE
) -> list[AssignmentRow]:
    """Submissions of a batch in the order they were accepted; ``after`` is the last id of the page before."""
    if show == "waiting":
        return db.many(
            AssignmentRow, _WAITING, requester_id=requester_id, batch_id=batch_id, after=after, limit=limit
        )
    return db.many(
        AssignmentRow,
        _DECIDED,
        requester_id=requester_id,
        batch_id=batch_id,
        statuses=_STATUSES[show],
        after=after,
        limit=limit,
    )


_ASSIGNMENT = (
    _ASSIGNMENT_COLUMNS
    + """
 WHERE assignment.id = %(assignment_id)s
   AND assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.submitted_at IS NOT NULL
"""
)


def assignment(
    *, requester_id: RequesterId, batch_id: BatchId, assignment_id: AssignmentId
) -> AssignmentRow | None:
    """One submission; None when absent, foreign or not handed in."""
    return db.one_or_none(
        AssignmentRow,
        _ASSIGNMENT,
        requester_id=requester_id,
        batch_id=batch_id,
        assignment_id=assignment_id,
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an assignment's life; ``by_requester`` is False when time or the worker acted."""

    to_status: str
    at: datetime
    by_requester: bool
    words: str


_EVENTS = """
SELECT to_status, at, coalesce(actor_id = %(requester_id)s, false), words
  FROM assignment_event
 WHERE assignment_id = %(assignment_id)s
 ORDER BY id
 LIMIT 100
"""


def events(*, requester_id: RequesterId, assignment_id: AssignmentId) -> list[Event]:
    """What happened to an assignment, oldest first; the caller has seen that it is the requester's."""
    return db.many(Event, _EVENTS, requester_id=requester_id, assignment_id=assignment_id)


_WAITING_IDS = """
SELECT id FROM assignment
 WHERE batch_id = %(batch_id)s
   AND requester_id = %(requester_id)s
   AND status = 'submitted'
   AND submitted_at <= %(until)s
 ORDER BY id
 LIMIT %(limit)s
"""


def waiting_ids(
    *, requester_id: RequesterId, batch_id: BatchId, until: datetime, limit: int = WAITING_MAX
) -> list[AssignmentId]:
    """Submissions that wait for a decision and were there at ``until``: nothing unseen is decided with them."""
    return db.many(
        AssignmentId, _WAITING_IDS, requester_id=requester_id, batch_id=batch_id, until=until, limit=limit
    )


_INPUTS = """
SELECT id, input FROM hit
 WHERE batch_id = %(batch_id)s AND id = ANY(%(hit_ids)s)
 LIMIT 1000
"""


def inputs(*, batch_id: BatchId, hit_ids: list[int]) -> dict[int, dict[str, str]]:
    """The rows behind some HITs of a batch, by HIT; at most a thousand."""
    return dict(db.many(lambda hit_id, row: (hit_id, row), _INPUTS, batch_id=batch_id, hit_ids=hit_ids))


_NAMES = "SELECT id, name FROM batch WHERE id = ANY(%(ids)s) AND requester_id = %(requester_id)s LIMIT 5000"


def batch_names(*, requester_id: RequesterId, batch_ids: list[int]) -> dict[int, str]:
    """Names of a requester's batches, for the lines of an account."""
    return dict(
        db.many(lambda number, name: (number, name), _NAMES, requester_id=requester_id, ids=batch_ids)
    )
