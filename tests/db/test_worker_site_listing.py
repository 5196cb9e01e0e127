"""The list of task groups: what one worker is offered, counted, searched and ordered."""

from dataclasses import replace
from typing import Any

import pytest

from manyhands.accounts.models import Account
from manyhands.catalog import market, queries
from manyhands.catalog.queries import Listing, Search
from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.qualifications import operations as qualifications
from manyhands.work.errors import NoAssignableHIT
from manyhands.work.models import HIT, HITTypeOpen, WorkerBlock
from manyhands.work.operations import accepting, sweeping
from tests import factories
from tests.harness.wire import statements_sent

pytestmark = pytest.mark.usefixtures("database")


def found(worker: Account, **search: Any) -> Listing:
    return queries.listing(worker_id=WorkerId(worker.pk), search=Search(**search))


def titles(worker: Account, **search: Any) -> list[str]:
    return [group.title for group in found(worker, **search).groups]


def counts(listing: Listing) -> dict[str, int]:
    return {
        branch.slug: branch.task_count
        for limb in listing.tree
        for branch in limb.branches
        if branch.task_count
    }


@pytest.mark.feature("S-04")
@pytest.mark.feature("M-13")
def test_a_published_group_is_listed_with_its_tasks() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    factories.publish(requester, 4, title="Explain words", reward_minor=7)

    listing = found(worker)

    (group,) = listing.groups
    assert (group.title, group.task_count, group.reward_minor) == ("Explain words", 4, 7)
    assert group.requester_name == requester.requester.display_name
    assert (listing.found_count, listing.task_count) == (1, 4)


@pytest.mark.feature("W-21")
@pytest.mark.feature("W-18")
def test_category_counts_are_the_sums_of_the_groups_and_differ_by_qualification() -> None:
    requester = factories.make_requester()
    qualified, plain = factories.make_worker(), factories.make_worker()
    factories.publish(requester, 3, title="Open", sub_category="translation")
    guarded = factories.publish(requester, 5, title="Guarded", sub_category="translation")
    type_id = factories.require(guarded, comparator="GreaterThanOrEqualTo", scores=[80])
    qualifications.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id), requester_id=None,
        worker_id=WorkerId(qualified.pk), score=90,
    )  # fmt: skip

    for worker, tasks in ((qualified, 8), (plain, 3)):
        listing = found(worker)
        assert counts(listing) == {"translation": tasks}
        assert next(limb.task_count for limb in listing.tree if limb.slug == "language") == tasks
        assert sum(group.task_count for group in listing.groups) == tasks


def test_a_count_is_what_the_worker_can_still_accept() -> None:
    requester, worker, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    published = factories.publish(requester, 5, max_assignments=2)
    first = factories.accept(worker, published)
    factories.submit(worker, first.assignment_id)
    factories.accept(worker, published)
    accepting.skip_hit(worker_id=WorkerId(worker.pk), hit_id=published.hit_ids[3])

    assert found(worker).task_count == 2
    assert found(other).task_count == 5
    factories.accept(worker, published)
    factories.accept(worker, published)
    with pytest.raises(NoAssignableHIT):
        factories.accept(worker, published)
    assert found(worker).groups == []


def test_a_task_skipped_and_had_is_subtracted_once() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 3, max_assignments=2)
    accepting.skip_hit(worker_id=WorkerId(worker.pk), hit_id=published.hit_ids[0])
    factories.accept(worker, published, published.hit_ids[0])

    assert found(worker).task_count == 2


def test_a_taken_place_is_not_counted_for_anybody_and_comes_back_when_returned() -> None:
    requester, worker, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    published = factories.publish(requester, 2)
    accepted = factories.accept(worker, published)
    assert (found(worker).task_count, found(other).task_count) == (1, 1)

    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=accepted.assignment_id)

    assert (found(worker).task_count, found(other).task_count) == (2, 2)
    sweeping.fold_open()
    assert found(worker).task_count == 2


def test_a_folding_once_read_is_not_sent_again_and_what_came_since_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requester, worker, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    published = factories.publish(requester, 3)
    numbers, sent = market.Numbers, []

    def noted(*row: Any) -> market.Numbers:
        sent.append(numbers(*row).folded is not None)
        return numbers(*row)

    monkeypatch.setattr(market, "Numbers", noted)
    sweeping.fold_open()
    assert [found(worker).task_count for _ in range(2)] == [3, 3]
    assert sent == [True, False]

    factories.accept(other, published)
    assert (found(worker).task_count, sent[-1]) == (2, False)
    sweeping.fold_open()
    assert (found(worker).task_count, sent[-1]) == (2, True)
    assert (found(worker).task_count, sent[-1]) == (2, False)


def test_tasks_of_a_remembered_folding_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = factories.make_worker()
    published = factories.publish(factories.make_requester(), 2)
    sweeping.fold_open()
    assert found(worker).task_count == 2
    (row,) = HITTypeOpen.objects.filter(hit_type_id=published.hit_type_id)

    read = market.Numbers
    late_s = row.expires_minute.timestamp()
    monkeypatch.setattr(market, "Numbers", lambda *row: replace(read(*row), now_s=late_s))
    assert found(worker).task_count == 0


