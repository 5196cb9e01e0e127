"""Ratings in both directions: sealed until both have spoken, shown before people work together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AssignmentId, RequesterId, WorkerId
from manyhands.qualifications import system_types
from manyhands.qualifications.models import WorkerStanding
from manyhands.reputation import operations, queries
from manyhands.reputation.errors import AlreadyRated, NotDoneYet, RatingTimeOver
from manyhands.reputation.models import Rating
from manyhands.reputation.operations import RequesterStars
from manyhands.work.errors import NotQualified
from manyhands.work.models import Assignment, HITType, QualificationRequirement
from tests import factories
from tests.conftest import Database

FAIR = RequesterStars(pay=4, fairness=5, communication=3, speed=2)


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(name="Ornithology Lab")


def done(worker: Account, group: factories.Published) -> AssignmentId:
    number = factories.accept(worker, group).assignment_id
    factories.submit(worker, number)
    return number


def by_worker(worker: Account, number: AssignmentId, stars: RequesterStars = FAIR, words: str = "") -> None:
    operations.rate_requester(worker_id=WorkerId(worker.pk), assignment_id=number, stars=stars, words=words)


def by_requester(requester: Account, number: AssignmentId, stars: int = 5) -> None:
    operations.rate_work(requester_id=RequesterId(requester.pk), assignment_id=number, stars=stars)


def age(number: AssignmentId, days: int) -> None:
    """As if it had been handed in so many days earlier."""
    Assignment.objects.filter(pk=number).update(submitted_at=timezone.now() - timedelta(days=days))
    Rating.objects.filter(assignment_id=number).update(
        sealed_until=timezone.now() + timedelta(days=14 - days)
    )


@pytest.mark.feature("M-106", "M-107")
def test_neither_side_sees_the_others_word_before_it_has_spoken(requester: Account) -> None:
    worker = factories.make_worker()
    number = done(worker, factories.publish(requester, 1))
    by_worker(worker, number, words="Clear instructions.")

    seen = queries.both_sides(assignment_id=number, requester_id=RequesterId(requester.pk))
    assert seen is not None
    assert (seen.mine, seen.theirs, seen.may_rate) == (None, None, True)

    by_requester(requester, number, 4)
    theirs = queries.both_sides(assignment_id=number, requester_id=RequesterId(requester.pk))
    mine = queries.both_sides(assignment_id=number, worker_id=WorkerId(worker.pk))
    assert theirs is not None
    assert mine is not None
    assert theirs.theirs is not None
    assert (theirs.theirs.pay, theirs.theirs.words) == (4, "Clear instructions.")
    assert mine.theirs is not None
    assert mine.theirs.work == 4
    assert Rating.objects.filter(is_counted=True).count() == 2


def test_what_one_side_said_alone_opens_when_the_time_is_over_and_cannot_be_answered(
    requester: Account,
) -> None:
    worker = factories.make_worker()
    number = done(worker, factories.publish(requester, 1))
    by_worker(worker, number)
    assert operations.open_due() == 0
    age(number, 15)

    seen = queries.both_sides(assignment_id=number, requester_id=RequesterId(requester.pk))
    assert seen is not None
    assert seen.theirs is not None
    assert not seen.may_rate
    with pytest.raises(RatingTimeOver):
        by_requester(requester, number, 1)
    assert operations.open_due() == 1
    assert Rating.objects.count() == 1


def test_only_the_two_parties_rate_once_and_only_what_was_done(requester: Account) -> None:
    worker, stranger = factories.make_worker(), factories.make_worker()
    group = factories.publish(requester, 2)
    held = factories.accept(worker, group).assignment_id
    with pytest.raises(NotDoneYet):
        by_worker(worker, held)
    factories.submit(worker, held)
    for refused in (
        lambda: by_worker(stranger, held),
        lambda: by_requester(factories.make_requester(), held),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(InvalidInput, match="speed"):
        by_worker(worker, held, RequesterStars(5, 5, 5, 6))
    assert not Rating.objects.exists()
    by_worker(worker, held)
    with pytest.raises(AlreadyRated):
        by_worker(worker, held, RequesterStars(1, 1, 1, 1))
    assert Rating.objects.get().pay == 4


@pytest.mark.feature("M-108")
def test_a_requesters_rating_stands_in_the_list_from_three_raters_on_each_counting_once(
    requester: Account,
) -> None:
    group = factories.publish(requester, 12)
    raters = [factories.make_worker() for _ in range(3)]
    reader = factories.make_worker()

    def listed() -> catalog.Rated | None:
        return catalog.listing(worker_id=WorkerId(reader.pk), search=Search()).groups[0].rated

    for worker, pay in zip(raters, (5, 5, 2), strict=True):
        assert listed() is None
        number = done(worker, group)
        by_worker(worker, number, RequesterStars(pay, 4, 4, 4))
        by_requester(requester, number)
    for _ in range(3):  # more words of the third count no more
        number = done(raters[2], group)
        by_worker(raters[2], number, RequesterStars(2, 4, 4, 4))
        by_requester(requester, number)

    rated = listed()
    assert rated is not None
    assert (rated.rater_count, rated.pay_tenths, rated.speed_tenths) == (3, 40, 40)


@pytest.mark.feature("M-108", "S-09")
def test_a_workers_rating_is_shown_to_the_requester_of_their_work(client, requester: Account) -> None:  # type: ignore[no-untyped-def]
    worker = factories.make_worker()
    for stars in (5, 4, 3):
        other = factories.make_requester()
        number = done(worker, factories.publish(other, 1))
        by_worker(worker, number)
        by_requester(other, number, stars)
    group = factories.publish(requester, 1)
    number = done(worker, group)
    browser = client(requester)
    batch = ids.encode("batch", group.batch_id)

    page = browser.get(f"/requester/batches/{batch}/assignments/{ids.encode('assignment', number)}")
    profile = browser.get(f"/workers/{ids.encode_account(worker.pk)}")

    assert "4.0 of 5 stars from 3 requesters" in page.content.decode()
    assert "4.0 of 5 stars from 3 requesters" in profile.content.decode()


@pytest.mark.feature("M-121", "S-08", "S-29")
def test_a_rating_opens_better_paid_tasks_and_closes_them_when_it_falls(requester: Account) -> None:
    worker = factories.make_worker()
    group = factories.publish(requester, 2, reward_minor=500)
    QualificationRequirement.objects.create(
        hit_type=HITType.objects.get(pk=group.hit_type_id), qualification_type_id=system_types.RATING,
        comparator="GreaterThanOrEqualTo", scores=[75],
    )  # fmt: skip
    with pytest.raises(NotQualified):
        factories.accept(worker, group)
    WorkerStanding.objects.create(worker_id=worker.pk, rating=75, rater_count=3)
    held = factories.accept(worker, group)
    factories.submit(worker, held.assignment_id)
    WorkerStanding.objects.update(rating=74)
    with pytest.raises(NotQualified):
        factories.accept(worker, group)


def test_both_rate_through_their_pages_and_bad_stars_change_nothing(client, requester: Account) -> None:  # type: ignore[no-untyped-def]
    worker = factories.make_worker()
    group = factories.publish(requester, 1)
    number = done(worker, group)
    public, batch = ids.encode("assignment", number), ids.encode("batch", group.batch_id)
    hers, theirs = client(worker), client(requester)

    answer = hers.post(f"/assignments/{public}/rate", {"pay": "9", "fairness": "x"}, follow=True)
    assert "Choose one to five stars for each of the four." in answer.content.decode()
    assert not Rating.objects.exists()
    stars = {"pay": "4", "fairness": "5", "communication": "3", "speed": "2", "words": "<b>Good</b>"}
    answer = hers.post(f"/assignments/{public}/rate", stars, follow=True)
    assert "The other side sees yours, and you theirs, once both have rated" in answer.content.decode()
    address = f"/requester/batches/{batch}/assignments/{public}"
    assert "&lt;b&gt;Good" not in theirs.get(address).content.decode()
    answer = theirs.post(f"{address}/rate", {"work": "5"}, follow=True)
    assert "&lt;b&gt;Good&lt;/b&gt;" in answer.content.decode()
    assert sorted(Rating.objects.values_list("side", "work")) == [("requester", 5), ("worker", None)]
