"""Approval rates, what a rejection does to them, and Masters by its published formula."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.catalog.models import SubCategory
from manyhands.core import ids
from manyhands.core.ids import AccountId, AssignmentId, RequesterId, WorkerId
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications import system_types
from manyhands.qualifications.errors import ComputedByPlatform
from manyhands.qualifications.models import Qualification, QualificationEvent, WorkerStanding
from manyhands.reputation import masters, standing
from manyhands.reputation.models import MastersRun, WorkerMerit
from manyhands.work.errors import NotQualified
from manyhands.work.models import Assignment, HITType, QualificationRequirement
from manyhands.work.operations import accepting, reviewing, sweeping
from tests import factories
from tests.conftest import Database


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(name="Ornithology Lab")


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


def handed_in(worker: Account, group: factories.Published, count: int) -> list[AssignmentId]:
    numbers = []
    for _ in range(count):
        numbers.append(factories.accept(worker, group).assignment_id)
        factories.submit(worker, numbers[-1])
    return numbers


def approve(requester: Account, numbers: list[AssignmentId]) -> None:
    reviewing.approve(
        requester_id=RequesterId(requester.pk), actor_id=AccountId(requester.pk), assignment_ids=numbers
    )


def reject(requester: Account, numbers: list[AssignmentId]) -> None:
    reviewing.reject(
        requester_id=RequesterId(requester.pk), actor_id=AccountId(requester.pk), assignment_ids=numbers,
        reason="wrong", words="It is a bat.",
    )  # fmt: skip


def rate(worker: Account) -> float | None:
    return standing.standing(worker_id=WorkerId(worker.pk)).lifetime.percent


@pytest.mark.feature("W-37")
def test_a_rejection_lowers_the_approval_rate_and_an_override_raises_it_again(
    requester: Account, worker: Account
) -> None:
    assert rate(worker) is None
    numbers = handed_in(worker, factories.publish(requester, 4), 4)
    approve(requester, numbers[:3])
    assert rate(worker) == 100
    reject(requester, numbers[3:])
    assert rate(worker) == 75
    reviewing.override_rejection(
        requester_id=RequesterId(requester.pk), assignment_id=numbers[3], actor_id=AccountId(requester.pk)
    )
    assert rate(worker) == 100
    kept = WorkerStanding.objects.get()
    assert (kept.approved, kept.rejected) == (4, 0)


@pytest.mark.feature("M-25")
def test_returned_skipped_and_expired_tasks_change_nothing(requester: Account, worker: Account) -> None:
    group = factories.publish(requester, 4)
    approve(requester, handed_in(worker, group, 1))
    held = factories.accept(worker, group)
    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=held.assignment_id)
    accepting.skip_hit(worker_id=WorkerId(worker.pk), hit_id=held.hit_id)
    late = factories.accept(worker, group)
    Assignment.objects.filter(pk=late.assignment_id).update(deadline_at=timezone.now() - timedelta(hours=1))
    sweeping.sweep_all()
    assert rate(worker) == 100
    kept = WorkerStanding.objects.get()
    assert (kept.approved, kept.rejected) == (1, 0)


@pytest.mark.feature("W-38")
def test_below_the_minimum_rate_nobody_accepts_and_the_page_says_why(
    client: Callable[..., Client], requester: Account, worker: Account
) -> None:
    group = factories.publish(requester, 2)
    QualificationRequirement.objects.create(
        hit_type=HITType.objects.get(pk=group.hit_type_id), qualification_type_id=system_types.PERCENT_APPROVED,
        comparator="GreaterThanOrEqualTo", scores=[95],
    )  # fmt: skip
    WorkerStanding.objects.create(worker_id=worker.pk, approved=94, rejected=6)
    with pytest.raises(NotQualified):
        factories.accept(worker, group)
    page = client(worker).get("/tasks?all=1").content.decode()
    assert "you do not meet what is asked for Approval rate" in page
    assert "Approval rate: at least 95" in page

    WorkerStanding.objects.update(approved=95, rejected=5)
    assert factories.accept(worker, group)
    # Few decisions promise nothing yet, for good or bad (MTurk API, 5.1).
    WorkerStanding.objects.update(approved=1, rejected=98)
    assert factories.accept(worker, group)


@pytest.mark.feature("M-144")
def test_a_worker_sees_by_how_much_a_rejection_lowered_the_rate_and_what_it_closed(
    client: Callable[..., Client], requester: Account, worker: Account
) -> None:
    numbers = handed_in(worker, factories.publish(requester, 5), 5)
    approve(requester, numbers[:3])
    reject(requester, numbers[3:4])
    asking = factories.publish(requester, 1, title="For the best")
    QualificationRequirement.objects.create(
        hit_type=HITType.objects.get(pk=asking.hit_type_id), qualification_type_id=system_types.PERCENT_APPROVED,
        comparator="GreaterThanOrEqualTo", scores=[95],
    )  # fmt: skip

    [lowered] = standing.rejections(worker_id=WorkerId(worker.pk))
    assert (lowered.assignment_id, lowered.before, lowered.after) == (numbers[3], 100, 75)
    browser = client(worker)
    page = browser.get(f"/assignments/{ids.encode('assignment', numbers[3])}").content.decode()
    assert "Your approval rate went from 100.0 % to 75.0 % by it." in page
    assert standing.standing(worker_id=WorkerId(worker.pk)).closed_group_count == 0
    WorkerStanding.objects.update(approved=90, rejected=10)
    shown = browser.get("/standing").content.decode()
    assert "1 open task group asks for a better approval rate than yours." in shown


def skilled(worker: Account, *, rejected: int = 0) -> None:
    """Decided work of 100 days for eight requesters in four kinds, written as statements would leave it."""
    known = list(SubCategory.objects.order_by("id").values_list("slug", flat=True)[:4])
    long_ago = timezone.now() - timedelta(days=100)
    for place in range(8):
        other = factories.make_requester()
        group = factories.publish(other, 26, sub_category=known[place % 4], title=f"Kind {place}")
        numbers = []
        for hit_id in group.hit_ids:
            numbers.append(factories.accept(worker, group, hit_id).assignment_id)
            factories.submit(worker, numbers[-1])
        wrong = numbers[:rejected] if place == 0 else []
        approve(other, [number for number in numbers if number not in wrong])
        if wrong:
            reject(other, wrong)
    Assignment.objects.filter(worker_id=worker.pk).update(submitted_at=long_ago)


@pytest.mark.slow
@pytest.mark.feature("M-85", "M-87", "M-88", "M-89")
def test_masters_comes_by_the_formula_goes_with_the_figures_and_comes_again(worker: Account) -> None:
    newcomer = factories.make_worker()
    skilled(worker)

    first = masters.recompute()
    assert (first.gained, first.lost) == ([worker.pk], [])
    merit = masters.merit_of(WorkerId(worker.pk))
    assert merit is not None
    assert (merit.approved, merit.requesters, merit.kinds, merit.holds) == (208, 8, 4, True)
    assert masters.merit_of(WorkerId(newcomer.pk)) is None
    told = QualificationEvent.objects.get()
    assert (told.reason, told.inputs["formula"], told.inputs["approved"]) == ("computed", "2026-1", 208)
    assert masters.recompute().gained == []

    # Nobody gives it, takes it, or asks for it.
    with pytest.raises(ComputedByPlatform):
        qualifications.grant_qualification(
            qualification_type_id=system_types.MASTERS,
            requester_id=None,
            worker_id=WorkerId(newcomer.pk),
            score=1,
        )

    spoiled = list(Assignment.objects.filter(worker_id=worker.pk).values_list("id", flat=True)[:40])
    _overturn(spoiled)
    assert masters.recompute().lost == [worker.pk]
    assert Qualification.objects.get().status == "revoked"
    _mend(spoiled)
    assert masters.recompute().gained == [worker.pk]
    assert [len(run.changes) for run in MastersRun.objects.order_by("id")] == [1, 0, 1, 1]
    assert WorkerMerit.objects.get().score == merit.score


def _overturn(numbers: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE assignment SET status = 'rejected', rejection_reason = 'wrong', feedback = 'No.'"
            " WHERE id = ANY(%s)",
            [numbers],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def _mend(numbers: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE assignment SET status = 'approved' WHERE id = ANY(%s)", [numbers])
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.feature("M-88")
def test_an_account_that_broke_the_agreement_loses_masters(
    worker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.make_requester()
    approve(other, handed_in(worker, factories.publish(other, 3), 3))
    easy = replace(masters.FORMULA, decided_min=1, gain_at=1, keep_at=1)
    monkeypatch.setattr(masters, "FORMULA", easy)
    assert masters.recompute().gained == [worker.pk]
    Account.objects.filter(pk=worker.pk).update(status="suspended")
    assert masters.recompute().lost == [worker.pk]


def test_old_shares_are_counted_each_night(requester: Account, worker: Account) -> None:
    group = factories.publish(requester, 4)
    approve(requester, handed_in(worker, group, 3))
    held = factories.accept(worker, group)
    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=held.assignment_id)
    assert standing.recount() == 1
    assert standing.recount() == 0
    kept = WorkerStanding.objects.get()
    assert (kept.submitted, kept.returned, kept.abandoned) == (3, 1, 0)


def test_only_operators_see_the_masters_report(
    client: Callable[..., Client], requester: Account, worker: Account
) -> None:
    masters.recompute()
    operator = factories.make_account(is_operator=True)
    assert client(worker).get("/staff/masters").status_code == 404
    assert "0 workers judged" in client(operator).get("/staff/masters").content.decode()
