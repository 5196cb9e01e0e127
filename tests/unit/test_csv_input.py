"""CSV input: bad cells named by row and column, flat memory, nothing lost."""

import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.work.csv_input import BadCSV, check, read

CELLS = st.text(
    st.one_of(st.sampled_from(",;\t\"\n 'é"), st.characters(exclude_categories=["Cs", "Cc"])), max_size=20
)


def found(content: bytes, **limits: int) -> list[tuple[int | None, str | None]]:
    return [
        (problem.row, problem.column)
        for problem in check(io.BytesIO(content), required_columns=["id", "text"], **limits).problems
    ]


@given(st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=20), st.sampled_from(",;\t"))
def test_every_cell_comes_back_as_it_was_written(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("a", "b", "c"), *rows])
    came_back = list(read(io.BytesIO(written.getvalue().encode())))
    assert [tuple(row.cells.values()) for row in came_back] == rows
    assert [row.number for row in came_back] == list(range(2, len(rows) + 2))


@given(st.binary(max_size=300))
def test_no_content_makes_checking_fail(content: bytes) -> None:
    check(io.BytesIO(content), required_columns=["a"])


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    assert check(io.BytesIO(b"\xef\xbb\xbfid,text\r\n1,x\r\n")).columns == ("id", "text")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", [(None, None)]),
        (b"\n\n", [(None, None)]),
        (b"id,text\n", [(None, None)]),
        (b"id,words\n1,x\n", [(1, "text")]),
        (b"id,text,text\n1,x,y\n", [(1, "text")]),
        (b"id,,text\n1,x,y\n", [(1, "B")]),
        (b"id,text\n1,x\n2\n3,z\n", [(3, "text")]),
        (b"id,text\n1,x,more\n", [(2, "C")]),
        (b'id,text\n"1\n1",x\n2, \n', [(3, "text")]),
        (b"id,text\n1,x\n\n2,\n", [(4, "text")]),
        (b"id,text\n1,a\x00b\n", [(2, "text")]),
        (b"id,text\n1,a\x1bb\n", [(2, "text")]),
        (b'id,text\n1,"x\n2,y\n', [(2, None)]),
        (b'id,text\n1,"x"y\n2,z\n', [(2, None)]),
        (b"id,text\r1,x\r", [(1, None)]),
        (b"id,text\n1," + b"x" * 65_537 + b"\n", [(2, "text")]),
        (b'id,text\n1,"' + b"x\n" * 300_000, [(2, None)]),
        ("id,text\n1,x\n".encode("utf-16"), [(1, None)]),
    ],
)
def test_a_bad_file_is_named_by_row_and_column(
    content: bytes, named: list[tuple[int | None, str | None]]
) -> None:
    assert found(content) == named


def test_a_wrong_encoding_is_named_by_line_and_byte() -> None:
    (problem,) = check(io.BytesIO("id,text\n1,x\n2,café\n".encode("latin-1"))).problems
    assert "Line 3" in problem.message
    assert "byte 6" in problem.message
    assert "0xE9" in problem.message


def test_limits_on_rows_and_bytes_hold() -> None:
    rows = b"id,text\n" + b"1,x\n" * 5
    assert found(rows, max_rows=5) == []
    assert found(rows, max_rows=4) == [(6, None)]
    assert found(rows, max_bytes=len(rows)) == []
    assert found(rows, max_bytes=len(rows) - 1) == [(None, None)]


def test_empty_cells_and_rows_that_a_spreadsheet_adds_are_not_mistakes() -> None:
    report = check(io.BytesIO(b"id,text,,\n1,x,,\n,,,\n2,y,,\n,,,\n"), required_columns=["id", "text"])
    assert (report.columns, report.row_count, report.problems) == (("id", "text"), 2, ())


def test_all_problems_are_counted_and_the_first_hundred_worded() -> None:
    report = check(io.BytesIO(b"id,text\n" + b"1,\n" * 250), required_columns=["text"])
    assert (report.problem_count, len(report.problems), report.row_count) == (250, 100, 0)


def test_reading_stops_at_the_first_problem() -> None:
    rows = read(io.BytesIO(b"id,text\n1,x\n2,\n3,z\n"), required_columns=["text"])
    assert next(rows).cells == {"id": "1", "text": "x"}
    with pytest.raises(BadCSV) as refused:
        next(rows)
    assert (refused.value.problem.row, refused.value.problem.column) == (3, "text")


class Endless(io.RawIOBase):
    """A file of any length that is never whole in memory."""

    def __init__(self, lines: int) -> None:
        self._lines: Iterator[bytes] = iter([b"id,text\n"])
        self._left = lines

    def readline(self, size: int | None = -1) -> bytes:
        self._left -= 1
        return next(self._lines, b"1,some words\n" if self._left > 0 else b"")


def test_memory_does_not_grow_with_the_file() -> None:
    tracemalloc.start()
    try:
        assert check(Endless(50_000)).row_count == 49_998  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 512 * 1024
