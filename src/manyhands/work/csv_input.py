"""Reading the CSV of a batch: one pass, flat memory, every bad cell named by row and column.

``check`` reads a whole file and reports; ``read`` yields its rows and stops at the first problem, so
that publishing is all or nothing. Rows are counted as a spreadsheet counts them: the header is row 1,
and a cell with line breaks is still one row. No database, no template.
"""

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext, gettext_noop

from manyhands.core.errors import Refusal

CELL_CHARACTERS_MAX = 65_536
ROWS_MAX = 1_000_000
BYTES_MAX = 200 * 1024 * 1024
COLUMNS_MAX = 500
PROBLEMS_SHOWN_MAX = 100
SAMPLE_ROWS = 50

_LINE_BYTES_MAX = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"?')


class Row(NamedTuple):
    """One row of the file: its number in a spreadsheet, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CSVProblem:
    """``row`` counts as a spreadsheet does; ``column`` is its heading, or its letter without one."""

    row: int | None
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class CSVReport:
    """What ``check`` found. ``problems`` holds the first hundred of ``problem_count``."""

    columns: tuple[str, ...]
    row_count: int
    sample: tuple[Row, ...]
    problems: tuple[CSVProblem, ...]
    problem_count: int

    @property
    def hidden_count(self) -> int:
        """How many problems are only counted."""
        return self.problem_count - len(self.problems)

    def with_more(self, found: Sequence[CSVProblem]) -> "CSVReport":
        """The same with problems that somebody else has found."""
        more = (*self.problems, *found)[:PROBLEMS_SHOWN_MAX]
        return replace(self, problems=more, problem_count=self.problem_count + len(found))


class BadCSV(Refusal):
    """The file cannot be used: %(message)s"""

    def __init__(self, problem: CSVProblem) -> None:
        self.problem = problem
        super().__init__(message=problem.message)


@dataclass(frozen=True, slots=True)
class Limits:
    rows_max: int = ROWS_MAX
    bytes_max: int = BYTES_MAX
    cell_characters_max: int = CELL_CHARACTERS_MAX


def read(
    file: BinaryIO,
    *,
    required_columns: Collection[str] = (),
    max_rows: int = ROWS_MAX,
    max_bytes: int = BYTES_MAX,
    max_cell_characters: int = CELL_CHARACTERS_MAX,
) -> Iterator[Row]:
    """Yield the rows of a file in flat memory. Raises BadCSV at the first problem."""
    limits = Limits(max_rows, max_bytes, max_cell_characters)
    return _Reading(file, required_columns, limits, _Strict()).rows()


def check(
    file: BinaryIO,
    *,
    required_columns: Collection[str] = (),
    max_rows: int = ROWS_MAX,
    max_bytes: int = BYTES_MAX,
    max_cell_characters: int = CELL_CHARACTERS_MAX,
) -> CSVReport:
    """Read the whole file and say what is in it and what is wrong with it. Never raises on content."""
    found = _Collecting()
    reading = _Reading(file, required_columns, Limits(max_rows, max_bytes, max_cell_characters), found)
    row_count = 0
    sample: list[Row] = []
    for row in reading.rows():
        if row_count < SAMPLE_ROWS:
            sample.append(row)
        row_count += 1
    return CSVReport(reading.columns, row_count, tuple(sample), tuple(found.problems), found.count)


class _Strict:
    """Refuse at the first problem."""

    def add(self, row: int | None, column: str | None, sentence: str, **fields: object) -> None:
        raise BadCSV(CSVProblem(row, column, gettext(sentence) % fields))


@dataclass(slots=True)
class _Collecting(_Strict):
    """Keep the first problems and count the rest, which are never worded."""

    problems: list[CSVProblem] = field(default_factory=list)
    count: int = 0

    def add(self, row: int | None, column: str | None, sentence: str, **fields: object) -> None:
        self.count += 1
        if len(self.problems) < PROBLEMS_SHOWN_MAX:
            self.problems.append(CSVProblem(row, column, gettext(sentence) % fields))


class _Stop(Exception):
    """What follows in the file cannot be understood; the problem is already reported."""


class _Lines:
    """The decoded lines of the file, with cheap notes on what they hold since the last row."""

    def __init__(self, file: BinaryIO, limits: Limits, found: _Strict) -> None:
        self._file = file
        self._limits = limits
        self._found = found
        self._bytes = 0
        self._line = 0
        self.characters = 0
        self.has_control = False

    def first(self) -> str:
        """The heading line, without the byte order mark; '' when the file is empty."""
        raw = self._next_raw()
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._found.add(
                1, None, gettext_noop("The file is UTF-16. Save it as “CSV UTF-8” and try again.")
            )
            raise _Stop
        return self._decoded(raw.removeprefix(_BOM))

    def rest(self) -> Iterator[str]:
        while raw := self._next_raw():
            text = self._decoded(raw)
            self.characters += len(text)
            if _CONTROL.search(text):
                self.has_control = True
            yield text

    def _next_raw(self) -> bytes:
        raw = self._file.readline(_LINE_BYTES_MAX)
        self._bytes += len(raw)
        self._line += 1
        if self._bytes > self._limits.bytes_max:
            self._found.add(
                None,
                None,
                gettext_noop("The file is larger than %(limit)d MB."),
                limit=self._limits.bytes_max // 1024**2,
            )
            raise _Stop
        if len(raw) == _LINE_BYTES_MAX:
            self._found.add(None, None, gettext_noop("Line %(line)d is longer than 4 MB."), line=self._line)
            raise _Stop
        return raw

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as wrong:
            self._found.add(
                None,
                None,
                gettext_noop(
                    "Line %(line)d is not UTF-8 (byte %(byte)d of the line, 0x%(value)02X)."
                    " Save the file as “CSV UTF-8” and try again."
                ),
                line=self._line,
                byte=wrong.start + 1,
                value=raw[wrong.start],
            )
            return raw.decode(errors="replace")


class _Reading:
    """One pass over one file."""

    def __init__(
        self, file: BinaryIO, required_columns: Collection[str], limits: Limits, found: _Strict
    ) -> None:
        self._required = required_columns
        self._limits = limits
        self._found = found
        self._lines = _Lines(file, limits, found)
        self.columns: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        try:
            yield from self._rows()
        except _Stop:
            return

    def _rows(self) -> Iterator[Row]:
        records = self._records()
        number, headings = next(records, (1, []))
        if not any(heading.strip() for heading in headings):
            self._found.add(
                None, None, gettext_noop("The file is empty: its first row must name the columns.")
            )
            return
        self._take_headings(headings)
        columns, width, lines = self.columns, len(self.columns), self._lines
        needed = [index for index, name in enumerate(columns) if name in self._required]
        count = 0
        for number, cells in records:
            if not any(cells):
                continue
            count += 1
            if count > self._limits.rows_max:
                self._found.add(
                    number,
                    None,
                    gettext_noop("The file has more than %(limit)d rows."),
                    limit=self._limits.rows_max,
                )
                return
            good = len(cells) == width or self._wrong_width(number, cells)
            if lines.has_control or lines.characters > self._limits.cell_characters_max:
                good = self._cells_are_good(number, cells) and good
            for index in needed:
                if index < len(cells) and (not cells[index] or cells[index].isspace()):
                    self._found.add(number, columns[index], gettext_noop("The cell is empty."))
                    good = False
            lines.characters, lines.has_control = 0, False
            if good:
                yield Row(number, dict(zip(columns, cells, strict=True)))
        if count == 0:
            self._found.add(None, None, gettext_noop("The file has column names but no rows."))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The records with their numbers; a record that cannot be read is reported and passed over."""
        heading = self._lines.first()
        source = _chain(heading, self._lines.rest())
        reader = csv.reader(source, delimiter=_delimiter(heading), strict=True)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader, None)
            except csv.Error as wrong:
                self._unreadable(number, str(wrong))
                continue
            if cells is None:
                return
            yield number, cells

    def _unreadable(self, row: int, reason: str) -> None:
        if "unexpected end" in reason or "field larger" in reason:
            sentence = gettext_noop("A quotation mark is opened in this row and never closed.")
            self._found.add(row, None, sentence)
            raise _Stop
        if "new-line character" in reason:
            sentence = gettext_noop("The row ends in a bare carriage return. Save the file as “CSV UTF-8”.")
            self._found.add(row, None, sentence)
            raise _Stop
        self._found.add(
            row,
            None,
            gettext_noop(
                "A quotation mark inside a cell must be written twice, and the cell in quotation marks."
            ),
        )

    def _take_headings(self, headings: list[str]) -> None:
        names = [heading.strip() for heading in headings]
        while names and not names[-1] and len(names) > 1:
            names.pop()  # spreadsheets leave empty columns at the end
        seen: set[str] = set()
        for index, name in enumerate(names):
            if not name:
                self._found.add(1, _letter(index), gettext_noop("The column has no name."))
            elif name in seen:
                self._found.add(1, name, gettext_noop("Two columns have this name."))
            elif _CONTROL.search(name) or len(name) > 200:
                self._found.add(1, _letter(index), gettext_noop("The name of the column cannot be used."))
            seen.add(name)
        if len(names) > COLUMNS_MAX:
            self._found.add(
                1, None, gettext_noop("The file has more than %(limit)d columns."), limit=COLUMNS_MAX
            )
            raise _Stop
        for name in self._required:
            if name not in seen:
                self._found.add(
                    1, name, gettext_noop("There is no column of this name, but the template asks for it.")
                )
        self.columns = tuple(names)
        self._lines.characters, self._lines.has_control = 0, False

    def _wrong_width(self, number: int, cells: list[str]) -> bool:
        """Whether the row fits after all: empty cells after the last column do not count."""
        width = len(self.columns)
        if len(cells) > width and not any(cells[width:]):
            del cells[width:]
            return True
        if len(cells) > width:
            sentence = gettext_noop("The row has more cells (%(count)d) than there are columns (%(width)d).")
            self._found.add(number, _letter(width), sentence, count=len(cells), width=width)
        else:
            sentence = gettext_noop("The row ends before this column: it has %(count)d cells of %(width)d.")
            self._found.add(number, self.columns[len(cells)], sentence, count=len(cells), width=width)
        return False

    def _cells_are_good(self, number: int, cells: list[str]) -> bool:
        good = True
        for index, cell in enumerate(cells[: len(self.columns)]):
            control = _CONTROL.search(cell)
            if len(cell) > self._limits.cell_characters_max:
                sentence = gettext_noop("The cell has %(count)d characters; the most is %(limit)d.")
                limit = self._limits.cell_characters_max
                self._found.add(number, self.columns[index], sentence, count=len(cell), limit=limit)
                good = False
            elif control:
                sentence = gettext_noop("The cell contains a control character (0x%(code)02X).")
                self._found.add(number, self.columns[index], sentence, code=ord(control[0]))
                good = False
        return good


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _delimiter(heading: str) -> str:
    """Comma, semicolon or tab: whichever the heading has most of outside its quotation marks."""
    bare = _QUOTED.sub("", heading)
    return max(",;\t", key=bare.count)


def _letter(index: int) -> str:
    """What a spreadsheet calls a column: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
