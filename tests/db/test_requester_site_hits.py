"""Single tasks and bonuses on the requester's site; tasks of the API beside those of files on every page."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AssignmentId, RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.work.models import HIT, Bonus
from manyhands.work.operations import reviewing
from tests import factories
from tests.factories import Published


@dataclass
class Site:
    """A requester at the site, with a task of the API and a worker's answer to it."""

    client: Client
    requester: Account
    worker: Account
    group: Published
    assignment_id: AssignmentId

    @property
    def batch(self) -> str:
        return ids.encode("batch", self.group.batch_id)

    @property
    def hit(self) -> HIT:
        return HIT.objects.get(pk=self.group.hit_ids[0])

    def url(self, name: str) -> str:
        if name == "bonus" or name == "review_assignment":
            return reverse(name, args=[self.batch, ids.encode("assignment", self.assignment_id)])
        return reverse(name, args=[self.batch, ids.encode("hit", self.group.hit_ids[0])])

    def page(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, url
        return answer.content.decode()

    def post(self, name: str, **given: Any) -> Any:
        return self.client.post(self.url(name), given, follow=True)


@pytest.fixture
def site(client: Callable[..., Client]) -> Site:
    requester, worker = factories.make_requester(deposit_minor=1_000), factories.make_worker()
    group = factories.create_hit(requester, max_assignments=2, annotation='from "the", program')
    assignment_id = factories.accept(worker, group).assignment_id
    factories.submit(worker, assignment_id)
    return Site(client(requester), requester, worker, group, assignment_id)


def test_tasks_of_the_api_are_on_every_page_of_the_requester(site: Site) -> None:
    assert factories.TERMS.title in site.page(reverse("requester_home"))
    batch = site.page(reverse("batch", args=[site.batch]))
    assert "the API, task by task" in batch
    assert reverse("batch_extend", args=[site.batch]) in batch
    for name in ("review", "answers", "batch_live", "batch_extend", "batch_expire", "batch_dispose"):
        site.page(reverse(name, args=[site.batch]))
    assert "a thing" in site.page(reverse("review", args=[site.batch]))
    task = site.page(site.url("hit"))
    assert "from &quot;the&quot;, program" in task
    assert site.url("review_assignment") in task
    assert site.url("hit") in site.page(site.url("review_assignment"))


def test_the_batch_of_the_api_is_extended_and_ended_as_any_other(site: Site) -> None:
    extended = site.client.post(
        reverse("batch_extend", args=[site.batch]),
        {"more_assignments": "1", "longer_s_0": "", "longer_s_1": "3600", "confirmed": "1"},
    )
    assert extended.status_code == 302
    assert site.hit.max_assignments == 3
    site.client.post(reverse("batch_expire", args=[site.batch]))
    assert (site.hit.status, site.hit.available) == ("reviewable", 0)
    assert site.hit.batch.expires_at is None, "tasks made later have their own end"
    assert first_difference() is None


def test_one_task_is_extended_ended_and_closed_after_confirmation(site: Site) -> None:
    more = {"more_assignments": "2", "longer_s_0": "", "longer_s_1": "3600"}
    assert "for $0.12, fees included" in site.post("hit_extend", **more).content.decode()
    assert site.hit.max_assignments == 2
    site.post("hit_extend", **more, confirmed="1")
    assert site.hit.max_assignments == 4
    nothing = {"more_assignments": "", "longer_s_0": "", "longer_s_1": "3600"}
    assert site.post("hit_extend", **nothing).status_code == 422

    assert "goes back to your balance" in site.page(site.url("hit_expire"))
    site.post("hit_expire")
    assert site.hit.status == "reviewable"
    assert site.url("hit_dispose") not in site.page(site.url("hit")), "an answer waits"
    assert site.post("hit_dispose").status_code == 409
    me = RequesterId(site.requester.pk)
    reviewing.approve(requester_id=me, assignment_ids=[site.assignment_id], actor_id=me)
    assert site.url("hit_dispose") in site.page(site.url("hit"))
    site.post("hit_dispose")
    assert site.hit.status == "disposed"
    assert site.url("hit_extend") not in site.page(site.url("hit"))
    assert first_difference() is None


def test_extending_one_task_keeps_the_rules_of_the_api(site: Site) -> None:
    many = {"more_assignments": "8", "longer_s_0": "", "longer_s_1": "3600", "confirmed": "1"}
    with override_settings(TEN_ASSIGNMENTS_RULE=True):
        assert site.post("hit_extend", **many).status_code == 409
    assert site.hit.max_assignments == 2
    site.post("hit_extend", **many)
    assert site.hit.max_assignments == 10


def test_a_strangers_tasks_are_not_there(site: Site, client: Callable[..., Client]) -> None:
    stranger = client(factories.make_requester())
    for name in ("hit", "hit_extend", "hit_expire", "hit_dispose", "bonus"):
        for answer in (stranger.get(site.url(name)), stranger.post(site.url(name))):
            assert answer.status_code in {404, 405}, name
    other = ids.encode("batch", factories.publish(site.requester, 1).batch_id)
    in_another_batch = reverse("hit", args=[other, ids.encode("hit", site.group.hit_ids[0])])
    assert site.client.get(in_another_batch).status_code == 404


@pytest.mark.feature("M-60")
def test_a_bonus_is_paid_once_after_its_total_was_shown(site: Site) -> None:
    given = {"amount": "0.50", "reason": "Very <careful>."}
    asked = site.post("bonus", **given).content.decode()
    for shown in ("$0.50", "$0.10", "Pay $0.60", "Very &lt;careful&gt;."):
        assert shown in asked
    assert not Bonus.objects.exists()
    for _ in range(2):
        site.post("bonus", **given, confirmed="1", token="once")
    assert Bonus.objects.count() == 1
    assert balance_of(site.worker.pk).earned_available_minor == 50
    assert "Very &lt;careful&gt;." in site.page(site.url("review_assignment"))
    money = site.page(reverse("requester_money"))
    assert "Bonus paid" in money
    assert "Fee on a bonus" in money
    assert first_difference() is None


@pytest.mark.parametrize(
    "given",
    [
        {"amount": "", "reason": "Good."},
        {"amount": "0", "reason": "Good."},
        {"amount": "0.001", "reason": "Good."},
        {"amount": "10000.01", "reason": "Good."},
        {"amount": "1", "reason": " "},
        {"amount": "1", "reason": "x" * 2_001},
    ],
)
def test_a_bonus_out_of_its_bounds_is_refused_at_its_field(site: Site, given: dict[str, str]) -> None:
    answer = site.post("bonus", **given, confirmed="1")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not Bonus.objects.exists()


def test_a_bonus_without_the_money_is_refused(site: Site) -> None:
    answer = site.post("bonus", amount="900", reason="Good.", confirmed="1", token="t")
    assert answer.status_code == 409
    assert not Bonus.objects.exists()


@pytest.mark.feature("M-61", "W-88", "W-89")
def test_a_worker_sees_the_bonus_apart_from_the_reward_with_its_reason(
    site: Site, client: Callable[..., Client]
) -> None:
    me = RequesterId(site.requester.pk)
    reviewing.approve(requester_id=me, assignment_ids=[site.assignment_id], actor_id=me)
    site.post("bonus", amount="0.50", reason="Very <careful>.", confirmed="1", token="t")
    worker = client(site.worker)
    earnings = worker.get(reverse("earnings")).content.decode()
    assert "Very &lt;careful&gt;." in earnings
    assert earnings.count("$0.50") >= 1
    assert "$0.05" in earnings
    profile = worker.get(reverse("profile")).content.decode()
    for term, amount in (("Bonus Rewards", "$0.50"), ("Total Earnings", "$0.55")):
        assert re.search(rf"<dt>{term}</dt>\s*<dd>(<[^>]+>)*{re.escape(amount)}<", profile), term


def test_results_of_tasks_of_the_api_carry_their_own_annotation_and_times(site: Site) -> None:
    answer = site.client.get(reverse("results_csv", args=[site.batch]))
    [row] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))  # type: ignore[attr-defined]
    assert row["RequesterAnnotation"] == 'from "the", program'
    assert row["LifetimeInSeconds"] == str(factories.DAY_S)
    assert (row["HITId"], row["AssignmentId"]) == (
        ids.encode("hit", site.hit.pk), ids.encode("assignment", site.assignment_id),
    )  # fmt: skip
    assert (row["MaxAssignments"], row["Reward"], row["AssignmentStatus"]) == ("2", "$0.05", "Submitted")
    assert (row["WorkerId"], row["Answer.meaning"]) == (ids.encode_account(site.worker.pk), "a thing")
    assert row["CreationTime"] == site.hit.created_at.strftime("%a %b %d %H:%M:%S UTC %Y")
