"""An answer that came in time stands, whatever the sweep and other windows do at that moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from manyhands.core import sql
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.work.errors import AlreadySubmitted, AssignmentExpired
from manyhands.work.models import HIT, Assignment, AssignmentEvent
from manyhands.work.operations import accepting, submitting, sweeping
from tests import factories
from tests.conftest import Database
from tests.race.conftest import LIMITS
from tests.race.stepping import Acting, Held, now, without

SUBMIT_AND_NEXT = sql.load("manyhands.work", "submit_and_next")
ABANDON_DUE = sql.load("manyhands.work", "abandon_due")
RETURN_ASSIGNMENT = sql.load("manyhands.work", "return_assignment")
ANSWER = [("meaning", "a thing")]

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def two_at_one_hit() -> tuple[accepting.Accepted, int, accepting.Accepted, int]:
    group = factories.publish(factories.make_requester(), 1, max_assignments=2)
    first, second = factories.make_worker(), factories.make_worker()
    return factories.accept(first, group), first.pk, factories.accept(second, group), second.pk


def time_was_over(assignment_id: AssignmentId, seconds_ago: int) -> datetime:
    """Move its deadline there; returns a moment just before it, when an answer still was in time."""
    assignment = Assignment.objects.get(pk=assignment_id)
    deadline = datetime.now(tz=assignment.deadline_at.tzinfo) - timedelta(seconds=seconds_ago)
    Assignment.objects.filter(pk=assignment_id).update(deadline_at=deadline)
    return deadline - timedelta(seconds=1)


def hand_in(worker_id: int, assignment_id: AssignmentId, received_at: datetime) -> submitting.Submitted:
    return submitting.submit(
        worker_id=WorkerId(worker_id), assignment_id=assignment_id, answer=ANSWER, received_at=received_at
    )


@pytest.mark.feature("M-129")
def test_the_sweep_passes_over_an_answer_that_is_just_being_handed_in(database: Database, hold: Hold) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    in_time = time_was_over(held_one.assignment_id, 45)  # already due for the sweep
    submitting_it = hold()
    submitting_it.run(
        SUBMIT_AND_NEXT, worker_id=worker, assignment_id=held_one.assignment_id,
        answer='[["meaning", "x"]]', reported=None, received_at=in_time, **LIMITS,
    )  # fmt: skip
    assert sweeping.abandon_due() == 0
    submitting_it.commit()
    assert sweeping.abandon_due() == 0
    assert Assignment.objects.get(pk=held_one.assignment_id).status == "submitted"
    assert first_difference() is None


@pytest.mark.feature("M-129", "M-29")
def test_an_answer_in_time_is_taken_while_the_sweep_works_on_the_same_hit(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    late, _, in_work, worker = two_at_one_hit()
    time_was_over(late.assignment_id, 60)
    in_time = time_was_over(in_work.assignment_id, 5)  # it arrived in time and waited since
    sweep = hold()
    assert sweep.run(ABANDON_DUE, grace_s=sweeping.GRACE_S, page=100) == [(1,)]
    acting = Acting(lambda: hand_in(worker, in_work.assignment_id, in_time))
    acting.wait_until_blocked(watcher)  # for the HIT both are about, not for the assignment
    sweep.commit()
    assert acting.result().assignment_id == in_work.assignment_id
    hit = HIT.objects.get()
    assert (hit.status, hit.available, hit.pending, hit.submitted) == ("assignable", 1, 0, 1)
    assert first_difference() is None


def test_control_a_sweep_without_grace_loses_the_answer(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    _, _, in_work, worker = two_at_one_hit()
    in_time = time_was_over(in_work.assignment_id, 5)
    sweep = hold()
    assert sweep.run(ABANDON_DUE, grace_s=0, page=100) == [(1,)]
    acting = Acting(lambda: hand_in(worker, in_work.assignment_id, in_time))
    acting.wait_until_blocked(watcher)
    sweep.commit()
    with pytest.raises(AssignmentExpired):
        acting.result()


@pytest.mark.feature("M-129")
def test_after_its_time_an_answer_is_refused_though_no_sweep_has_run(database: Database) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    in_time = time_was_over(held_one.assignment_id, 5)
    with pytest.raises(AssignmentExpired):
        hand_in(worker, held_one.assignment_id, in_time + timedelta(seconds=2))
    assert Assignment.objects.get(pk=held_one.assignment_id).status == "accepted"


@pytest.mark.parametrize("second_answer", ["the same", "another"])
def test_one_answer_handed_in_twice_at_once_is_one_submission(
    database: Database, hold: Hold, watcher: Watcher, second_answer: str
) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    first = hold()
    first.run(
        SUBMIT_AND_NEXT, worker_id=worker, assignment_id=held_one.assignment_id,
        answer='[["meaning", "the same"]]', reported=None, received_at=now(watcher), **LIMITS,
    )  # fmt: skip
    acting = Acting(
        lambda: submitting.submit(
            worker_id=WorkerId(worker),
            assignment_id=held_one.assignment_id,
            answer=[("meaning", second_answer)],
            received_at=now(database.connect()),
        )
    )
    acting.wait_until_blocked(watcher)
    first.commit()
    if second_answer == "the same":
        assert acting.result().assignment_id == held_one.assignment_id
    else:
        with pytest.raises(AlreadySubmitted):
            acting.result()
    assert Assignment.objects.get(pk=held_one.assignment_id).answer == [["meaning", "the same"]]
    assert AssignmentEvent.objects.filter(to_status="submitted").count() == 1


def test_control_without_its_guard_a_second_submission_breaks_the_counters(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    naive = without(
        SUBMIT_AND_NEXT,
        "AND assignment.status IN ('accepted', 'correction')\n       AND assignment.deadline_at >=",
        "AND assignment.deadline_at >=",
    )
    hand_in(worker, held_one.assignment_id, now(watcher))
    again = hold()
    again.run(
        naive, worker_id=worker, assignment_id=held_one.assignment_id,
        answer='[["meaning", "other"]]', reported=None, received_at=now(watcher), **LIMITS,
    )  # fmt: skip
    again.commit()
    assert first_difference() is not None


def test_an_assignment_returned_and_swept_at_once_frees_one_place(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    returning = hold()
    ids = {"assignment_id": held_one.assignment_id, "worker_id": worker}
    returning.run(RETURN_ASSIGNMENT, **ids)
    sweep = Acting(lambda: sweeping.abandon_due(grace_s=-10_000))
    sweep.wait_until_blocked(watcher)  # for the HIT, because of the other assignment
    returning.commit()
    assert sweep.result() == 1
    assert HIT.objects.get().available == 2
    assert first_difference() is None


def test_an_assignment_swept_and_returned_at_once_frees_one_place(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    held_one, worker, _, _ = two_at_one_hit()
    sweep = hold()
    assert sweep.run(ABANDON_DUE, grace_s=-10_000, page=100) == [(2,)]
    acting = Acting(
        lambda: accepting.return_assignment(worker_id=WorkerId(worker), assignment_id=held_one.assignment_id)
    )
    acting.wait_until_blocked(watcher)
    sweep.commit()
    with pytest.raises(AssignmentExpired):
        acting.result()
    assert HIT.objects.get().available == 2
    assert first_difference() is None


def test_control_without_its_guard_a_second_return_breaks_the_counters(
    database: Database, hold: Hold
) -> None:
    held_one, worker, other, other_worker = two_at_one_hit()
    for each, holder in ((held_one, worker), (other, other_worker)):
        accepting.return_assignment(worker_id=WorkerId(holder), assignment_id=each.assignment_id)
    naive = without(RETURN_ASSIGNMENT, "AND assignment.status = 'accepted'")
    with pytest.raises(psycopg.errors.CheckViolation, match="hit_counters"):
        hold().run(naive, assignment_id=held_one.assignment_id, worker_id=worker)
