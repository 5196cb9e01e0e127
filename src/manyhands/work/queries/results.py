"""The results of a batch as files, in flat memory: MTurk's CSV, and JSON lines.

PostgreSQL writes the text of every row; only the public ids, which are keyed, are put in here. The CSV
has exactly the columns of MTurk's results files, in their order. Values are exact: nothing is prefixed
against spreadsheets that run cells as formulas (docs/requester says so).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from psycopg import sql

from manyhands.core import bulk_ids, db, ids, money
from manyhands.core.ids import BatchId, RequesterId
from manyhands.work.words import NO_WORDS

BEFORE_ANSWERS = (
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments",
    "RequesterAnnotation", "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration",
    "NumberOfSimilarHITs", "LifetimeInSeconds", "AssignmentId", "WorkerId", "AssignmentStatus", "AcceptTime",
    "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime", "RequesterFeedback",
    "WorkTimeInSeconds", "LifetimeApprovalRate", "Last30DaysApprovalRate", "Last7DaysApprovalRate",
)  # fmt: skip
# Several values of one field stand in one cell, as in MTurk's files.
JOINT = "|"
ROWS_AT_ONCE = 2_000

Row = TypeVar("Row")

# Handed in and not out for correction.
_ANSWERED = "assignment.status IN ('submitted', 'approved', 'rejected')"


@dataclass(frozen=True, slots=True)
class _Batch:
    hit_type_id: int
    title: str
    description: str
    keywords: str
    reward_minor: int
    published_at: Any
    assignment_duration_s: int
    auto_approval_delay_s: int
    lifetime_s: int
    columns: list[str]
    is_of_api: bool


_BATCH = """
SELECT hit_type.id, hit_type.title, hit_type.description, hit_type.keywords, hit_type.reward_minor,
       to_char(batch.published_at AT TIME ZONE 'UTC', 'Dy Mon DD HH24:MI:SS "UTC" YYYY'),
       hit_type.assignment_duration_s, hit_type.auto_approval_delay_s, batch.lifetime_s, batch.columns,
       batch.source = 'api'
  FROM batch
  JOIN hit_type ON hit_type.id = batch.hit_type_id
 WHERE batch.id = %(batch_id)s AND batch.requester_id = %(requester_id)s
"""
# The names in an answer, in order: answers of one form have few such shapes.
_SHAPES = """
SELECT DISTINCT jsonb_path_query_array(assignment.answer, '$[*][0]')
  FROM assignment
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status IN ('submitted', 'approved', 'rejected')
"""


@dataclass(frozen=True, slots=True)
class Fields:
    """The answer fields of a batch. ``places`` says where a field always stands, when it does."""

    names: tuple[str, ...]
    places: dict[str, int]


def fields_of(*, requester_id: RequesterId, batch_id: BatchId) -> Fields:
    """Every field that occurs in an answer, in the order of the forms. One pass over the answers."""
    shapes = db.many(tuple, _SHAPES, requester_id=requester_id, batch_id=batch_id)
    names: dict[str, None] = {}
    places: dict[str, int] = {}
    moving: set[str] = set()
    for shape in sorted(shapes, key=len, reverse=True):
        for place, name in enumerate(shape):
            names.setdefault(name)
            if places.setdefault(name, place) != place:
                moving.add(name)
    return Fields(tuple(names), {name: place for name, place in places.items() if name not in moving})


def results_csv(*, requester_id: RequesterId, batch_id: BatchId) -> Iterator[bytes]:
    """MTurk's results file of a batch, a chunk at a time; only the heading while nothing is published."""
    batch = db.one_or_none(_Batch, _BATCH, requester_id=requester_id, batch_id=batch_id)
    if batch is None:
        yield _line(BEFORE_ANSWERS)
        return
    fields = fields_of(requester_id=requester_id, batch_id=batch_id)
    yield _line(
        (
            *BEFORE_ANSWERS,
            *(f"Input.{column}" for column in batch.columns),
            *(f"Answer.{name}" for name in fields.names),
            "Approve",
            "Reject",
        )
    )
    rows = db.copy_out(_csv_statement(batch, fields), {"requester_id": requester_id, "batch_id": batch_id})
    yield from (_of_api(rows, batch) if batch.is_of_api else _with_ids(rows, batch, batch_id))


