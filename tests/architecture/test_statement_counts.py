"""How many statements an operation sends: the budgets of the hot path (style guide, tests)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from manyhands.core import db
from manyhands.core.ids import RequesterId, WorkerId
from manyhands.work.operations import accepting, reviewing, submitting, sweeping
from tests import factories
from tests.conftest import Database


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collects what is sent to the database: through cursors of any kind, and by prepared name."""
    sent: list[str] = []
    execute: Callable[..., Any] = psycopg.Cursor.execute
    run_prepared: Callable[..., Any] = db._run_prepared

    def noting(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(str(query))
        return execute(self, query, *args, **kwargs)

    def noting_prepared(link: Any, prepared: Any, statement: Any, values: Any) -> Any:
        sent.append(statement.name.decode())
        return run_prepared(link, prepared, statement, values)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noting)
        patched.setattr(db, "_run_prepared", noting_prepared)
        yield sent


def test_the_hot_acts_are_one_statement_each(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, 5)
    worker = factories.make_worker(auto_accept_next=True)
    worker_id = WorkerId(worker.pk)

    with counted(monkeypatch) as sent:
        accepted = accepting.accept_next(worker_id=worker_id, hit_type_id=group.hit_type_id)
    assert len(sent) == 1, sent

    with counted(monkeypatch) as sent:
        submitting.save_draft(
            worker_id=worker_id, assignment_id=accepted.assignment_id, answer=[("meaning", "x")]
        )
    assert len(sent) == 1, sent

    with counted(monkeypatch) as sent:
        submitted = submitting.submit(
            worker_id=worker_id,
            assignment_id=accepted.assignment_id,
            answer=[("meaning", "x")],
            received_at=timezone.now(),
        )
    assert len(sent) == 1, sent
    assert submitted.next is not None

    with counted(monkeypatch) as sent:
        accepting.return_assignment(worker_id=worker_id, assignment_id=submitted.next.assignment_id)
    assert len(sent) == 1, sent

    with counted(monkeypatch) as sent:
        accepting.accept_hit(worker_id=worker_id, hit_id=group.hit_ids[4])
    assert len(sent) == 1, sent

    with counted(monkeypatch) as sent:
        reviewing.approve(
            requester_id=RequesterId(requester.pk),
            assignment_ids=[submitted.assignment_id],
            actor_id=RequesterId(requester.pk),
        )
    assert len(sent) == 1, sent


def test_a_hit_of_a_known_type_is_two_statements(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    requester = factories.make_requester()
    factories.create_hit(requester)
    with counted(monkeypatch) as sent:
        factories.create_hit(requester, max_assignments=3, token="t")
    assert len(sent) == 2, sent  # its type, and the HIT with its money


@pytest.mark.parametrize("sweep", sweeping.SWEEPS)
def test_a_sweep_with_nothing_due_is_one_statement(
    database: Database, monkeypatch: pytest.MonkeyPatch, sweep: Callable[[], int]
) -> None:
    factories.make_requester()
    with counted(monkeypatch) as sent:
        assert sweep() == 0
    assert len(sent) == 1, sent
