"""Honest listing and finding: what is measured of each group, filters, suggestions, saved searches."""

import gzip
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.test import Client
from django.utils import timezone, translation

from manyhands.accounts.models import Account
from manyhands.catalog import facts, queries, saving
from manyhands.catalog.errors import NothingToSave, SearchNameNeeded, SearchNameTaken, TooManySearches
from manyhands.catalog.models import HITTypeFacts, SavedSearch
from manyhands.catalog.queries import Listing
from manyhands.catalog.search import Search, from_criteria
from manyhands.catalog.search_address import from_parameters, query
from manyhands.core import ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, QualificationTypeId, RequesterId, WorkerId
from manyhands.messaging import search_alerts
from manyhands.messaging.models import Notice
from manyhands.qualifications import operations as qualifications
from manyhands.work.models import Assignment, HITType
from manyhands.work.operations import reviewing
from tests import factories
from tests.conftest import Database
from tests.factories import Published
from tests.harness.wire import statements_sent

pytestmark = pytest.mark.usefixtures("database")

Log = Callable[..., Client]


def found(worker: Account, **search: Any) -> Listing:
    return queries.listing(worker_id=WorkerId(worker.pk), search=Search(**search))


def titles(worker: Account, **search: Any) -> list[str]:
    return [group.title for group in found(worker, **search).groups]


def hand_in(worker: Account, published: Published, seconds: Sequence[int]) -> list[AssignmentId]:
    """One answer for each number: how long after accepting it was handed in."""
    made = []
    for taken in seconds:
        accepted = factories.accept(worker, published)
        factories.submit(worker, accepted.assignment_id)
        handed_in_at = timezone.now() - timedelta(hours=2)
        Assignment.objects.filter(pk=accepted.assignment_id).update(
            submitted_at=handed_in_at, accepted_at=handed_in_at - timedelta(seconds=taken)
        )
        made.append(accepted.assignment_id)
    return made


def approve(requester: Account, assignment_ids: Sequence[AssignmentId]) -> None:
    reviewing.approve(
        requester_id=RequesterId(requester.pk),
        assignment_ids=assignment_ids,
        actor_id=AccountId(requester.pk),
    )


def reject(requester: Account, assignment_ids: Sequence[AssignmentId]) -> None:
    reviewing.reject(
        requester_id=RequesterId(requester.pk), assignment_ids=assignment_ids,
        actor_id=AccountId(requester.pk), reason="wrong", words="It is not.",
    )  # fmt: skip


# What is measured ------------------------------------------------------------------------------


@pytest.mark.feature("S-25")
def test_ten_decisions_show_pay_spread_rejections_waiting_and_workers() -> None:
    requester, first, second = factories.make_requester(), factories.make_worker(), factories.make_worker()
    published = factories.publish(requester, 12, reward_minor=10)
    done = hand_in(first, published, [30, 30, 60, 60, 60]) + hand_in(
        second, published, [60, 60, 120, 120, 120]
    )
    approve(requester, done[:8])
    reject(requester, done[8:])

    facts.count_decisions()

    (group,) = found(first).groups
    known = group.facts
    assert known.are_known
    # Reward 10 for 60 seconds is 600 an hour; the slower quarter took 105 seconds, the faster 60.
    assert (known.pay_low_minor, known.pay_median_minor, known.pay_high_minor) == (343, 600, 600)
    assert known.work_s == 60
    assert (known.decided_count, known.rejected_count, known.rejected_share) == (10, 2, 0.2)
    assert known.worker_count == 2
    assert 7_100 <= (known.decision_s or 0) <= 7_300
    assert 7_100 <= (known.payment_s or 0) <= 7_300
    assert (group.all_reward_minor, group.all_work_s) == (20, 120)


def test_below_ten_decisions_nothing_is_said() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 12)
    approve(requester, hand_in(worker, published, [60] * 9))

    facts.count_decisions()

    (group,) = found(worker).groups
    assert (group.facts.decided_count, group.facts.are_known) == (9, False)
    assert (group.facts.pay_median_minor, group.facts.decision_s, group.all_work_s) == (None, None, None)


