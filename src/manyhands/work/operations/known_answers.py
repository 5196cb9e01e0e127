"""What is known to be right about HITs, kept when they are published or said of them later."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import orjson
from django.db import transaction
from django.utils.translation import gettext

from manyhands.core import db, ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, BatchId, RequesterId
from manyhands.work import csv_input, errors, known_answers
from manyhands.work.models import Batch, BatchEvent

PAGE = 5_000
ROWS_NAMED_MAX = 20
HIT_COLUMN = "HITId"

_HITS_AFTER = """
SELECT id FROM hit WHERE batch_id = %(batch_id)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
# Only HITs of this batch are written.
_KEEP = """
INSERT INTO known_answer (hit_id, answers)
SELECT hit.id, given.answers::jsonb
  FROM unnest(%(hit_ids)s::bigint[], %(answers)s::text[]) AS given (hit_id, answers)
  JOIN hit ON hit.id = given.hit_id AND hit.batch_id = %(batch_id)s
    ON CONFLICT (hit_id) DO UPDATE SET answers = excluded.answers
"""

_Kept = dict[int, known_answers.Known]


def keep_known(batch: Batch, rows: Iterator[csv_input.Row]) -> None:
    """Keep the known answers of HITs just made, in the transaction that makes them.

    HITs were made in the order of the rows, and have their numbers only now. Rows of qualification tasks
    without a known answer are refused, by number. Raises KnownAnswersMissing.
    """
    assert batch.layout is not None and batch.project is not None  # noqa: S101, PT018 - kept by upload_rows
    several = known_answers.several_of(batch.layout.html)
    lacking: list[int] = []
    after = 0
    while portion := list(islice(rows, PAGE)):
        hit_ids = db.many(int, _HITS_AFTER, batch_id=batch.pk, after=after, limit=len(portion))
        after = hit_ids[-1]
        found = [known_answers.known(row.cells, several) for row in portion]
        lacking += [row.number for row, known in zip(portion, found, strict=True) if not known]
        _write(batch.pk, dict(zip(hit_ids, found, strict=True)))
    if lacking and batch.project.qualification_type_id is not None:
        named = ", ".join(map(str, lacking[:ROWS_NAMED_MAX]))
        raise errors.KnownAnswersMissing(rows=named if len(lacking) <= ROWS_NAMED_MAX else f"{named}, …")


# Their positions lie below zero, in the order they have: what a worker must do first comes first.
_PUT_FIRST = """
UPDATE hit
   SET position = hit.position - 4611686018427387904,
       max_assignments = greatest(hit.max_assignments, %(places)s),
       available = greatest(hit.max_assignments, %(places)s)
 WHERE hit.id IN (SELECT known.id
                    FROM hit AS known
                    JOIN known_answer ON known_answer.hit_id = known.id
                   WHERE known.batch_id = %(batch_id)s
                   ORDER BY known.id
                   LIMIT %(questions)s)
"""


def put_first(batch: Batch) -> None:
    """Make the first known rows of a batch just made its first questions. Raises TooFewQuestions."""
    put = db.run(_PUT_FIRST, batch_id=batch.pk, questions=batch.first_questions, places=batch.first_places)
    if put < batch.first_questions:
        raise errors.TooFewQuestions(needed=batch.first_questions)


def set_known_answers(
    *, requester_id: RequesterId, batch_id: BatchId, file: BinaryIO, actor_id: AccountId
) -> csv_input.CSVReport:
    """Say of HITs already published what is right: a CSV with ``HITId`` and columns ``Known.<field>``.

    All rows or none; what was handed in before is not scored. The report names every bad cell, HITs that
    are not of this batch included. Raises NotFound, BatchNotPublished.
    """
    batch = Batch.objects.select_related("layout").filter(pk=batch_id, requester_id=requester_id).first()
    if batch is None:
        raise NotFound
    if batch.hit_type_id is None:
        raise errors.BatchNotPublished
    html = batch.layout.html if batch.layout else ""
    report = csv_input.check(file, required_columns=[HIT_COLUMN])
    report = report.with_more(known_answers.problems(report.columns, html))
    if not any(map(known_answers.is_known, report.columns)):
        sentence = gettext("No column begins with “Known.”, so the file does not say what is right.")
        report = report.with_more([csv_input.CSVProblem(1, None, sentence)])
    if report.problem_count:
        return report
    file.seek(0)
    kept, wrong = _of_file(file, known_answers.several_of(html))
    foreign = set(kept) - _of_batch(batch_id, list(kept))
    wrong += [_not_here(row) for hit_id, (row, _) in kept.items() if hit_id in foreign]
    if wrong:
        return report.with_more(wrong)
    with transaction.atomic():
        _write(batch_id, {hit_id: known for hit_id, (_, known) in kept.items()})
        BatchEvent.objects.create(
            batch=batch, act="known", actor_id=actor_id, facts={"hits": len(kept), "fields": _fields(kept)}
        )
    return report


def _of_file(
    file: BinaryIO, several: frozenset[str]
) -> tuple[dict[int, tuple[int, known_answers.Known]], list[csv_input.CSVProblem]]:
    kept: dict[int, tuple[int, known_answers.Known]] = {}
    wrong: list[csv_input.CSVProblem] = []
    for row in csv_input.read(file, required_columns=[HIT_COLUMN]):
        known = known_answers.known(row.cells, several)
        hit_id = ids.decode("hit", row.cells[HIT_COLUMN].strip())
        if hit_id is None:
            wrong.append(_not_here(row.number))
        elif known:
            kept[hit_id] = (row.number, known)
    return kept, wrong


def _not_here(row: int) -> csv_input.CSVProblem:
    return csv_input.CSVProblem(row, HIT_COLUMN, gettext("This batch has no such task."))


def _of_batch(batch_id: int, hit_ids: list[int]) -> set[int]:
    statement = "SELECT id FROM hit WHERE batch_id = %(batch_id)s AND id = ANY(%(hit_ids)s)"
    return set(db.many(int, statement, batch_id=batch_id, hit_ids=hit_ids))


def _fields(kept: dict[int, tuple[int, known_answers.Known]]) -> list[str]:
    return sorted({field for _, known in kept.values() for field in known})


def _write(batch_id: int, kept: _Kept) -> None:
    given = {hit_id: known for hit_id, known in kept.items() if known}
    db.run(
        _KEEP,
        batch_id=batch_id,
        hit_ids=list(given),
        answers=[orjson.dumps(known).decode() for known in given.values()],
    )
