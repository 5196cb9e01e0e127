"""Files of one field at once, and a file against handing in: one row, one file, and an answer that has its file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from manyhands.core.errors import Refusal
from manyhands.core.ids import WorkerId
from manyhands.work import errors
from manyhands.work.models import AnswerFile
from manyhands.work.operations import submitting
from tests import factories
from tests.db.test_answer_files import folder, keep, kept_keys
from tests.db.test_content_origin import Held, hold

__all__ = ["folder"]  # a fixture

ROUNDS = 8


def task() -> Held:
    return hold(rows=1, html=factories.FILE_HTML)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread and a connection of its own, all from the same moment; results and refusals."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_files_of_one_field_at_once_leave_one(folder: Path) -> None:
    held = task()
    kept = at_once(*(lambda n=n: keep(held, b"file %d" % n) for n in range(ROUNDS)))
    assert len({each.key for each in kept}) == ROUNDS
    row = AnswerFile.objects.get()
    assert kept_keys(folder) == {row.key}


def test_a_file_against_handing_in_leaves_an_answer_with_its_file(folder: Path) -> None:
    for _ in range(ROUNDS):
        held = task()
        first = keep(held)

        def hand_in(held: Held = held, key: str = first.key) -> Any:
            return submitting.submit(
                worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id, answer=[("photo", key)],
                received_at=timezone.now(), files=[key],
            )  # fmt: skip

        handed_in, second = at_once(hand_in, lambda held=held: keep(held, b"another"))
        assignment = held.assignment
        rows = set(AnswerFile.objects.filter(assignment=assignment).values_list("key", flat=True))
        if isinstance(handed_in, errors.FilesChanged):
            assert (assignment.status, rows) == ("accepted", {second.key})
        else:
            assert (assignment.answer, rows) == ([["photo", first.key]], {first.key})
            assert isinstance(second, errors.AlreadySubmitted)
        assert rows <= kept_keys(folder)
    assert set(AnswerFile.objects.values_list("key", flat=True)) == kept_keys(folder)


def test_a_handing_in_waits_for_a_file_that_is_being_replaced(folder: Path, database: Any) -> None:
    """By two connections: whoever has the assignment first decides, and nobody sees half of it."""
    held = task()
    first = keep(held)
    other = database.connect()
    other.execute("BEGIN")
    other.execute("SELECT FROM assignment WHERE id = %s FOR NO KEY UPDATE", [held.assignment_id])
    other.execute("DELETE FROM answer_file WHERE key = %s", [first.key])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    with pytest.raises(Exception, match="lock timeout"):
        submitting.submit(
            worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id,
            answer=[("photo", first.key)], received_at=timezone.now(), files=[first.key],
        )  # fmt: skip
    other.execute("COMMIT")
    with pytest.raises(errors.FilesChanged):
        submitting.submit(
            worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id,
            answer=[("photo", first.key)], received_at=timezone.now(), files=[first.key],
        )  # fmt: skip
    assert held.unchanged()