def test_decisions_are_counted_once_page_by_page_and_overridden_rejections_are_taken_back() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 12)
    done = hand_in(worker, published, [60] * 11)
    approve(requester, done[:5])
    reject(requester, done[5:])

    facts.count_decisions(page=3)
    facts.count_decisions(page=3)
    counted = HITTypeFacts.objects.get(pk=published.hit_type_id)
    assert (counted.decided_count, counted.rejected_count, counted.worker_count) == (11, 6, 1)

    reviewing.override_rejection(
        requester_id=RequesterId(requester.pk), assignment_id=done[5], actor_id=AccountId(requester.pk)
    )
    facts.count_decisions()

    counted.refresh_from_db()
    assert (counted.decided_count, counted.rejected_count) == (11, 5)
    assert (len(counted.decision_samples), len(counted.payment_samples)) == (11, 6)


def test_a_decision_that_commits_late_is_not_missed(database: Database) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 3)
    late, early = hand_in(worker, published, [60, 60])
    link = database.connect()
    link.autocommit = False
    link.execute("UPDATE assignment SET status = 'approved', decided_at = now() WHERE id = %s", [late])
    link.execute(
        "INSERT INTO assignment_event (assignment_id, from_status, to_status) VALUES (%s, 'submitted', 'approved')",
        [late],
    )
    approve(requester, [early])

    facts.count_decisions(patience_s=0)
    assert not HITTypeFacts.objects.exists()
    link.rollback()
    facts.count_decisions()

    assert HITTypeFacts.objects.get().decided_count == 1


def test_the_largest_reward_for_a_second_of_work_is_counted_too() -> None:
    requester, worker = factories.make_requester(deposit_minor=2 * 12 * 10_000_000), factories.make_worker()
    published = factories.publish(requester, 10, reward_minor=10_000_000)
    approve(requester, hand_in(worker, published, [0] * 10))

    facts.count_decisions()

    assert HITTypeFacts.objects.get().pay_median_minor == 2_147_483_647


def test_only_the_latest_decisions_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "SAMPLES_MAX", 10)
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 20, reward_minor=10)
    approve(requester, hand_in(worker, published, [600] * 10))
    facts.count_decisions()
    approve(requester, hand_in(worker, published, [60] * 10))

    facts.count_decisions()

    assert HITTypeFacts.objects.get().pay_median_minor == 600
    assert HITTypeFacts.objects.get().decided_count == 20


# Filters and orders ----------------------------------------------------------------------------


def known_pay(published: Published, pay_minor: int) -> None:
    HITTypeFacts.objects.create(
        hit_type_id=published.hit_type_id, decided_count=10, rejected_count=0, worker_count=1,
        pay_low_minor=pay_minor, pay_median_minor=pay_minor, pay_high_minor=pay_minor, work_s=60,
        decision_s=60, payment_s=60, work_samples=[], decision_samples=[], payment_samples=[],
    )  # fmt: skip


@pytest.mark.feature("M-134")
@pytest.mark.feature("M-138")
@pytest.mark.feature("M-100")
def test_groups_are_sorted_and_filtered_by_reward_and_by_pay_per_hour() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    for title, reward, pay in (("quick", 5, 900), ("dear", 50, 400), ("new", 20, 0)):
        published = factories.publish(requester, 1, title=title, reward_minor=reward)
        if pay:
            known_pay(published, pay)

    assert titles(worker, sort="pay") == ["quick", "dear", "new"]
    assert titles(worker, sort="reward") == ["dear", "new", "quick"]
    assert titles(worker, pay_min=401) == ["quick"]
    assert titles(worker, pay_min=400, sort="pay") == ["quick", "dear"]
    assert titles(worker, reward_min=20) == ["new", "dear"]
    assert titles(worker, reward_min=6, reward_max=20) == ["new"]


@pytest.mark.feature("W-05", "W-107", "W-108")
@pytest.mark.parametrize(("language", "word"), [("ru", "Перевод"), ("ja", "翻訳"), ("en", "translation")])
def test_a_category_is_found_by_its_name_in_the_readers_language(language: str, word: str) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    factories.publish(requester, title="Sentences", sub_category="translation")
    factories.publish(requester, title="Pictures", sub_category="image-classification")
    with translation.override(language):
        assert titles(worker, text=word) == ["Sentences"]


