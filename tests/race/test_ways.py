"""Two windows of one worker, and the sweep: an attempt begins once, and ends once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import errors, operations
from manyhands.qualifications.models import Qualification, QualificationEvent, QualificationRequest
from manyhands.qualifications.operations.testing import LAPSE_DUE, lapse_due
from manyhands.qualifications.states import RequestStatus
from tests import factories, quals
from tests.conftest import Database
from tests.race.stepping import Acting, Held

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def begin(worker: Account, type_id: int) -> operations.requesting.Requested:
    return operations.begin_test(
        worker_id=quals.worker(worker), qualification_type_id=QualificationTypeId(type_id)
    )


def test_two_windows_begin_one_attempt(database: Database, hold: Hold, watcher: Watcher) -> None:
    worker, type_id = factories.make_worker(), quals.make_test()
    held = hold()
    held.run("SELECT FROM worker WHERE account_id = %(id)s FOR NO KEY UPDATE", id=worker.pk)

    windows = [Acting(lambda: begin(worker, type_id)) for _ in range(2)]
    for window in windows:
        window.wait_until_blocked(watcher)
    held.commit()

    first, second = [window.result() for window in windows]
    assert first == second
    assert QualificationRequest.objects.count() == 1


def test_control_without_the_lock_the_constraint_stops_the_second_window(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    worker, type_id = factories.make_worker(), quals.make_test()
    insert = (
        "INSERT INTO qualification_request (worker_id, qualification_type_id, status, deadline_at)"
        " VALUES (%(worker_id)s, %(type_id)s, 'taking', now() + interval '1 hour')"
    )
    held = hold()
    held.run(insert, worker_id=worker.pk, type_id=type_id)
    other = Acting(lambda: begin(worker, type_id))
    other.wait_until_blocked(watcher)
    held.commit()
    with pytest.raises(Exception, match="qualification_request_one_open"):
        other.result()


def submit(worker: Account, request_id: int, received_at: Any) -> operations.testing.Outcome:
    return operations.submit_test(
        worker_id=quals.worker(worker), request_id=operations.testing.QualificationRequestId(request_id),
        answer=quals.answer(request_id, 4), received_at=received_at,
    )  # fmt: skip


def test_a_submission_that_waited_for_the_sweep_finds_the_attempt_over(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    worker = factories.make_worker()
    request_id = begin(worker, quals.make_test()).request_id
    in_time = timezone.now() - timedelta(minutes=5)
    QualificationRequest.objects.update(deadline_at=in_time)
    held = hold()
    held.run(LAPSE_DUE, page=10, grace_s=30)

    submission = Acting(lambda: submit(worker, request_id, in_time))
    submission.wait_until_blocked(watcher)
    held.commit()

    with pytest.raises(errors.TestOver):
        submission.result()
    assert QualificationRequest.objects.get().status == RequestStatus.LAPSED
    assert not Qualification.objects.exists()


def test_the_sweep_passes_over_an_attempt_that_is_just_handed_in(database: Database, hold: Hold) -> None:
    worker = factories.make_worker()
    request_id = begin(worker, quals.make_test()).request_id
    in_time = timezone.now() - timedelta(minutes=5)
    QualificationRequest.objects.update(deadline_at=in_time)
    held = hold()
    held.run("SELECT FROM qualification_request WHERE id = %(id)s FOR UPDATE", id=request_id)

    assert lapse_due() == 0
    held.rollback()
    assert submit(worker, request_id, in_time).status == RequestStatus.GRANTED
    assert lapse_due() == 0


def test_two_windows_hand_in_once(database: Database, hold: Hold, watcher: Watcher) -> None:
    worker = factories.make_worker()
    request_id = begin(worker, quals.make_test()).request_id
    now = timezone.now()
    held = hold()
    held.run("SELECT FROM worker WHERE account_id = %(id)s FOR NO KEY UPDATE", id=worker.pk)
    windows = [Acting(lambda: submit(worker, request_id, now)) for _ in range(2)]
    for window in windows:
        window.wait_until_blocked(watcher)
    held.commit()

    assert windows[0].result() == windows[1].result()
    assert QualificationEvent.objects.count() == 1
