"""The dashboard: active tasks, statistics with exactly five filters, the goal, and what happened."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account, WorkerGoal
from manyhands.core.ids import AccountId, AssignmentId, RequesterId, WorkerId
from manyhands.ledger.models import LedgerAccount, Transfer
from manyhands.work.models import Assignment, AssignmentEvent
from manyhands.work.operations import accepting, reviewing
from manyhands.work.queries.statistics import Period, Statistics, statistics, window
from tests import factories
from tests.harness.wire import statements_sent

Log = Callable[..., Client]
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def requester(client: Log) -> Account:
    return factories.make_requester(name="Laboratory")


@pytest.fixture
def worker(client: Log) -> Account:
    return factories.make_worker(time_zone="Asia/Tokyo")


def worked(
    worker: Account, published: factories.Published, submitted_at: datetime, *, minutes: int = 6, decision: str = ""
) -> AssignmentId:  # fmt: skip
    """A task done in the past: the clock of its rows is set back."""
    accepted = factories.accept(worker, published)
    requester_id = RequesterId(Assignment.objects.get(pk=accepted.assignment_id).requester_id)
    accepted_at = submitted_at - timedelta(minutes=minutes)
    one = Assignment.objects.filter(pk=accepted.assignment_id)
    if decision == "returned":
        accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=accepted.assignment_id)
        one.update(accepted_at=accepted_at)
        AssignmentEvent.objects.filter(assignment_id=accepted.assignment_id).update(at=submitted_at)
        return accepted.assignment_id
    factories.submit(worker, accepted.assignment_id)
    actor_id = AccountId(requester_id)
    ids_ = [accepted.assignment_id]
    if decision == "approved":
        reviewing.approve(requester_id=requester_id, assignment_ids=ids_, actor_id=actor_id)
    if decision == "rejected":
        reviewing.reject(
            requester_id=requester_id, assignment_ids=ids_, actor_id=actor_id, reason="wrong", words="No."
        )
    one.update(accepted_at=accepted_at, submitted_at=submitted_at)
    one.exclude(decided_at=None).update(decided_at=submitted_at)
    return accepted.assignment_id


def figures(worker: Account, period: Period, now: datetime | None = None) -> Statistics:
    with timezone.override(ZoneInfo(worker.time_zone)):
        return statistics(worker_id=WorkerId(worker.pk), period=period, now=now)


@pytest.mark.feature("W-45", "W-71", "W-72")
def test_every_figure_is_counted_from_what_happened(requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 9, reward_minor=50)
    now = timezone.now()
    for decision in ("approved", "approved", "approved", "rejected", "returned", ""):
        worked(worker, published, now - timedelta(minutes=30), decision=decision)
    factories.accept(worker, published)

    found = figures(worker, Period.ALL)

    assert (found.accepted, found.submitted, found.approved, found.rejected, found.returned) == (
        7,
        5,
        3,
        1,
        1,
    )
    assert found.approval_rate == 0.75
    assert found.worked_s == pytest.approx(5 * 360)
    assert (found.earned_minor, found.per_hour_minor) == (150, 300)


@pytest.mark.feature("W-73")
def test_the_dashboard_offers_exactly_five_filters_and_the_chosen_one_changes_every_figure(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 20, reward_minor=50)
    now = timezone.now()
    for age in (timedelta(hours=1), timedelta(days=3), timedelta(days=20), timedelta(days=400)):
        for decision in ("approved", "rejected", "returned"):
            worked(worker, published, now - age, decision=decision)
    browser = client(worker)

    shown = {}
    for period in ("all", "24h", "week", "30d"):
        context = browser.get(f"/dashboard?period={period}").context
        assert [label for _, label, _ in context["filters"]] == [
            "All", "Last 24 hours", "Last week", "Last 30 days", "Past month",
        ]  # fmt: skip
        assert [value for value, _, chosen in context["filters"] if chosen] == [period]
        f = context["figures"]
        shown[period] = (
            f.accepted, f.submitted, f.approved, f.rejected, f.returned, f.earned_minor, round(f.worked_s)
        )  # fmt: skip

    assert shown == {
        "24h": (3, 2, 1, 1, 1, 50, 720),
        "week": (6, 4, 2, 2, 2, 100, 1440),
        "30d": (9, 6, 3, 3, 3, 150, 2160),
        "all": (12, 8, 4, 4, 4, 200, 2880),
    }


@pytest.mark.feature("W-74")
def test_past_month_is_the_calendar_month_before_by_the_workers_midnights(
    requester: Account, worker: Account
) -> None:
    now = datetime(2026, 3, 20, 12, tzinfo=TOKYO)
    begins, ends = window(Period.PAST_MONTH, now)
    assert begins == datetime(2026, 1, 31, 15, tzinfo=UTC)  # midnight of 1 February in Tokyo
    assert ends == datetime(2026, 2, 28, 15, tzinfo=UTC)

    published = factories.publish(requester, 9, reward_minor=50)
    for day in (
        datetime(2026, 1, 31, 23, 59, tzinfo=TOKYO),
        datetime(2026, 2, 1, 0, 7, tzinfo=TOKYO),
        datetime(2026, 2, 19, 1, tzinfo=TOKYO),  # 29 days before, in both
        datetime(2026, 3, 1, 0, 0, tzinfo=TOKYO),
        datetime(2026, 3, 19, 9, tzinfo=TOKYO),
    ):
        worked(worker, published, day, decision="approved")

    past_month = figures(worker, Period.PAST_MONTH, now)
    last_30_days = figures(worker, Period.LAST_30_DAYS, now)

    assert (past_month.approved, last_30_days.approved) == (2, 3)
    assert len(past_month.buckets) == 28
    assert sum(each.earned_minor for each in past_month.buckets) == 100


@pytest.mark.feature("M-130")
def test_earnings_and_hours_are_told_over_time(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 9, reward_minor=50)
    now = timezone.now()
    for age in (0, 1, 200):
        worked(worker, published, now - timedelta(days=age, minutes=1), decision="approved")
    found = figures(worker, Period.ALL)
    assert found.unit == "month"
    assert sum(each.earned_minor for each in found.buckets) == 150
    assert figures(worker, Period.LAST_24_HOURS).unit == "hour"
    page = client(worker).get("/dashboard?period=week").content.decode()
    assert "Earnings by day" in page
    assert "Hours worked by day" in page


@pytest.mark.feature("W-63")
def test_the_dashboard_is_the_first_screen_after_log_in(client: Log, worker: Account) -> None:
    assert client(worker).get("/", follow=True).redirect_chain[-1][0] == "/dashboard"


@pytest.mark.feature("W-65", "W-28", "W-67")
def test_active_tasks_are_those_accepted_and_not_submitted_with_the_time_left(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 4, assignment_duration_s=3_600)
    held, done, over = (factories.accept(worker, published).assignment_id for _ in range(3))
    factories.submit(worker, done)
    Assignment.objects.filter(pk=over).update(deadline_at=timezone.now() - timedelta(seconds=1))

    answer = client(worker).get("/dashboard")

    assert [task.assignment_id for task, *_ in answer.context["held"]] == [held]
    assert "<mh-timer deadline-ms=" in answer.content.decode()


@pytest.mark.feature("W-64")
def test_significant_events_are_summed_up_by_group_and_day(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 4, title="Explain <i>words</i>", reward_minor=50)
    for _ in range(2):
        worked(worker, published, timezone.now(), decision="approved")
    worked(worker, published, timezone.now(), decision="rejected")

    page = client(worker).get("/dashboard").content.decode()

    assert "2 tasks of “Explain &lt;i&gt;words&lt;/i&gt;” were approved: $1.00" in page
    assert "1 task of “Explain &lt;i&gt;words&lt;/i&gt;” was rejected" in page
    assert "You created your account" in page


@pytest.mark.feature("M-132", "M-120", "S-30")
def test_a_goal_is_set_shows_its_progress_and_is_dropped(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 4, reward_minor=50)
    worked(worker, published, timezone.now(), decision="approved", minutes=6)
    browser = client(worker)

    browser.post("/dashboard/goal", {"target": "2", "measure": "money", "period": "day"})
    assert "$0.50 of $2.00 today" in browser.get("/dashboard").content.decode()
    browser.post("/dashboard/goal", {"target": "1,5", "measure": "time", "period": "week"})
    assert "0 h 6 min of 1 h 30 min this week" in browser.get("/dashboard").content.decode()
    browser.post("/dashboard/goal", {"drop": "1"})
    assert "Set a goal" in browser.get("/dashboard").content.decode()
    assert WorkerGoal.objects.count() == 0


@pytest.mark.parametrize("target", ["", "0", "-1", "nan", "inf", "x", "1e99", "9" * 12])
@pytest.mark.parametrize("measure", ["money", "time", "other"])
def test_a_goal_that_makes_no_sense_is_refused(
    client: Log, worker: Account, target: str, measure: str
) -> None:
    answer = client(worker).post("/dashboard/goal", {"target": target, "measure": measure, "period": "day"})
    assert answer.status_code == 422
    assert WorkerGoal.objects.count() == 0


@pytest.mark.feature("W-88", "W-89")
def test_bonuses_count_as_earnings(requester: Account, worker: Account) -> None:
    pay_bonus(requester, worker, 70)
    found = figures(worker, Period.ALL)
    assert (found.rewards_minor, found.bonus_minor, found.earned_minor) == (0, 70, 70)


def pay_bonus(requester: Account, worker: Account, amount_minor: int) -> None:
    """A bonus as the books hold it; the operation that pays one belongs to another part."""
    payee = LedgerAccount.objects.get_or_create(
        pk=worker.pk * 16 + 4, defaults={"owner_id": worker.pk, "kind": 4}
    )[0]
    Transfer.objects.create(
        debit_account_id=requester.pk * 16 + 1, credit_account=payee, amount_minor=amount_minor,
        idempotency_key=f"bonus-{worker.pk}", purpose="bonus",
    )  # fmt: skip


def test_a_stranger_to_the_period_or_the_messages_is_answered(client: Log, worker: Account) -> None:
    browser = client(worker)
    for query in ("?period=year", "?period=", "?period=%00", "?messages=x", "?period=all&period=24h"):
        assert browser.get(f"/dashboard{query}").status_code == 200


def test_the_whole_dashboard_takes_six_statements(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 4)
    worked(worker, published, timezone.now(), decision="approved")
    browser = client(worker)
    with statements_sent() as sent:
        browser.get("/dashboard?period=30d&messages=unread")
    assert len(sent) <= 6, sent
