"""Ways to a qualification: asking, agreeing, being tested; what is refused, and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core import db
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, RequesterId
from manyhands.qualifications import errors, operations, system_types
from manyhands.qualifications.eligibility import Eligibility
from manyhands.qualifications.models import (
    AgreementAcceptance,
    Qualification,
    QualificationAgreement,
    QualificationEvent,
    QualificationRequest,
    QualificationType,
)
from manyhands.qualifications.operations.testing import LAPSE_GRACE_S, lapse_due
from manyhands.qualifications.states import RequestStatus, Route, TypeStatus
from manyhands.qualifications.ways import ways
from tests import factories, quals
from tests.conftest import Database


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker()


def ask(worker: Account, type_id: int) -> operations.requesting.Requested:
    return operations.request_qualification(
        worker_id=quals.worker(worker), qualification_type_id=QualificationTypeId(type_id)
    )


def hand_in(worker: Account, request_id: int, right: int, *, late_s: float = 0) -> operations.testing.Outcome:
    received_at = timezone.now()
    if late_s:
        received_at = QualificationRequest.objects.get(pk=request_id).deadline_at + timedelta(seconds=late_s)
    return operations.submit_test(
        worker_id=quals.worker(worker), request_id=QualificationRequestId(request_id),
        answer=quals.answer(request_id, right), received_at=received_at,
    )  # fmt: skip


def score_of(worker: Account, type_id: int) -> int | None:
    held = Qualification.objects.filter(worker_id=worker.pk, qualification_type_id=type_id, status="granted")
    return held.values_list("score", flat=True).first()


@pytest.mark.feature("W-55", "W-47")
def test_an_auto_granted_qualification_is_held_once_it_is_asked_for(worker: Account) -> None:
    type_id = quals.make_type("House rules", route=Route.AUTO, auto_granted_score=100)

    asked = ask(worker, type_id)

    assert (asked.status, asked.score) == (RequestStatus.GRANTED, 100)
    assert score_of(worker, type_id) == 100
    with pytest.raises(errors.AlreadyHeld):
        ask(worker, type_id)


@pytest.mark.feature("W-47")
@pytest.mark.parametrize(("score", "fits"), [(-1, False), (0, True), (100, True), (101, False)])
def test_scores_are_whole_numbers_from_0_to_100(worker: Account, score: int, fits: bool) -> None:
    type_id = quals.make_type()
    if fits:
        quals.give(worker, type_id, score)
        assert score_of(worker, type_id) == score
    else:
        with pytest.raises(errors.ScoreOutOfRange):
            quals.give(worker, type_id, score)


@pytest.mark.feature("W-54")
def test_an_agreement_grants_and_keeps_who_accepted_which_version_and_when(worker: Account) -> None:
    type_id = quals.make_type(
        "Confidential work", route=Route.AGREEMENT, agreement="Tell nobody.", auto_granted_score=100
    )
    first = QualificationAgreement.objects.get()
    operations.update_qualification_type(
        qualification_type_id=type_id, requester_id=None,
        terms=operations.TypeTerms(route=Route.AGREEMENT, agreement="Tell nobody, ever.", auto_granted_score=100),
    )  # fmt: skip
    second = QualificationAgreement.objects.latest("version")

    with pytest.raises(errors.AgreementFirst):
        ask(worker, type_id)
    with pytest.raises(errors.AgreementChanged):
        operations.accept_agreement(worker_id=quals.worker(worker), agreement_id=first.pk)
    assert not AgreementAcceptance.objects.exists()
    before = timezone.now()
    operations.accept_agreement(worker_id=quals.worker(worker), agreement_id=second.pk)

    accepted = AgreementAcceptance.objects.get()
    assert (accepted.worker_id, accepted.agreement.version, accepted.agreement.text) == (
        worker.pk, 2, "Tell nobody, ever.",
    )  # fmt: skip
    assert before <= accepted.at <= timezone.now()
    assert score_of(worker, type_id) == 100
    assert QualificationEvent.objects.get().inputs == {"version": 2}


@pytest.mark.feature("W-53", "M-136", "W-50")
@pytest.mark.parametrize(
    ("right", "status", "score"),
    [(4, RequestStatus.GRANTED, 100), (3, RequestStatus.GRANTED, 75), (2, RequestStatus.FAILED, 50)],
)
def test_a_test_grants_its_score_from_the_pass_mark_on(
    worker: Account, right: int, status: RequestStatus, score: int
) -> None:
    type_id = quals.make_test()
    begun = ask(worker, type_id)
    assert begun.status == RequestStatus.TAKING

    outcome = hand_in(worker, begun.request_id, right)

    assert (outcome.status, outcome.score, outcome.pass_score) == (status, score, 75)
    assert score_of(worker, type_id) == (score if status == RequestStatus.GRANTED else None)


@pytest.mark.feature("W-53")
def test_an_answer_short_of_something_changes_nothing(worker: Account) -> None:
    begun = ask(worker, quals.make_test())

    with pytest.raises(errors.AnswersMissing) as refused:
        operations.submit_test(
            worker_id=quals.worker(worker), request_id=begun.request_id,
            answer=quals.answer(begun.request_id, 4)[:-1], received_at=timezone.now(),
        )  # fmt: skip

    assert len(refused.value.problems) == 1
    assert QualificationRequest.objects.get().status == RequestStatus.TAKING


def test_a_second_window_goes_on_with_the_same_attempt(worker: Account) -> None:
    type_id = quals.make_test()
    first, second = ask(worker, type_id), ask(worker, type_id)
    assert first == second
    assert QualificationRequest.objects.count() == 1


def test_an_attempt_keeps_the_version_it_began_with(worker: Account) -> None:
    type_id = quals.make_test()
    begun = ask(worker, type_id)
    form, key = quals.written_test(8)
    operations.update_qualification_type(
        qualification_type_id=type_id, requester_id=None,
        terms=operations.TypeTerms(route=Route.TEST, pass_score=75, test=(form, key, 600)),
    )  # fmt: skip

    assert hand_in(worker, begun.request_id, 4).score == 100
    other = factories.make_worker()
    assert len(quals.answer(ask(other, type_id).request_id, 8)) == 8


def test_handed_in_twice_is_once_and_another_answer_is_refused(worker: Account) -> None:
    begun = ask(worker, quals.make_test())
    first = hand_in(worker, begun.request_id, 4)

    assert hand_in(worker, begun.request_id, 4) == first
    with pytest.raises(errors.TestHandedIn):
        hand_in(worker, begun.request_id, 3)
    assert QualificationEvent.objects.count() == 1


def test_in_the_last_moment_counts_and_a_moment_later_the_attempt_lapses(worker: Account) -> None:
    begun = ask(worker, quals.make_test())
    with pytest.raises(errors.TestOver):
        hand_in(worker, begun.request_id, 4, late_s=0.000001)
    assert QualificationRequest.objects.get().status == RequestStatus.LAPSED
    assert not Qualification.objects.exists()

    other = factories.make_worker()
    last = operations.submit_test(
        worker_id=quals.worker(other),
        request_id=(taken := ask(other, QualificationType.objects.get(name="Fluent in English").pk)).request_id,
        answer=quals.answer(taken.request_id, 4), received_at=taken.deadline_at or timezone.now(),
    )  # fmt: skip
    assert last.status == RequestStatus.GRANTED


def test_time_decides_by_reading_and_the_sweep_makes_it_good_after_its_grace(worker: Account) -> None:
    type_id = quals.make_test(retry_delay_s=0)
    first = ask(worker, type_id)
    over = timezone.now() - timedelta(seconds=1)
    QualificationRequest.objects.update(deadline_at=over)

    assert lapse_due() == 0, "an answer that arrived in time may still be on its way"
    with pytest.raises(errors.TestOver):
        operations.save_test_draft(worker_id=quals.worker(worker), request_id=first.request_id, answer=[])
    again = ask(worker, type_id)
    assert again.request_id != first.request_id
    assert QualificationRequest.objects.get(pk=first.request_id).status == RequestStatus.LAPSED

    QualificationRequest.objects.filter(pk=again.request_id).update(
        deadline_at=over - timedelta(seconds=LAPSE_GRACE_S)
    )
    assert (lapse_due(), lapse_due()) == (1, 0)


def test_what_is_typed_is_kept_while_the_test_is_taken(worker: Account) -> None:
    begun = ask(worker, quals.make_test())
    operations.save_test_draft(
        worker_id=quals.worker(worker), request_id=begun.request_id, answer=[("a", "b\0"), ("c", "\ud800")]
    )
    assert QualificationRequest.objects.get().answer == [["a", "b"], ["c", "?"]]
    with pytest.raises(NotFound):
        operations.save_test_draft(
            worker_id=quals.worker(factories.make_worker()), request_id=begun.request_id, answer=[]
        )
    with pytest.raises(errors.AnswersTooLarge):
        operations.save_test_draft(
            worker_id=quals.worker(worker), request_id=begun.request_id, answer=[("a", "x" * 300_000)]
        )


# Decisions of owners ---------------------------------------------------------------------------


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester()


def waiting(worker: Account, requester: Account, **terms: Any) -> QualificationRequestId:
    """A test that its owner grades, handed in."""
    type_id = quals.make_test(requester=requester, graded_by_owner=True, **terms)
    begun = ask(worker, type_id)
    assert hand_in(worker, begun.request_id, 3).status == RequestStatus.PENDING
    return begun.request_id


@pytest.mark.parametrize(
    ("score", "status"),
    [(75, RequestStatus.GRANTED), (None, RequestStatus.GRANTED), (74, RequestStatus.FAILED)],
)
def test_an_owner_grades_and_the_pass_mark_holds(
    worker: Account, requester: Account, score: int | None, status: RequestStatus
) -> None:
    request_id = waiting(worker, requester)
    assert not Qualification.objects.exists()

    decided = operations.accept_request(
        request_id=request_id, requester_id=RequesterId(requester.pk), score=score
    )

    row = QualificationRequest.objects.get()
    assert (decided, row.status, row.decided_by_id) == (status, status, requester.pk)
    assert score_of(worker, row.qualification_type_id) == (75 if status == RequestStatus.GRANTED else None)
    with pytest.raises(errors.RequestDecided):
        operations.refuse_request(request_id=request_id, requester_id=RequesterId(requester.pk))


def test_an_owner_refuses_with_words_and_a_stranger_decides_nothing(
    worker: Account, requester: Account
) -> None:
    request_id = waiting(worker, requester)
    stranger = factories.make_requester()
    for owner in (RequesterId(stranger.pk), None):
        with pytest.raises(NotFound):
            operations.accept_request(request_id=request_id, requester_id=owner, score=100)
        with pytest.raises(NotFound):
            operations.refuse_request(request_id=request_id, requester_id=owner)
    assert QualificationRequest.objects.get().status == RequestStatus.PENDING
    with pytest.raises(errors.AlreadyPending):
        ask(worker, QualificationRequest.objects.get().qualification_type_id)

    operations.refuse_request(
        request_id=request_id, requester_id=RequesterId(requester.pk), words="Too short.",
        actor_id=None,
    )  # fmt: skip

    row = QualificationRequest.objects.get()
    assert (row.status, row.words) == (RequestStatus.REFUSED, "Too short.")
    assert not Qualification.objects.exists()


# What is refused ---------------------------------------------------------------------------------


def refused(worker: Account, type_id: int, error: type[Refusal]) -> str:
    """The message; and nothing has changed."""
    before = QualificationRequest.objects.count()
    with pytest.raises(error) as raised:
        ask(worker, type_id)
    assert type(raised.value) is error
    assert QualificationRequest.objects.count() == before
    return str(raised.value)


@pytest.mark.feature("M-87")
@pytest.mark.parametrize("type_id", [system_types.MASTERS, system_types.HITS_APPROVED])
def test_masters_and_the_like_are_granted_automatically_and_cannot_be_requested(
    worker: Account, type_id: int
) -> None:
    words = refused(worker, type_id, errors.GrantedAutomatically)
    assert "granted automatically" in words
    assert type_id not in {each.qualification_type_id for each in ways(worker_id=quals.worker(worker))}


@pytest.mark.feature("W-50")
@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"route": Route.GRANT}, errors.CannotBeRequested),
        ({"route": Route.TASKS, "tasks_needed": 10}, errors.EarnedByTasks),
        ({"route": Route.AUTO, "status": TypeStatus.INACTIVE}, errors.QualificationNotOffered),
    ],
)
def test_what_cannot_be_asked_for_says_how_it_is_had(
    worker: Account, terms: dict[str, Any], error: type[Refusal]
) -> None:
    refused(worker, quals.make_type(**terms), error)


def test_unknown_and_disposed_types_are_not_there(worker: Account) -> None:
    type_id = quals.make_type(route=Route.AUTO)
    operations.dispose_qualification_type(qualification_type_id=type_id, requester_id=None)
    for number in (type_id, 10**9):
        refused(worker, number, NotFound)


def test_a_suspended_person_begins_nothing(worker: Account) -> None:
    type_id = quals.make_type(route=Route.AUTO)
    Account.objects.filter(pk=worker.pk).update(status=AccountStatus.SUSPENDED)
    refused(worker, type_id, errors.AccountNotActive)


@pytest.mark.feature("C-03", "C-01")
def test_a_project_qualification_opens_once_the_base_training_is_passed(worker: Account) -> None:
    base = quals.make_test("Translation basics")
    project = quals.make_type("Menus of Osaka", route=Route.AUTO, prerequisites=[(base, 80)])
    assert refused(worker, project, errors.PrerequisiteTooLow) == (
        "You need a score of 80 or more in Translation basics first."
    )
    quals.give(worker, base, 79)
    refused(worker, project, errors.PrerequisiteTooLow)

    quals.give(worker, base, 80)

    assert ask(worker, project).status == RequestStatus.GRANTED


def test_a_prerequisite_without_a_score_is_named(worker: Account) -> None:
    base = quals.make_type("Translation basics")
    project = quals.make_type("Menus of Osaka", route=Route.AUTO, prerequisites=[(base, None)])
    assert "Translation basics" in refused(worker, project, errors.PrerequisiteMissing)


@pytest.mark.feature("C-25")
def test_what_can_be_taken_once_is_refused_after_a_failure(worker: Account) -> None:
    type_id = quals.make_test()
    hand_in(worker, ask(worker, type_id).request_id, 0)
    assert "once only" in refused(worker, type_id, errors.OnceOnly)


@pytest.mark.feature("C-24", "C-26")
def test_the_waiting_time_ends_exactly_when_it_says(worker: Account) -> None:
    type_id = quals.make_test(retry_delay_s=7 * 86_400)
    hand_in(worker, ask(worker, type_id).request_id, 0)
    handed_in = QualificationRequest.objects.get().submitted_at
    words = refused(worker, type_id, errors.MayBeRepeatedFrom)
    assert words == f"This may be repeated from {errors.moment(handed_in + timedelta(days=7))}."

    def at(offset: str) -> None:
        """Let the attempt have ended so that the waiting time ends then, by this transaction's clock."""
        db.run(
            "UPDATE qualification_request SET submitted_at = now() - interval '7 days' + %(offset)s::interval"
            " WHERE status = 'failed'",
            offset=offset,
        )

    with transaction.atomic():
        at("1 microsecond")
        refused(worker, type_id, errors.MayBeRepeatedFrom)
        at("0")
        assert ask(worker, type_id).status == RequestStatus.TAKING