@pytest.mark.feature("M-34")
@pytest.mark.feature("M-128")
@pytest.mark.feature("S-14")
@pytest.mark.feature("S-22")
def test_filters_words_and_categories_combine() -> None:
    lab, bureau, worker = (
        factories.make_requester(name="Laboratory"), factories.make_requester(name="Bureau"),
        factories.make_worker(),
    )  # fmt: skip
    factories.publish(lab, 1, title="Translate menus", sub_category="translation", reward_minor=30)
    factories.publish(lab, 1, title="Translate poems", sub_category="translation", reward_minor=5)
    factories.publish(lab, 1, title="Say what you think", sub_category="opinion", reward_minor=30)
    factories.publish(bureau, 1, title="Translate laws", sub_category="translation", reward_minor=30)
    old = factories.publish(lab, 1, title="Translate old menus", sub_category="translation", reward_minor=30)
    HITType.objects.filter(pk=old.hit_type_id).update(created_at=timezone.now() - timedelta(days=9))

    assert set(titles(worker, requester_id=lab.pk)) == {
        "Translate menus", "Translate poems", "Say what you think", "Translate old menus",
    }  # fmt: skip
    search = {
        "text": "translate", "category": "language", "requester_id": lab.pk, "reward_min": 10, "new_days": 7,
    }  # fmt: skip
    assert titles(worker, **search) == ["Translate menus"]
    assert titles(worker, requester_id=-1) == []


@pytest.mark.feature("M-135")
@pytest.mark.parametrize(
    "words", ["A bonus of $1 for the best", "Возможен бонус", "ボーナスあり", "+BONUSES"]
)
def test_a_group_that_offers_a_bonus_is_marked_and_found(words: str, client: Log) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    factories.publish(requester, 1, title="With", description=words)
    factories.publish(requester, 1, title="Without", description="Nobonusness")

    assert [(each.title, each.offers_bonus) for each in found(worker).groups] == [
        ("Without", False),
        ("With", True),
    ]
    assert titles(worker, bonus=True) == ["With"]
    assert "Bonus offered</span>" in client(worker).get("/tasks").content.decode()


@pytest.mark.feature("M-127")
def test_what_one_is_qualified_for_and_has_done_is_suggested_first_with_the_reason(client: Log) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    done = factories.publish(requester, 5, title="Opinions", sub_category="opinion")
    hand_in(worker, done, [60, 60])
    factories.publish(requester, 1, title="More opinions", sub_category="opinion")
    suits = factories.publish(requester, 1, title="For the fluent", sub_category="translation")
    type_id = factories.require(suits, name="Fluent in English")
    qualifications.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id),
        requester_id=None,
        worker_id=WorkerId(worker.pk),
        score=9,
    )
    factories.publish(requester, 1, title="Newest", sub_category="transcription")

    groups = found(worker, sort="suggested").groups
    assert [group.title for group in groups] == ["For the fluent", "More opinions", "Opinions", "Newest"]
    assert [(group.suits, group.done_count) for group in groups] == [
        (True, 0),
        (False, 2),
        (False, 2),
        (False, 0),
    ]
    page = client(worker).get("/tasks?sort=suggested").content.decode()
    assert "You have handed in 2 tasks of this category lately" in page
    assert "You hold a qualification these tasks ask for" in page

    similar = queries.similar(worker_id=WorkerId(worker.pk), hit_type_id=done.hit_type_id)
    assert [group.title for group in similar] == ["For the fluent", "More opinions"]


# Qualifications --------------------------------------------------------------------------------


@pytest.mark.feature("C-12")
@pytest.mark.feature("S-21")
@pytest.mark.feature("M-86")
@pytest.mark.feature("M-93")
def test_a_newcomer_finds_what_asks_for_nothing_and_holders_find_more() -> None:
    requester, newcomer, holder = factories.make_requester(), factories.make_worker(), factories.make_worker()
    factories.publish(requester, 1, title="Basic")
    for name in ("Top hundred", "Profile: mother tongue", "Fluent in English"):
        guarded = factories.publish(requester, 1, title=f"Asks for {name}")
        type_id = factories.require(guarded, name=name)
        qualifications.grant_qualification(
            qualification_type_id=QualificationTypeId(type_id), requester_id=None,
            worker_id=WorkerId(holder.pk), score=100,
        )  # fmt: skip

    assert titles(newcomer) == ["Basic"]
    assert set(titles(holder)) == {
        "Basic", "Asks for Top hundred", "Asks for Profile: mother tongue", "Asks for Fluent in English",
    }  # fmt: skip


