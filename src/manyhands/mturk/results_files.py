"""Reading results files as Mechanical Turk's requester site gives them: one row for each assignment.

Only the tasks are taken: the rows' input, each task once, and the terms they were published at. No database.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from manyhands.core import money
from manyhands.core.errors import InvalidInput

INPUT = "Input."
# The columns that say what a task is, and that people decide in: the site leaves the last two out of its rows.
NEEDED = ("HITId", "Title", "Reward")
OPTIONAL_CELLS = frozenset({"Approve", "Reject"})
STATES = frozenset({"Submitted", "Approved", "Rejected", ""})
_CELL_CHARACTERS_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a row is not taken; ``row`` counts as a spreadsheet does, the heading is row 1."""

    row: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}{f', {self.column}' if self.column else ''}: {self.reason}"


class Unreadable(Exception):
    """The file is no results file; the message says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the tasks were published at, as far as the file says."""

    title: str
    description: str
    keywords: str
    reward_minor: int
    max_assignments: int | None
    assignment_duration_s: int | None
    auto_approval_delay_s: int | None
    lifetime_s: int | None


@dataclass(slots=True)
class ResultsFile:
    """Tasks by their number of row, what is wrong, and what was seen and is left behind."""

    columns: tuple[str, ...]
    tasks: dict[int, dict[str, str]] = field(default_factory=dict)
    terms: Terms | None = None
    bad_rows: list[BadRow] = field(default_factory=list)
    row_count: int = 0
    other_terms_count: int = 0
    left_columns: tuple[str, ...] = ()

    def as_csv(self) -> bytes:
        """The tasks as a file to upload: the heading, then a row for each in their order."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(self.tasks.values())
        return text.getvalue().encode()


class _Bad(Exception):
    def __init__(self, column: str | None, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def read(content: bytes) -> ResultsFile:
    """Read a whole file. Raises Unreadable; single bad rows are told in ``bad_rows`` and not among the tasks."""
    records = _records(content)
    _, header = next(records, (1, []))
    header = [name.strip() for name in header]
    if absent := [name for name in NEEDED if name not in header]:
        raise Unreadable(f"it has no column {absent[0]}, so it is no results file of Mechanical Turk")
    if len(set(header)) != len(header):
        raise Unreadable("two of its columns have the same name")
    inputs = [name for name in header if name.startswith(INPUT) and name != INPUT]
    if not inputs:
        raise Unreadable("it has no Input. column, so there is nothing to publish again")
    found = ResultsFile(tuple(name.removeprefix(INPUT) for name in inputs))
    found.left_columns = tuple(name for name in header if name.startswith("Answer."))
    seen: dict[str, dict[str, str]] = {}
    for number, cells in records:
        if not any(cells):
            continue
        found.row_count += 1
        try:
            _take(found, seen, number, _by_name(header, cells))
        except _Bad as bad:
            found.bad_rows.append(BadRow(number, bad.column, bad.reason))
    if not found.row_count:
        raise Unreadable("it has column names but no rows")
    return found


def _take(found: ResultsFile, seen: dict[str, dict[str, str]], number: int, row: Mapping[str, str]) -> None:
    hit_id = row["HITId"].strip()
    if not hit_id:
        raise _Bad("HITId", "the cell is empty")
    state = row.get("AssignmentStatus", "")
    if state not in STATES:
        raise _Bad("AssignmentStatus", f"{state!r} is no status of an assignment")
    given = {name: row[INPUT + name] for name in found.columns}
    terms = _terms(row)
    known = seen.setdefault(hit_id, given)
    if known is not given:
        if different := [name for name in found.columns if known[name] != given[name]]:
            raise _Bad(INPUT + different[0], "an earlier row of the same HIT has another value")
        return
    found.tasks[number] = given
    found.terms = found.terms or terms
    found.other_terms_count += terms != found.terms


def _terms(row: Mapping[str, str]) -> Terms:
    try:
        reward = money.parse(row["Reward"], field="Reward", minimum_minor=0)
    except InvalidInput as wrong:
        raise _Bad("Reward", wrong.errors["Reward"]) from None
    return Terms(
        title=row["Title"],
        description=row.get("Description", ""),
        keywords=row.get("Keywords", ""),
        reward_minor=reward,
        max_assignments=_whole(row, "MaxAssignments"),
        assignment_duration_s=_whole(row, "AssignmentDurationInSeconds"),
        auto_approval_delay_s=_whole(row, "AutoApprovalDelayInSeconds"),
        lifetime_s=_whole(row, "LifetimeInSeconds"),
    )


def _whole(row: Mapping[str, str], column: str) -> int | None:
    cell = row.get(column, "").strip()
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
        raise _Bad(column, f"{cell[:40]!r} is no whole number")
    return int(cell)


def _by_name(header: list[str], cells: list[str]) -> dict[str, str]:
    if any(cells[len(header) :]):
        raise _Bad(None, f"it has {len(cells)} cells, and there are {len(header)} columns")
    absent = [name for name in header[len(cells) :] if name not in OPTIONAL_CELLS]
    if absent:
        raise _Bad(absent[0], f"the row ends before this column: it has {len(cells)} cells of {len(header)}")
    return dict(zip(header, cells, strict=False))


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise Unreadable(f"line {line} is not UTF-8: save the file as “CSV UTF-8”") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = csv.field_size_limit(_CELL_CHARACTERS_MAX)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as wrong:
        raise Unreadable(f"after line {reader.line_num}: {wrong}") from None
    finally:
        csv.field_size_limit(before)