def test_the_time_that_is_shown_is_never_too_early(database: Database) -> None:
    at = timezone.now().replace(hour=9, minute=59, second=30, microsecond=0)
    assert "10 a.m." in errors.moment(at)
    assert "9:59 a.m." in errors.moment(at.replace(second=0))


def test_taken_away_by_its_owner_it_counts_as_tried(worker: Account) -> None:
    type_id = quals.make_type(route=Route.AUTO)
    ask(worker, type_id)
    operations.revoke_qualification(
        qualification_type_id=type_id, requester_id=None, worker_id=quals.worker(worker)
    )
    refused(worker, type_id, errors.OnceOnly)


def test_a_score_that_has_run_out_can_be_had_again(worker: Account) -> None:
    type_id = quals.make_type(route=Route.AUTO, validity_s=60)
    ask(worker, type_id)
    Qualification.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(worker, type_id).status == RequestStatus.GRANTED


# Who may --------------------------------------------------------------------------------------------

FITS: dict[str, Any] = {
    "country": "DE", "birth_date": quals.years_ago(30), "languages": ["de", "en"], "skills": "Welding, Typing",
}  # fmt: skip


@pytest.mark.feature("C-08")
@pytest.mark.parametrize(
    ("asked", "lacking", "words"),
    [
        ({"countries": ("DE", "AT")}, {"country": "FR"}, "It is for people in Germany, Austria."),
        ({"age_min": 30}, {"birth_date": quals.years_ago(29)}, "30 or older"),
        ({"age_max": 30}, {"birth_date": quals.years_ago(31)}, "30 or younger"),
        ({"age_min": 18, "age_max": 30}, {"birth_date": None}, "from 18 to 30"),
        ({"languages": ("de", "en")}, {"languages": ["de"]}, "German, English"),
        ({"skills": ("typing",)}, {"skills": "welding"}, "typing"),
    ],
)
def test_two_workers_who_differ_in_one_thing_see_different_lists(
    worker: Account, asked: dict[str, Any], lacking: dict[str, Any], words: str
) -> None:
    other = factories.make_worker()
    quals.tell(worker, **FITS)
    quals.tell(other, **FITS | lacking)
    type_id = quals.make_type("Dialects", route=Route.AUTO, eligibility=Eligibility(**asked).as_json())

    assert {person: _is_open(person, type_id) for person in (worker, other)} == {worker: True, other: False}
    assert words in refused(other, type_id, errors.NotEligible)
    assert ask(worker, type_id).status == RequestStatus.GRANTED


