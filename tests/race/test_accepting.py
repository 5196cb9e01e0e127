"""Workers after the same place: nobody gets one too many, nobody waits without need."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test.utils import override_settings

from manyhands.core import sql
from manyhands.core.ids import HITId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.work.errors import HITNotAvailable, NoAssignableHIT, TooManyAccepted
from manyhands.work.models import HIT, Assignment
from manyhands.work.operations import accepting, submitting
from tests import factories
from tests.conftest import Database
from tests.harness import databases
from tests.race.conftest import LIMITS
from tests.race.stepping import Acting, Held, dropped, now, without

ACCEPT_NEXT = sql.load("manyhands.work", "accept_next")
ACCEPT_WRAPPED = sql.load("manyhands.work", "accept_wrapped")
ACCEPT_HIT = sql.load("manyhands.work", "accept_hit")
SUBMIT_AND_NEXT = sql.load("manyhands.work", "submit_and_next")

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def taken(hit_id: HITId) -> int:
    return Assignment.objects.filter(hit_id=hit_id).count()


def test_a_second_worker_skips_a_locked_hit_instead_of_waiting(database: Database, hold: Hold) -> None:
    group = factories.publish(factories.make_requester(), 2)
    first, second = factories.make_worker(), factories.make_worker()
    held = hold()
    [row] = held.run(ACCEPT_NEXT, worker_id=first.pk, hit_type_id=group.hit_type_id, **LIMITS)
    accepted = Acting(lambda: factories.accept(second, group)).result()
    held.commit()
    assert [row[1], accepted.hit_id] == group.hit_ids


def test_control_without_skip_locked_the_second_worker_waits(database: Database, hold: Hold) -> None:
    group = factories.publish(factories.make_requester(), 2)
    naive = without(ACCEPT_NEXT, "FOR NO KEY UPDATE OF hit SKIP LOCKED", "FOR NO KEY UPDATE OF hit")
    first, second = hold(), hold()
    ids = {"hit_type_id": group.hit_type_id, **LIMITS}
    first.run(ACCEPT_NEXT, worker_id=factories.make_worker().pk, **ids)
    second.run("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        second.run(naive, worker_id=factories.make_worker().pk, **ids)


@pytest.mark.parametrize("outcome", ["commit", "rollback"])
def test_a_worker_is_told_nothing_is_left_only_after_waiting_once(
    database: Database, hold: Hold, watcher: Watcher, outcome: str
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    first, second = factories.make_worker(), factories.make_worker()
    held = hold()
    held.run(ACCEPT_NEXT, worker_id=first.pk, hit_type_id=group.hit_type_id, **LIMITS)
    acting = Acting(lambda: factories.accept(second, group))
    acting.wait_until_blocked(watcher)
    getattr(held, outcome)()
    if outcome == "commit":
        with pytest.raises(NoAssignableHIT):
            acting.result()
    else:
        assert acting.result().hit_id == group.hit_ids[0]
    assert taken(group.hit_ids[0]) == 1


def test_control_the_skipping_statement_alone_says_nothing_of_a_hit_that_stays_free(
    database: Database, hold: Hold
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    first, second = hold(), hold()
    ids = {"hit_type_id": group.hit_type_id, **LIMITS}
    first.run(ACCEPT_NEXT, worker_id=factories.make_worker().pk, **ids)
    assert second.run(ACCEPT_NEXT, worker_id=factories.make_worker().pk, **ids) == []
    first.rollback()
    assert HIT.objects.get(pk=group.hit_ids[0]).available == 1


@pytest.mark.feature("W-29")
@pytest.mark.parametrize("first_way", ["next", "exact", "submit"])
@pytest.mark.parametrize("second_way", ["next", "exact", "submit"])
def test_the_last_place_is_given_once_however_two_workers_ask_for_it(
    database: Database, hold: Hold, watcher: Watcher, first_way: str, second_way: str
) -> None:
    group = factories.publish(factories.make_requester(), 3)
    first = factories.make_worker(auto_accept_next=True)
    second = factories.make_worker(auto_accept_next=True)
    first_holds, second_holds = factories.accept(first, group), factories.accept(second, group)
    last = group.hit_ids[2]
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "next": (ACCEPT_NEXT, {"hit_type_id": group.hit_type_id}),
        "exact": (ACCEPT_HIT, {"hit_id": last}),
        "submit": (
            SUBMIT_AND_NEXT,
            {
                "assignment_id": first_holds.assignment_id,
                "answer": '[["meaning", "x"]]',
                "reported": None,
                "received_at": now(watcher),
            },
        ),
    }
    asks: dict[str, Callable[[], Any]] = {
        "next": lambda: factories.accept(second, group),
        "exact": lambda: factories.accept(second, group, last),
        "submit": lambda: factories.submit(second, second_holds.assignment_id),
    }

    held = hold()
    statement, params = ways[first_way]
    assert held.run(statement, worker_id=first.pk, **params, **LIMITS)
    acting = Acting(asks[second_way])
    acting.wait_until_blocked(watcher)
    held.commit()

    if second_way == "submit":
        submitted = acting.result()
        assert submitted.next is None
        assert isinstance(submitted.finished, NoAssignableHIT)
    else:
        with pytest.raises((NoAssignableHIT, HITNotAvailable)):
            acting.result()
    assert taken(last) == 1
    assert first_difference() is None


def test_control_reading_first_and_writing_afterwards_gives_the_place_twice(
    database: Database, hold: Hold
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    read = "SELECT available, pending FROM hit WHERE id = %(hit_id)s AND is_open"
    write = """
    WITH taken AS (
        UPDATE hit SET available = %(available)s - 1, pending = %(pending)s + 1, status = 'unassignable'
         WHERE id = %(hit_id)s RETURNING *
    )
    INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor,
                            fee_minor, deadline_at)
    SELECT id, %(worker_id)s, hit_type_id, batch_id, %(worker_id)s, 'accepted', 5, 1, now() FROM taken
    """
    hit_id = group.hit_ids[0]
    workers = [factories.make_worker().pk, factories.make_worker().pk]
    first, second = hold(), hold()
    [seen_by_first] = first.run(read, hit_id=hit_id)
    [seen_by_second] = second.run(read, hit_id=hit_id)
    for held, worker, (available, pending) in (
        (first, workers[0], seen_by_first),
        (second, workers[1], seen_by_second),
    ):
        held.run(write, hit_id=hit_id, worker_id=worker, available=available, pending=pending)
        held.commit()
    assert taken(hit_id) == 2
    assert "counts pending" in str(first_difference()) or "reserved" in str(first_difference())


def test_one_worker_in_two_windows_gets_a_hit_once(database: Database, hold: Hold, watcher: Watcher) -> None:
    group = factories.publish(factories.make_requester(), 1, max_assignments=2)
    worker = factories.make_worker()
    held = hold()
    held.run(ACCEPT_NEXT, worker_id=worker.pk, hit_type_id=group.hit_type_id, **LIMITS)
    acting = Acting(lambda: factories.accept(worker, group))
    acting.wait_until_blocked(watcher)
    held.commit()
    with pytest.raises(NoAssignableHIT):
        acting.result()
    assert taken(group.hit_ids[0]) == 1


def test_two_windows_get_two_hits_and_not_one_more_than_a_worker_may_hold(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 4)
    worker = factories.make_worker()
    held = hold()
    held.run(ACCEPT_NEXT, worker_id=worker.pk, hit_type_id=group.hit_type_id, **LIMITS)
    acting = Acting(lambda: factories.accept(worker, group))
    acting.wait_until_blocked(watcher)
    held.commit()
    assert acting.result().hit_id in group.hit_ids[1:]

    with override_settings(ACCEPTED_AT_ONCE_MAX=3):
        held = hold()
        held.run(ACCEPT_NEXT, worker_id=worker.pk, hit_type_id=group.hit_type_id, **LIMITS)
        acting = Acting(lambda: factories.accept(worker, group))
        acting.wait_until_blocked(watcher)
        held.commit()
        with pytest.raises(TooManyAccepted):
            acting.result()
    assert Assignment.objects.filter(worker_id=worker.pk).count() == 3


def test_this_hit_is_still_given_when_another_window_took_another_one(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 2)
    worker = factories.make_worker()
    held = hold()
    held.run(ACCEPT_NEXT, worker_id=worker.pk, hit_type_id=group.hit_type_id, **LIMITS)
    acting = Acting(lambda: factories.accept(worker, group, group.hit_ids[1]))
    acting.wait_until_blocked(watcher)
    held.commit()
    assert acting.result().hit_id == group.hit_ids[1]


def test_control_without_index_and_fresh_look_a_worker_gets_a_hit_twice(
    database: Database, migrated: databases.Cleaner, hold: Hold, watcher: Watcher
) -> None:
    link = database.connect()
    with dropped(link, migrated.clean, "assignment.assignment_once_per_worker"):
        group = factories.publish(factories.make_requester(), 1, max_assignments=2)
        worker = factories.make_worker()
        naive = without(ACCEPT_WRAPPED, "worker.accepted_day_count = person.accepted_day_count", "true")
        naive = without(naive, "worker.accepted_day IS NOT DISTINCT FROM person.accepted_day", "true")
        first, second = hold(), Held(database.connect())
        ids = {"worker_id": worker.pk, "hit_type_id": group.hit_type_id, **LIMITS}
        first.run(ACCEPT_NEXT, **ids)
        acting = Acting(lambda: second.run(naive, **ids))
        while not watcher.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND pid = %s", [second.link.info.backend_pid]
        ).fetchall():
            pass
        first.commit()
        acting.result()
        second.commit()
        assert taken(group.hit_ids[0]) == 2


@pytest.mark.feature("W-29")
def test_an_answer_is_kept_when_another_window_has_just_taken_the_next_hit(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 3, max_assignments=2)
    worker = factories.make_worker(auto_accept_next=True)
    working_on = factories.accept(worker, group)
    held = hold()
    held.run(ACCEPT_NEXT, worker_id=worker.pk, hit_type_id=group.hit_type_id, **LIMITS)
    acting = Acting(lambda: factories.submit(worker, working_on.assignment_id))
    acting.wait_until_blocked(watcher)
    held.commit()
    submitted: submitting.Submitted = acting.result()
    assert submitted.next is not None
    assert submitted.next.hit_id == group.hit_ids[2]
    assert Assignment.objects.get(pk=working_on.assignment_id).status == "submitted"
    assert first_difference() is None


def test_a_return_frees_the_place_for_a_worker_who_is_already_waiting(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    group = factories.publish(factories.make_requester(), 1, max_assignments=2)
    first, second, third = (factories.make_worker() for _ in range(3))
    assignment_id = factories.accept(first, group).assignment_id
    held = hold()
    # The second takes the last free place and is not done with it yet.
    held.run(ACCEPT_NEXT, worker_id=second.pk, hit_type_id=group.hit_type_id, **LIMITS)
    returning = Acting(
        lambda: accepting.return_assignment(worker_id=WorkerId(first.pk), assignment_id=assignment_id)
    )
    returning.wait_until_blocked(watcher)
    held.commit()
    returning.result()
    assert factories.accept(third, group).hit_id == group.hit_ids[0]
    assert HIT.objects.get(pk=group.hit_ids[0]).status == "unassignable"
    assert first_difference() is None
