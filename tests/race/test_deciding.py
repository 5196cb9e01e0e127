"""Decisions on one submission at the same moment: one of them counts, and it is paid once or not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import sql
from manyhands.core.ids import AssignmentId, RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.models import Transfer
from manyhands.ledger.queries import balance_of
from manyhands.work.errors import NotSubmitted
from manyhands.work.models import Assignment, AssignmentEvent
from manyhands.work.operations import reviewing, sweeping
from tests import factories
from tests.conftest import Database
from tests.harness import databases
from tests.race.stepping import Acting, Held, dropped, without

APPROVE = sql.load("manyhands.work", "approve")
REJECT = sql.load("manyhands.work", "reject")
SEND_BACK = sql.load("manyhands.work", "send_back")
RELEASE = sql.load("manyhands.work", "release_rejected_due")

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


class Waiting:
    """Two submissions of one requester, waiting for a decision; ``reward`` 5 and a fee of 1 each."""

    def __init__(self) -> None:
        self.requester: Account = factories.make_requester(deposit_minor=100)
        group = factories.publish(self.requester, 2, reward_minor=5)
        self.worker = factories.make_worker()
        self.ids: list[AssignmentId] = []
        for _ in range(2):
            self.ids.append(factories.accept(self.worker, group).assignment_id)
            factories.submit(self.worker, self.ids[-1])
        self.by = {"requester_id": RequesterId(self.requester.pk), "actor_id": self.requester.pk}

    def approval(self, from_status: str = "submitted") -> dict[str, Any]:
        return {
            "assignment_ids": self.ids,
            "from_status": from_status,
            "since": timezone.now() - timedelta(days=30),
            "feedback": "",
            **self.by,
        }

    def rejection(self) -> dict[str, Any]:
        return {
            "assignment_ids": self.ids,
            "reason": "wrong",
            "words": "No.",
            "appeal_window_s": 3_600,
            **self.by,
        }

    def approve(self) -> reviewing.Decided:
        return reviewing.approve(assignment_ids=self.ids, **self.by)

    def reject(self) -> reviewing.Decided:
        return reviewing.reject(assignment_ids=self.ids, reason="wrong", words="No.", **self.by)

    def make_due(self) -> None:
        Assignment.objects.update(auto_approve_at=timezone.now() - timedelta(seconds=1))

    def earned(self) -> int:
        return balance_of(self.worker.pk).earned_available_minor

    def statuses(self) -> set[str]:
        return set(Assignment.objects.values_list("status", flat=True))


def assert_paid_once(waiting: Waiting) -> None:
    assert waiting.statuses() == {"approved"}
    assert waiting.earned() == 10
    assert Transfer.objects.filter(purpose="reward").count() == 2
    assert AssignmentEvent.objects.filter(to_status="approved").count() == 2
    assert first_difference() is None


@pytest.mark.feature("W-14")
def test_two_approvals_at_once_pay_once(database: Database, hold: Hold, watcher: Watcher) -> None:
    waiting = Waiting()
    first = hold()
    assert len(first.run(APPROVE, **waiting.approval())) == 2
    acting = Acting(waiting.approve)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result() == reviewing.Decided((), tuple(waiting.ids))
    assert_paid_once(waiting)


def _approve_without_guard() -> str:
    return without(APPROVE, "       AND assignment.status = %(from_status)s\n")


def test_control_without_the_guard_the_counters_refuse_the_second_approval(
    database: Database, hold: Hold
) -> None:
    waiting = Waiting()
    waiting.approve()
    with pytest.raises(psycopg.IntegrityError):
        hold().run(_approve_without_guard(), **waiting.approval())


def test_control_without_guard_counters_and_keys_two_approvals_pay_twice(
    database: Database, migrated: databases.Cleaner, hold: Hold, watcher: Watcher
) -> None:
    naive = _approve_without_guard()
    for purpose in ("reward", "fee"):
        naive = without(naive, f"'approve:' || id || ':{purpose}'", "gen_random_uuid()::text")
    with dropped(database.connect(), migrated.clean, "hit.hit_counters_not_negative"):
        waiting = Waiting()
        factories.publish(waiting.requester, 5)  # so that the reserved account could pay twice
        first, second = hold(), Held(database.connect())
        first.run(naive, **waiting.approval())
        acting = Acting(lambda: second.run(naive, **waiting.approval()))
        first.commit()
        acting.result()
        second.commit()
        assert waiting.earned() == 20
        assert first_difference() is not None


@pytest.mark.feature("W-44", "M-104")
def test_approved_first_a_rejection_at_the_same_moment_changes_nothing(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    first = hold()
    first.run(APPROVE, **waiting.approval())
    acting = Acting(waiting.reject)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result().decided == ()
    assert_paid_once(waiting)


@pytest.mark.feature("W-44", "M-104")
def test_rejected_first_an_approval_at_the_same_moment_pays_nothing(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    first = hold()
    first.run(REJECT, **waiting.rejection())
    acting = Acting(waiting.approve)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result().decided == ()
    assert waiting.statuses() == {"rejected"}
    assert waiting.earned() == 0
    assert balance_of(waiting.requester.pk).reserved_minor == 12
    assert first_difference() is None


def test_control_a_rejection_without_its_guard_undoes_an_approval_only_to_be_refused_by_the_trigger(
    database: Database, hold: Hold
) -> None:
    waiting = Waiting()
    waiting.approve()
    naive = without(REJECT, "       AND assignment.status = 'submitted'\n")
    with pytest.raises(psycopg.errors.CheckViolation, match="approved may not become rejected"):
        hold().run(naive, **waiting.rejection())


@pytest.mark.feature("S-06")
def test_approved_by_hand_and_by_time_at_once_is_paid_once(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    waiting.make_due()
    first = hold()
    first.run(APPROVE, **waiting.approval())
    acting = Acting(sweeping.approve_due)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result() == 0
    assert_paid_once(waiting)


@pytest.mark.feature("S-06")
def test_approved_by_time_and_by_hand_at_once_is_paid_once(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    waiting.make_due()
    first = hold()
    first.run(APPROVE, **{**waiting.approval(), "actor_id": None})
    acting = Acting(waiting.approve)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result().decided == ()
    assert_paid_once(waiting)


def test_what_is_sent_back_at_that_moment_is_not_approved(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    first = hold()
    first.run(SEND_BACK, assignment_id=waiting.ids[0], words="More, please.", **waiting.by)
    acting = Acting(waiting.approve)
    acting.wait_until_blocked(watcher)
    first.commit()
    assert acting.result() == reviewing.Decided((waiting.ids[1],), (waiting.ids[0],))
    assert waiting.earned() == 5
    assert first_difference() is None


def test_what_is_approved_at_that_moment_is_not_sent_back(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    first = hold()
    first.run(APPROVE, **waiting.approval())
    acting = Acting(
        lambda: reviewing.send_back(assignment_id=waiting.ids[0], words="More, please.", **waiting.by)
    )
    acting.wait_until_blocked(watcher)
    first.commit()
    with pytest.raises(NotSubmitted):
        acting.result()
    assert_paid_once(waiting)


def test_an_overturned_rejection_is_paid_once_while_its_money_is_being_released(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    waiting.reject()
    Assignment.objects.update(release_due_at=timezone.now())

    overturning = hold()
    overturning.run(APPROVE, **{**waiting.approval("rejected"), "assignment_ids": waiting.ids[:1]})
    release = Acting(sweeping.release_rejected_due)
    release.wait_until_blocked(watcher)  # for the account, because of the other one
    overturning.commit()
    assert release.result() == 1
    assert sweeping.release_rejected_due() == 0
    assert waiting.earned() == 5
    assert first_difference() is None

    Assignment.objects.filter(pk=waiting.ids[1]).update(release_due_at=None)
    reviewing.override_rejection(assignment_id=waiting.ids[1], **waiting.by)
    assert_paid_once(waiting)


def test_a_rejection_overturned_just_after_its_money_went_back_is_paid_from_what_is_available(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    waiting = Waiting()
    waiting.reject()
    Assignment.objects.update(release_due_at=timezone.now())
    release = hold()
    assert release.run(RELEASE, page=100) == [(2,)]
    acting = Acting(lambda: reviewing.override_rejection(assignment_id=waiting.ids[0], **waiting.by))
    acting.wait_until_blocked(watcher)
    release.commit()
    acting.result()
    assert waiting.earned() == 5
    assert balance_of(waiting.requester.pk).reserved_minor == 0
    assert first_difference() is None