def test_a_folding_replaces_the_one_before_and_nothing_when_nothing_changed() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    first, second = factories.publish(requester, 2, title="A"), factories.publish(requester, 2, title="B")
    assert sweeping.fold_open() == 2
    before = HITTypeOpen.objects.values_list("folded_at", flat=True).distinct().get()
    assert sweeping.fold_open() == 0

    factories.accept(worker, first)
    assert sweeping.fold_open() == 3
    after = HITTypeOpen.objects.values_list("folded_at", flat=True).distinct().get()
    assert before != after
    assert dict(HITTypeOpen.objects.values_list("hit_type_id", "change")) == {
        first.hit_type_id: 1,
        second.hit_type_id: 2,
    }


def test_own_blocked_and_hidden_groups_are_not_listed() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    blocked = factories.make_requester(name="Blocks")
    both = factories.make_account(worker=True, requester=True)
    factories.deposit(both, 10_000)
    factories.publish(both, 2, title="Own")
    factories.publish(blocked, 2, title="Blocked")
    hidden = factories.publish(requester, 2, title="Hidden")
    factories.require(hidden, guard="DiscoverPreviewAndAccept")
    WorkerBlock.objects.create(requester_id=blocked.pk, worker_id=worker.pk, reason="No")

    assert set(titles(both)) == {"Blocked"}
    assert titles(worker, unqualified=True) == ["Own"]
    assert found(worker).unqualified_count == 0


def test_an_unmet_group_is_shown_only_on_demand_with_what_is_missing() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 2)
    factories.require(published, name="Speaks Japanese")

    assert found(worker).groups == []
    assert found(worker).unqualified_count == 1
    (group,) = found(worker, unqualified=True).groups
    assert group.missing == ("Speaks Japanese",)
    assert not group.may_accept
    assert found(worker, unqualified=True).task_count == 0


def test_an_expired_group_is_not_listed_before_any_sweep() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 2, lifetime_s=40)
    HIT.objects.filter(batch_id=published.batch_id).update(expires_at="2020-01-01T00:00:00Z")
    HITTypeOpen.objects.update(expires_minute="2020-01-01T00:00:00Z")

    assert found(worker).groups == []


@pytest.mark.feature("W-05")
@pytest.mark.parametrize(
    "text",
    ["explain", "WORDS explain", "laboratory", "classification", "text class", "ЯЗЫК", "日本", "anatomy"],
)  # fmt: skip
def test_every_word_is_found_wherever_it_stands(text: str) -> None:
    requester, worker = factories.make_requester(name="Laboratory"), factories.make_worker()
    published = factories.publish(
        requester, 2, title="Explain words", description="Русский Язык, 日本語も", keywords="synonyms"
    )
    factories.require(published, name="Anatomy", comparator="DoesNotExist")
    factories.publish(requester, 2, title="Other", description="-", keywords="", sub_category="opinion")

    assert "Explain words" in titles(worker, text=text)
    assert "Explain words" not in titles(worker, text=f"{text} nowhere")


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "\0"])
def test_signs_of_patterns_mean_themselves(text: str) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    factories.publish(requester, 1, title="Plain")

    assert titles(worker, text=text) == (["Plain"] if text == "\0" else [])


@pytest.mark.feature("W-06")
def test_a_category_and_a_branch_narrow_the_list_but_not_the_tree() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    for sub_category in ("translation", "transcription", "opinion"):
        factories.publish(requester, 2, title=sub_category, sub_category=sub_category)

    assert set(titles(worker, category="language")) == {"translation", "transcription"}
    assert titles(worker, category="language", sub_category="transcription") == ["transcription"]
    assert found(worker, category="language").task_count == 6


def test_groups_come_in_the_order_asked_for() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    for title, rows, reward in (("few", 1, 5), ("many", 9, 2), ("dear", 3, 50)):
        factories.publish(requester, rows, title=title, reward_minor=reward)

    assert titles(worker) == ["dear", "many", "few"]
    assert titles(worker, sort="reward") == ["dear", "few", "many"]
    assert titles(worker, sort="tasks") == ["many", "dear", "few"]


def test_pages_hold_25_groups_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    requester, worker = factories.make_requester(), factories.make_worker()
    for number in range(5):
        factories.publish(requester, 1, title=f"Group {number}")

    pages = [titles(worker, page=page) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert len({title for page in pages for title in page}) == 5


def test_the_list_and_the_tree_are_two_statements_once_the_groups_are_known() -> None:
    requester, worker, other = factories.make_requester(), factories.make_worker(), factories.make_worker()
    factories.publish(requester, 2)
    found(other)

    with statements_sent() as sent:
        found(worker)

    assert len(sent) == 2


def test_a_new_group_and_a_new_score_are_seen_at_once() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    guarded = factories.publish(requester, 1, title="Guarded")
    type_id = factories.require(guarded, comparator="GreaterThanOrEqualTo", scores=[80])
    assert titles(worker) == []

    factories.publish(requester, 1, title="New")
    assert titles(worker) == ["New"]
    for score, seen in ((90, ["New", "Guarded"]), (70, ["New"])):
        qualifications.grant_qualification(
            qualification_type_id=QualificationTypeId(type_id), requester_id=None,
            worker_id=WorkerId(worker.pk), score=score,
        )  # fmt: skip
        assert titles(worker) == seen
