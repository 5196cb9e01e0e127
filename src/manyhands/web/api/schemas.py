"""What goes in and out. Ids are public ids, amounts are decimal strings of the site's currency."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, WithJsonSchema

from manyhands.core import ids, money
from manyhands.work.queries import files as file_queries
from manyhands.work.queries import requester as queries
from manyhands.work.states import RejectionReason
from manyhands.work.words import without_standard_words

ROWS_MAX = 100_000
IDS_MAX = 10_000
PAGE_MAX = 100
FILE_ADDRESS_S = 600


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("Text holds no NUL character.")
    return text


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise ValueError("A cell is text, a number, true, false or null.")


def _row(row: dict[str, str]) -> dict[str, str]:
    if not any(row.values()):
        raise ValueError("The row has no value.")
    return row


Text = Annotated[str, AfterValidator(_storable)]
Cell = Annotated[
    str,
    BeforeValidator(_cell),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
Row = Annotated[dict[str, Cell], AfterValidator(_row)]
Status = Literal["submitted", "approved", "rejected", "all"]


class Given(Schema):
    """A request's body: an unknown field is a slip, and named."""

    model_config = ConfigDict(extra="forbid")


class Money(Schema):
    currency: str
    available: str
    reserved: str


class Me(Schema):
    """The requester of the key, its balance, and what the key may do."""

    id: str
    scopes: list[str]
    balance: Money


class Project(Schema):
    """A project: what batches are published from. ``reward`` is what they pay unless they say so."""

    id: str
    name: str
    title: str
    reward: str
    has_template: bool
    batches: int

    @staticmethod
    def of(row: queries.ProjectRow) -> "Project":
        return Project(
            id=ids.encode("project", row.id), name=row.name, title=row.title,
            reward=money.plain(row.reward_minor), has_template=row.has_layout, batches=row.batch_count,
        )  # fmt: skip


class ProjectPage(Schema):
    items: list[Project]
    next_cursor: str | None


class Progress(Schema):
    """Assignments by state, now, and the money: ``spent`` is paid, ``reserved`` is held for what may come."""

    tasks: int
    assignments: int
    open: int
    in_work: int
    submitted: int
    approved: int
    rejected: int
    ended: int
    spent: str
    reserved: str

    @staticmethod
    def of(counts: queries.Counts) -> "Progress":
        return Progress(
            tasks=counts.hits, assignments=counts.places, open=counts.open, in_work=counts.in_work,
            submitted=counts.submitted, approved=counts.approved, rejected=counts.rejected,
            ended=counts.ended, spent=money.plain(counts.spent_minor),
            reserved=money.plain(counts.reserved_minor),
        )  # fmt: skip


class Batch(Schema):
    """A batch, live. ``failure`` says why publishing it was refused; it is a draft then."""

    id: str
    name: str
    title: str
    project_id: str | None
    status: str
    failure: str = ""
    rows: int
    assignments_per_task: int
    reward: str
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    progress: Progress

    @staticmethod
    def of(row: queries.BatchRow | queries.Batch, counts: queries.Counts) -> "Batch":
        return Batch(
            id=ids.encode("batch", row.id), name=row.name, title=row.title,
            project_id=ids.encode("project", row.project_id) if row.project_id else None,
            status=row.status, failure=row.failure if isinstance(row, queries.Batch) else "",
            rows=row.row_count, assignments_per_task=row.max_assignments,
            reward=money.plain(row.reward_minor), created_at=row.created_at, published_at=row.published_at,
            expires_at=row.expires_at, progress=Progress.of(counts),
        )  # fmt: skip


class BatchPage(Schema):
    items: list[Batch]
    next_cursor: str | None


class NewTerms(Given):
    """Terms of a new batch; what is absent is as in the project. ``lifetime_s`` is in seconds."""

    name: Text | None = None
    reward: Text | None = None
    assignments: int | None = None
    lifetime_s: int | None = None


class NewBatch(NewTerms):
    """Rows to publish, one task each."""

    rows: list[Row] = Field(min_length=1, max_length=ROWS_MAX)


class PublishedBatch(Schema):
    """What was published, or with status 202 is being published, and what it costs."""

    id: str
    rows: int
    assignments: int
    reward: str
    reward_total: str
    fee_total: str
    total: str


class Extension(Given):
    """More assignments for every task, a later end, or both."""

    more_assignments: int = 0
    expires_at: AwareDatetime | None = None


class Extended(Schema):
    tasks: int
    opened: int


class Expired(Schema):
    tasks: int


class AnswerFile(Schema):
    """A file in an answer. ``url`` gives it without a log-in for ten minutes; ask again for another."""

    field: str
    key: str
    name: str
    bytes: int
    content_type: str
    sha256: str
    url: str

    @staticmethod
    def of(row: file_queries.AnswerFile) -> "AnswerFile":
        return AnswerFile(
            field=row.field, key=row.key, name=row.name, bytes=row.bytes, content_type=row.content_type,
            sha256=row.sha256, url=file_queries.address(row.id, good_for_s=FILE_ADDRESS_S),
        )  # fmt: skip


class Assignment(Schema):
    """An answer handed in; ``answer`` is the list of ``[field, value]`` pairs. The value of a field for a file
    is its key, and ``files`` says what it is."""

    id: str
    task_id: str
    worker_id: str
    status: str
    input: dict[str, str]
    answer: list[list[str]]
    files: list[AnswerFile]
    accepted_at: datetime
    submitted_at: datetime
    auto_approve_at: datetime | None
    decided_at: datetime | None
    rejection_reason: str
    feedback: str
    reward: str
    fee: str

    @staticmethod
    def of(row: queries.AssignmentRow, found: Iterable[file_queries.AnswerFile] = ()) -> "Assignment":
        return Assignment(
            id=ids.encode("assignment", row.id), task_id=ids.encode("hit", row.hit_id),
            worker_id=ids.encode_account(row.worker_id), status=row.status, input=row.input,
            answer=row.answer, files=[AnswerFile.of(each) for each in found],
            accepted_at=row.accepted_at, submitted_at=row.submitted_at,
            auto_approve_at=row.auto_approve_at, decided_at=row.decided_at,
            rejection_reason=row.rejection_reason, feedback=without_standard_words(row.feedback),
            reward=money.plain(row.reward_minor), fee=money.plain(row.fee_minor),
        )  # fmt: skip


class AssignmentPage(Schema):
    items: list[Assignment]
    next_cursor: str | None


class Approval(Given):
    """Assignments to approve, and words to their workers."""

    ids: list[str] = Field(min_length=1, max_length=IDS_MAX)
    feedback: Text = ""


class Rejection(Given):
    """Assignments to reject, with a reason and words that tell the workers why."""

    ids: list[str] = Field(min_length=1, max_length=IDS_MAX)
    reason: RejectionReason
    words: Text


class Decided(Schema):
    """What was decided now, and what stays as it was: decided before, or not one's own."""

    decided: list[str]
    unchanged: list[str]