def _with_ids(rows: Iterator[bytes], batch: _Batch, batch_id: BatchId) -> Iterator[bytes]:
    """Each row begins with what holds no comma: HIT, assignment, worker, places, end; then its text."""
    same = _line(
        (
            ids.encode("hit_type", batch.hit_type_id), batch.title, batch.description, batch.keywords,
            f"${money.plain(batch.reward_minor)}", batch.published_at,
        )
    ).removesuffix(b"\r\n")  # fmt: skip
    terms = _line(
        (
            f"BatchId:{ids.encode('batch', batch_id)};", batch.assignment_duration_s,
            batch.auto_approval_delay_s,
        )
    ).removesuffix(b"\r\n")  # fmt: skip
    lifetime = b",," + str(batch.lifetime_s).encode() + b","
    before_places, before_end = b"," + same + b",", b"," + terms + b","
    for portion in _portions(rows):
        cells = [row.split(b",", 5) for row in portion]
        hit_ids = _public("hit", {int(row[0]) for row in cells})
        assignment_ids = _public("assignment", {int(row[1]) for row in cells})
        worker_ids = {row[2]: ids.encode_account(int(row[2])).encode() for row in cells}
        yield b"".join(
            [
                b"%b%b%b%b%b%b%b,%b,%b\r\n"
                % (
                    hit_ids[int(hit)], before_places, places, before_end, end, lifetime,
                    assignment_ids[int(assignment)], worker_ids[worker], rest[:-1],
                )
                for hit, assignment, worker, places, end, rest in cells
            ]
        )  # fmt: skip


def _of_api(rows: Iterator[bytes], batch: _Batch) -> Iterator[bytes]:
    """The same for HITs made one by one: each has its own beginning, lifetime and annotation (in hexadecimal)."""
    same = (
        ids.encode("hit_type", batch.hit_type_id), batch.title, batch.description, batch.keywords,
        f"${money.plain(batch.reward_minor)}",
    )  # fmt: skip
    for portion in _portions(rows):
        cells = [row.split(b",", 8) for row in portion]
        hit_ids = _public("hit", {int(row[0]) for row in cells})
        assignment_ids = _public("assignment", {int(row[1]) for row in cells})
        lines = []
        for hit, assignment, worker, places, end, created, lifetime, annotation, rest in cells:
            start = _line(
                (
                    hit_ids[int(hit)].decode(), *same, created.decode(), places.decode(),
                    bytes.fromhex(annotation.decode()).decode(), batch.assignment_duration_s,
                    batch.auto_approval_delay_s, end.decode(), "", lifetime.decode(),
                    assignment_ids[int(assignment)].decode(), ids.encode_account(int(worker)),
                )
            ).removesuffix(b"\r\n")  # fmt: skip
            lines.append(b"%b,%b\r\n" % (start, rest[:-1]))
        yield b"".join(lines)