@pytest.mark.feature("W-57")
def test_view_is_inactive_and_names_what_is_missing_until_it_is_granted(client: Log) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    published = factories.publish(requester, 1)
    type_id = factories.require(published, name="Speaks Japanese")

    page = client(worker).get("/tasks?all=1").content.decode()
    assert 'role="link" aria-disabled="true"' in page
    assert "you do not meet what is asked for Speaks Japanese" in page
    assert f'href="/projects/{ids.encode("hit_type", published.hit_type_id)}/tasks"' not in page

    qualifications.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id),
        requester_id=None,
        worker_id=WorkerId(worker.pk),
        score=1,
    )
    page = client(worker).get("/tasks").content.decode()
    assert "aria-disabled" not in page
    assert f'href="/projects/{ids.encode("hit_type", published.hit_type_id)}/tasks"' in page


@pytest.mark.feature("W-07")
@pytest.mark.feature("W-56")
@pytest.mark.feature("W-62")
def test_a_search_that_finds_nothing_hints_at_the_qualifications_to_get(client: Log) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    for number in range(2):
        factories.publish(requester, 1, title=f"Plain {number}")
    guarded = factories.publish(requester, 1, title="Guarded")
    factories.require(guarded, name="Qualification test: anatomy & physiology")

    listing = found(worker, text="Qualification test: anatomy & physiology")
    assert (listing.found_count, listing.unqualified_count) == (0, 1)
    assert [(each.name, each.group_count) for each in listing.wanted] == [
        ("Qualification test: anatomy & physiology", 1)
    ]
    for words in ("qualification", "test"):
        assert titles(worker, text=words, unqualified=True) == ["Guarded"]
    # What is found nowhere still shows the qualifications that would open more.
    assert len(found(worker, text="nowhere").wanted) == 1

    page = client(worker).get("/tasks?q=anatomy").content.decode()
    assert 'href="/tasks?all=1&amp;q=Qualification%20test%3A%20anatomy%20%26%20physiology"' in page


# Addresses and budgets -------------------------------------------------------------------------


def test_every_search_survives_its_address() -> None:
    search = Search(
        text="a b&c", category="language", sub_category="translation", requester_id=12, reward_min=5,
        reward_max=1250, pay_min=900, new_days=7, bonus=True, sort="pay", unqualified=True, page=3,
    )  # fmt: skip

    assert from_parameters(QueryDict(query(search))) == search
    assert from_criteria(search.criteria() | {"colour": "green"}) == Search(
        **(search.criteria() | {"page": 1})
    )
    assert query(Search()) == ""


