"""Who may accept, and what is offered: qualifications, blocks, limits, skipping, returning, expiry."""

from datetime import timedelta

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.qualifications import operations as qualifications
from manyhands.work import errors
from manyhands.work.models import HIT, Assignment, AssignmentEvent, HITSkip, WorkerBlock
from manyhands.work.operations import accepting, reviewing, sweeping
from tests import factories
from tests.conftest import Database


@pytest.mark.parametrize("way", ["next", "exact", "after submitting"])
def test_only_the_qualified_accept(database: Database, way: str) -> None:
    group = factories.publish(factories.make_requester(), 3)
    worker = factories.make_worker(auto_accept_next=True)
    held = factories.accept(worker, group)
    type_id = factories.require(group, comparator="GreaterThan", scores=[80])
    qualifications.grant_qualification(
        worker_id=WorkerId(worker.pk),
        qualification_type_id=QualificationTypeId(type_id),
        requester_id=None,
        score=80,
    )

    if way == "after submitting":
        submitted = factories.submit(worker, held.assignment_id)
        assert submitted.next is None
        assert isinstance(submitted.finished, errors.NotQualified)
    else:
        with pytest.raises(errors.NotQualified):
            factories.accept(worker, group, group.hit_ids[2] if way == "exact" else None)

    qualifications.grant_qualification(
        worker_id=WorkerId(worker.pk),
        qualification_type_id=QualificationTypeId(type_id),
        requester_id=None,
        score=81,
    )
    assert factories.accept(worker, group).hit_id == group.hit_ids[1]


def test_a_blocked_worker_accepts_nothing_new_but_hands_in_what_was_accepted(database: Database) -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, 2)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    WorkerBlock.objects.create(requester_id=requester.pk, worker_id=worker.pk, reason="Guesses.")
    with pytest.raises(errors.Blocked):
        factories.accept(worker, group)
    factories.submit(worker, held.assignment_id)
    assert Assignment.objects.get().status == "submitted"


@override_settings(ASSIGNMENTS_PER_WORKER_AND_DAY_MAX=2)
def test_the_daily_limit_counts_what_was_accepted_today(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 4)
    worker = factories.make_worker()
    for _ in range(2):
        factories.submit(worker, factories.accept(worker, group).assignment_id)
    with pytest.raises(errors.DailyLimitReached):
        factories.accept(worker, group)
    database.connect().execute("UPDATE worker SET accepted_day = accepted_day - 1")
    factories.accept(worker, group)


@pytest.mark.feature("W-31", "W-32")
def test_a_skipped_hit_is_not_offered_for_a_while_and_others_are(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 2)
    worker, other = factories.make_worker(), factories.make_worker()
    first = factories.accept(worker, group)
    accepting.skip_hit(worker_id=WorkerId(worker.pk), hit_id=first.hit_id)
    assert factories.accept(worker, group).hit_id == group.hit_ids[1]
    with pytest.raises(errors.NoAssignableHIT):
        factories.accept(worker, group)
    assert HIT.objects.get(pk=first.hit_id).available == 1
    HITSkip.objects.update(until=timezone.now())
    assert factories.accept(worker, group).hit_id == first.hit_id
    with pytest.raises(errors.NoAssignableHIT):
        factories.accept(other, group)


@pytest.mark.feature("W-34", "W-44")
def test_a_returned_hit_goes_to_others_and_earns_nothing(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 1)
    worker, other = factories.make_worker(), factories.make_worker()
    held = factories.accept(worker, group)
    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=held.assignment_id)
    assert factories.accept(other, group).hit_id == held.hit_id
    assert balance_of(worker.pk).earned_available_minor == 0
    steps = AssignmentEvent.objects.filter(assignment_id=held.assignment_id).order_by("id")
    assert list(steps.values_list("from_status", "to_status")) == [("", "accepted"), ("accepted", "returned")]


@pytest.mark.feature("M-29", "W-44")
def test_when_the_time_is_over_the_hit_goes_to_others(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 1)
    worker, other = factories.make_worker(), factories.make_worker()
    held = factories.accept(worker, group)
    Assignment.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    sweeping.sweep_all()
    assert factories.accept(other, group).hit_id == held.hit_id
    with pytest.raises(errors.AssignmentExpired):
        factories.submit(worker, held.assignment_id)
    assert first_difference() is None


@pytest.mark.feature("M-103", "W-14")
def test_the_reward_agreed_at_acceptance_is_paid_though_the_next_batch_pays_otherwise(
    database: Database,
) -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, 1, reward_minor=7)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    later = factories.publish(requester, 1, reward_minor=2, project_id=group.project_id)
    assert later.hit_type_id != group.hit_type_id
    factories.submit(worker, held.assignment_id)
    by = {"requester_id": requester.pk, "actor_id": requester.pk}
    reviewing.approve(assignment_ids=[held.assignment_id], **by)
    reviewing.approve(assignment_ids=[held.assignment_id], **by)
    assert balance_of(worker.pk).earned_available_minor == 7
    assert first_difference() is None


@pytest.mark.feature("M-104", "W-44", "S-05", "S-06")
def test_for_rejected_work_neither_reward_nor_fee_is_charged_in_the_end(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=100)
    group = factories.publish(requester, 1, reward_minor=10)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    factories.submit(worker, held.assignment_id)
    reviewing.reject(
        requester_id=requester.pk,
        actor_id=requester.pk,
        assignment_ids=[held.assignment_id],
        reason="wrong",
        words="It names another word.",
    )
    assert balance_of(requester.pk).reserved_minor == 12  # until the appeal window ends
    Assignment.objects.update(release_due_at=timezone.now())
    sweeping.sweep_all()
    balance = balance_of(requester.pk)
    assert (balance.available_minor, balance.reserved_minor, balance.fees_minor) == (100, 0, 0)
    assert balance_of(worker.pk).earned_available_minor == 0
    assert first_difference() is None
