"""Scores that change while their worker acts: nobody accepts on what was taken away, no move is lost."""

from collections.abc import Callable
from typing import Any, LiteralString, cast

import psycopg
import pytest

from manyhands.core import db, sql
from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.qualifications import operations, scores
from manyhands.qualifications.models import Qualification, QualificationEvent
from manyhands.qualifications.states import ChangeReason
from manyhands.work.errors import NotQualified
from manyhands.work.models import Assignment
from tests import factories
from tests.conftest import Database
from tests.race.conftest import LIMITS
from tests.race.stepping import Acting, Held, without

ACCEPT_NEXT = sql.load("manyhands.work", "accept_next")
SET_SCORE = sql.load("manyhands.qualifications", "set_score")

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def revoke(held: Held, worker_id: int, type_id: int) -> None:
    """As ``scores.take_away`` does it, left uncommitted."""
    held.run("SELECT FROM worker WHERE account_id = %(worker_id)s FOR NO KEY UPDATE", worker_id=worker_id)
    held.run(
        SET_SCORE, worker_id=worker_id, qualification_type_id=type_id, score=None, validity_s=None,
        reason="revoked", inputs="{}", words="", actor_id=None,
    )  # fmt: skip


def test_an_accept_that_waited_for_the_revocation_goes_by_it(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    worker = factories.make_worker()
    type_id = factories.require(group)
    operations.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id), requester_id=None, worker_id=WorkerId(worker.pk),
        score=90,
    )  # fmt: skip
    held = hold()
    revoke(held, worker.pk, type_id)

    accepting = Acting(lambda: factories.accept(worker, group))
    accepting.wait_until_blocked(watcher)
    held.commit()

    with pytest.raises(NotQualified):
        accepting.result()
    assert not Assignment.objects.exists()


def test_control_without_counting_changes_the_accept_goes_by_its_old_look(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    worker = factories.make_worker()
    type_id = factories.require(group)
    operations.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id), requester_id=None, worker_id=WorkerId(worker.pk),
        score=90,
    )  # fmt: skip
    naive = without(ACCEPT_NEXT, "AND worker.qualification_changes = person.qualification_changes", "")
    held = hold()
    revoke(held, worker.pk, type_id)

    ids = {"worker_id": worker.pk, "hit_type_id": group.hit_type_id, **LIMITS}
    accepting = Acting(lambda: db.many(lambda *row: row, cast("LiteralString", naive), **ids))
    accepting.wait_until_blocked(watcher)
    held.commit()

    assert len(accepting.result()) == 1


def test_two_moves_at_once_both_count(database: Database) -> None:
    worker = factories.make_worker()
    type_id = operations.create_qualification_type(requester_id=None, name="Proofreading")
    operations.grant_qualification(
        qualification_type_id=type_id, requester_id=None, worker_id=WorkerId(worker.pk), score=50
    )
    why = scores.Change(ChangeReason.EDITOR_GRADE, {"grade": "extremely satisfied"})

    moves = [
        Acting(
            lambda: scores.move_score(
                worker_id=WorkerId(worker.pk), qualification_type_id=type_id, by=3, why=why
            )
        )
        for _ in range(6)
    ]
    after = sorted(move.result() for move in moves)

    assert after == [53, 56, 59, 62, 65, 68]
    assert Qualification.objects.get().score == 68
    steps = QualificationEvent.objects.order_by("id").values_list("score_before", "score_after")
    assert list(steps) == [(None, 50), *zip([50, 53, 56, 59, 62, 65], after, strict=True)]