@pytest.mark.feature("C-08")
def test_two_workers_of_different_skill_level_see_different_lists(worker: Account) -> None:
    other = factories.make_worker()
    base = quals.make_type("Proofreading")
    quals.give(worker, base, 70)
    quals.give(other, base, 69)
    type_id = quals.make_type(
        "Legal texts", route=Route.AUTO, eligibility=Eligibility(needed=((base, 70),)).as_json()
    )

    assert (_is_open(worker, type_id), _is_open(other, type_id)) == (True, False)
    assert "Proofreading with a score of 70" in refused(other, type_id, errors.NotEligible)


def _is_open(worker: Account, type_id: int) -> bool:
    found = {each.qualification_type_id: each for each in ways(worker_id=quals.worker(worker))}
    return found[QualificationTypeId(type_id)].why_not() is None


def test_eligibility_is_kept_as_it_was_written() -> None:
    written = Eligibility(("DE",), 18, None, ("de",), ("typing",), ((5, 70),))
    assert Eligibility.from_json(written.as_json()) == written
    assert Eligibility().as_json() == {}


# What it opens ----------------------------------------------------------------------------------------


@pytest.mark.feature("W-08", "C-01", "M-136")
def test_passing_opens_the_tasks_that_ask_for_it_at_once(worker: Account) -> None:
    group = factories.publish(factories.make_requester(), 3)
    type_id = factories.require(group, name="Fluent", comparator="GreaterThanOrEqualTo", scores=[75])
    form, key = quals.written_test()
    operations.update_qualification_type(
        qualification_type_id=QualificationTypeId(type_id), requester_id=None,
        terms=operations.TypeTerms(route=Route.TEST, pass_score=75, test=(form, key, 600)),
    )  # fmt: skip
    search = Search()
    before = catalog.listing(worker_id=quals.worker(worker), search=search)
    assert (before.task_count, before.groups) == (0, [])

    hand_in(worker, ask(worker, type_id).request_id, 3)

    after = catalog.listing(worker_id=quals.worker(worker), search=search)
    assert after.task_count == 3
    assert [each.hit_type_id for each in after.groups] == [group.hit_type_id]
    factories.accept(worker, group)