@pytest.mark.parametrize(
    "address",
    ["min=x&max=-1&pay=1e999999999", "new=0x7&sort=none", "page=-1", "requester=A0", "q=%00&category=%00", "min=0.001"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_shown_not_refused(address: str, client: Log) -> None:
    assert client(factories.make_worker()).get(f"/tasks?{address}").status_code == 200


@pytest.mark.parametrize(
    "address", ["", "?q=words&pay=0.01&sort=suggested&new=7&all=1", "?q=nowhere&sort=pay"]
)
def test_the_task_list_is_four_statements_at_most(address: str, client: Log) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    known_pay(factories.publish(requester, 3), 500)
    factories.require(factories.publish(requester, 1, title="Guarded"))
    saving.save_search(worker_id=WorkerId(worker.pk), name="Words", search=Search(text="words"), alerts=True)
    browser = client(worker)
    browser.get("/tasks?sort=pay")

    with statements_sent() as sent:
        assert browser.get(f"/tasks{address}").status_code == 200

    assert len(sent) <= 4, sent


def test_the_task_list_weighs_under_150_kb_with_all_it_loads(client: Log) -> None:
    requester, worker = factories.make_requester(deposit_minor=1_000_000), factories.make_worker()
    for number in range(queries.PAGE_SIZE):
        known_pay(
            factories.publish(requester, 1, title=f"Group {number}", description=f"{number} words " * 40), 500
        )

    page = client(worker).get("/tasks?expand=all").content
    loaded = re.findall(rb'(?:src|href)="/static/([^"]+\.(?:css|js|svg|webmanifest))"', page)
    parts = [page] + [Path(str(finders.find(name.decode()))).read_bytes() for name in set(loaded)]

    assert len(loaded) >= 4
    assert sum(len(gzip.compress(part)) for part in parts) < 150_000


# Saved searches --------------------------------------------------------------------------------


def save(worker: Account, name: str = "Words", *, alerts: bool = True, **search: Any) -> int:
    return saving.save_search(
        worker_id=WorkerId(worker.pk),
        name=name,
        search=Search(**(search or {"text": "words"})),
        alerts=alerts,
    )


def test_a_saved_search_is_listed_changed_and_removed_by_its_owner_alone(client: Log) -> None:
    worker, other = factories.make_worker(), factories.make_worker()
    browser = client(worker)
    browser.post("/tasks/searches", {"search": "q=words&pay=5&page=2", "name": " My  <b> ", "alerts": "on"})
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.criteria, saved.alerts) == ("My <b>", {"text": "words", "pay_min": 500}, True)

    page = browser.get("/tasks").content.decode()
    assert '<a href="/tasks?q=words&amp;pay=5.00">My &lt;b&gt;</a>' in page
    for do in ("silent", "alerts", "remove"):
        answer = client(other).post("/tasks/searches/change", {"id": saved.pk, "do": do})
        assert answer.status_code == 404
        saved.refresh_from_db()
        assert saved.alerts
    browser.post("/tasks/searches/change", {"id": saved.pk, "do": "silent"})
    saved.refresh_from_db()
    assert not saved.alerts
    assert b"My &lt;b&gt;" in browser.get("/tasks/searches").content
    browser.post("/tasks/searches/change", {"id": saved.pk, "do": "remove"})
    assert not SavedSearch.objects.exists()
    assert browser.post("/tasks/searches/change", {"id": "x", "do": "remove"}).status_code == 404


def test_a_search_is_saved_with_a_name_of_its_own_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SEARCHES_MAX", 2)
    worker = factories.make_worker()
    with pytest.raises(SearchNameNeeded):
        save(worker, " \0 ")
    with pytest.raises(NothingToSave):
        saving.save_search(worker_id=WorkerId(worker.pk), name="All", search=Search(sort="pay"), alerts=False)
    save(worker)
    with pytest.raises(SearchNameTaken):
        save(worker)
    save(worker, "Second")
    with pytest.raises(TooManySearches):
        save(worker, "Third")
    assert SavedSearch.objects.count() == 2
    saving.remove_search(worker_id=WorkerId(worker.pk), search_id=10**9)
    with pytest.raises(NotFound):
        saving.set_alerts(worker_id=WorkerId(worker.pk), search_id=10**9, alerts=True)


def test_a_new_group_is_told_once_per_search_that_it_fits() -> None:
    requester, worker, quiet = factories.make_requester(), factories.make_worker(), factories.make_worker()
    factories.publish(requester, 1, title="Words of before")
    search_id = save(worker, "Words", text="words", reward_min=5)
    save(worker, "Dear", reward_min=50)
    save(quiet, alerts=False)
    first = factories.publish(requester, 1, title="New words", reward_minor=5)
    factories.publish(requester, 1, title="More words", reward_minor=60)
    guarded = factories.publish(requester, 1, title="Guarded words", reward_minor=70)
    factories.require(guarded)

    assert search_alerts.tell_new_groups() == 2
    assert search_alerts.tell_new_groups() == 0

    told = {notice.facts["search"]: notice for notice in Notice.objects.filter(account_id=worker.pk)}
    assert {name: notice.facts["count"] for name, notice in told.items()} == {"Words": 2, "Dear": 1}
    assert told["Words"].facts["path"] == "/tasks?q=words&min=0.05"
    assert told["Words"].source == f"saved_search:{search_id}:{first.hit_type_id}"
    assert not Notice.objects.filter(account_id=quiet.pk).exists()

    factories.publish(requester, 1, title="Yet more words", reward_minor=6)
    assert search_alerts.tell_new_groups() == 1
    assert Notice.objects.filter(account_id=worker.pk).count() == 3


def test_alerts_switched_on_begin_then() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    search_id = save(worker, alerts=False)
    factories.publish(requester, 1, title="Words")
    saving.set_alerts(worker_id=WorkerId(worker.pk), search_id=search_id, alerts=True)

    assert search_alerts.tell_new_groups() == 0
    factories.publish(requester, 1, title="Later words")
    assert search_alerts.tell_new_groups() == 1