def _portions(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows a few at a time: public ids are cheap to make many at once, and memory stays flat."""
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        yield portion


def _public(kind: ids.Kind, numbers: set[int]) -> dict[int, bytes]:
    """The public id of each number."""
    distinct = list(numbers)
    return dict(zip(distinct, bulk_ids.encode_many(kind, distinct), strict=True))


def _line(cells: tuple[Any, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


_TIME = "to_char({} AT TIME ZONE 'UTC', 'Dy Mon DD HH24:MI:SS \"UTC\" YYYY')"
# Of what this requester decided about the worker: share approved, and the numbers behind it.
_RATE = (
    "coalesce(round(100.0 * sum(approved) FILTER (WHERE {0}) / nullif(sum(decided) FILTER (WHERE {0}), 0)), 0)"
    " || '% (' || coalesce(sum(approved) FILTER (WHERE {0}), 0) || '/'"
    " || coalesce(sum(decided) FILTER (WHERE {0}), 0) || ')'"
)
# Literal braces of format() do not occur in these texts; percent signs stay out of params by doubling.
_RATES = """
WITH decided AS MATERIALIZED (
    SELECT assignment.worker_id, assignment.decided_at::date AS day,
           count(*) FILTER (WHERE assignment.status = 'approved') AS approved, count(*) AS decided
      FROM assignment
     WHERE assignment.batch_id IN (SELECT id FROM batch WHERE requester_id = {requester_id})
       AND assignment.status IN ('approved', 'rejected')
     GROUP BY 1, 2
), rate AS MATERIALIZED (
    SELECT worker_id, {lifetime} AS lifetime, {month} AS last_30_days, {week} AS last_7_days
      FROM decided
     GROUP BY worker_id
)
"""


def _rates() -> sql.Composable:
    def rate(condition: str) -> sql.SQL:
        return sql.SQL(_RATE.format(condition).replace("%", "%%"))

    return sql.SQL(_RATES).format(
        requester_id=sql.SQL("%(requester_id)s"),
        lifetime=rate("true"),
        month=rate("day > current_date - 30"),
        week=rate("day > current_date - 7"),
    )


_CELLS_OF_API = (
    sql.SQL(_TIME.format("hit.created_at")),
    sql.SQL("round(extract(epoch FROM hit.expires_at - hit.created_at))::bigint"),
    sql.SQL("encode(convert_to(hit.annotation, 'UTF8'), 'hex')"),
)


def _csv_statement(batch: _Batch, fields: Fields) -> sql.Composed:
    """The COPY: plain cells first, then what may need quotes. Field names enter as literals."""
    cells: list[sql.Composable] = [
        sql.SQL("assignment.hit_id, assignment.id, assignment.worker_id, hit.max_assignments"),
        sql.SQL(_TIME.format("hit.expires_at")),
        *(_CELLS_OF_API if batch.is_of_api else ()),
        sql.SQL("initcap(assignment.status)"),
        sql.SQL(_TIME.format("assignment.accepted_at")),
        sql.SQL(_TIME.format("assignment.submitted_at")),
        sql.SQL(_TIME.format("assignment.auto_approve_at")),
        sql.SQL(
            "CASE WHEN assignment.status = 'approved' THEN " + _TIME.format("assignment.decided_at") + " END"
        ),
        sql.SQL(
            "CASE WHEN assignment.status = 'rejected' THEN " + _TIME.format("assignment.decided_at") + " END"
        ),
        sql.SQL("nullif(assignment.feedback, {})").format(sql.Literal(NO_WORDS)),
        sql.SQL("extract(epoch FROM assignment.submitted_at - assignment.accepted_at)::bigint"),
        sql.SQL("coalesce(rate.lifetime, '0%% (0/0)'), coalesce(rate.last_30_days, '0%% (0/0)')"),
        sql.SQL("coalesce(rate.last_7_days, '0%% (0/0)')"),
    ]
    cells += [sql.SQL("hit.input ->> {}").format(sql.Literal(column)) for column in batch.columns]
    cells += [_answer_cell(name, fields.places.get(name)) for name in fields.names]
    cells += [sql.SQL("''"), sql.SQL("''")]
    return sql.SQL(
        "COPY ({rates} SELECT {cells} FROM assignment JOIN hit ON hit.id = assignment.hit_id"
        " LEFT JOIN rate ON rate.worker_id = assignment.worker_id"
        " WHERE assignment.batch_id = %(batch_id)s AND assignment.requester_id = %(requester_id)s"
        " AND {answered} ORDER BY assignment.id) TO STDOUT (FORMAT csv)"
    ).format(rates=_rates(), cells=sql.SQL(", ").join(cells), answered=sql.SQL(_ANSWERED))


def _answer_cell(name: str, place: int | None) -> sql.Composable:
    """A field's value: read at its place when it has one; else its values looked for and joined."""
    if place is not None:
        return sql.SQL(
            "CASE WHEN assignment.answer -> {place} ->> 0 = {name} THEN assignment.answer -> {place} ->> 1 END"
        ).format(place=sql.Literal(place), name=sql.Literal(name))
    return sql.SQL(
        "(SELECT string_agg(pair.value ->> 1, {joint} ORDER BY pair.ordinality)"
        " FROM jsonb_array_elements(assignment.answer) WITH ORDINALITY AS pair"
        " WHERE pair.value ->> 0 = {name})"
    ).format(joint=sql.Literal(JOINT), name=sql.Literal(name))


_JSON_LINES = """
SELECT assignment.hit_id, assignment.id, assignment.worker_id,
       json_build_object(
           'status', assignment.status,
           'reward', to_char(assignment.reward_minor / %(minor_per_unit)s::numeric, 'FM999999990.00'),
           'accepted_at', assignment.accepted_at,
           'submitted_at', assignment.submitted_at,
           'decided_at', assignment.decided_at,
           'work_time_s', extract(epoch FROM assignment.submitted_at - assignment.accepted_at)::bigint,
           'rejection_reason', nullif(assignment.rejection_reason, ''),
           'feedback', nullif(assignment.feedback, ''),
           'input', hit.input,
           'answer', assignment.answer
       )::text
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status IN ('submitted', 'approved', 'rejected')
 ORDER BY assignment.id
"""


def results_jsonl(*, requester_id: RequesterId, batch_id: BatchId) -> Iterator[bytes]:
    """One JSON object a line; ``answer`` is the list of ``[field, value]`` pairs as handed in."""
    rows = db.stream(
        _stored,
        _JSON_LINES,
        requester_id=requester_id,
        batch_id=batch_id,
        minor_per_unit=money.minor_per_unit(),
    )
    for portion in _portions(rows):
        hit_ids = _public("hit", {hit for hit, _, _, _ in portion})
        assignment_ids = _public("assignment", {assignment for _, assignment, _, _ in portion})
        lines = [
            f'{{"assignment_id":"{assignment_ids[assignment].decode()}","hit_id":"{hit_ids[hit].decode()}",'
            f'"worker_id":"{ids.encode_account(worker)}",{text[1:].lstrip()}\n'
            for hit, assignment, worker, text in portion
        ]
        yield "".join(lines).encode()


def _stored(hit_id: int, assignment_id: int, worker_id: int, text: str) -> tuple[int, int, int, str]:
    return hit_id, assignment_id, worker_id, text


_ANSWERS = """
SELECT assignment.hit_id, assignment.worker_id,
       (SELECT string_agg(pair.value ->> 1, '|' ORDER BY pair.value ->> 1)
          FROM jsonb_array_elements(assignment.answer) AS pair
         WHERE pair.value ->> 0 = %(field)s)
  FROM assignment
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status IN ('submitted', 'approved')
 ORDER BY assignment.id
"""
_ANSWERS_AT = """
SELECT assignment.hit_id, assignment.worker_id,
       CASE WHEN assignment.answer -> %(place)s::integer ->> 0 = %(field)s
            THEN assignment.answer -> %(place)s::integer ->> 1 END
  FROM assignment
 WHERE assignment.batch_id = %(batch_id)s
   AND assignment.requester_id = %(requester_id)s
   AND assignment.status IN ('submitted', 'approved')
 ORDER BY assignment.id
"""


def field_values(
    *, requester_id: RequesterId, batch_id: BatchId, field: str, place: int | None = None
) -> Iterator[tuple[int, int, str | None]]:
    """(HIT, worker, value) of one answer field, rejected work left out; several values joined in order.

    ``place``: where the field always stands (``Fields.places``), which is several times as fast.
    """
    found: dict[str, Any] = {"requester_id": requester_id, "batch_id": batch_id, "field": field}
    if place is None:
        return db.stream(_triple, _ANSWERS, page=20_000, **found)
    return db.stream(_triple, _ANSWERS_AT, page=20_000, place=place, **found)


def _triple(hit_id: int, worker_id: int, value: str | None) -> tuple[int, int, str | None]:
    return hit_id, worker_id, value
