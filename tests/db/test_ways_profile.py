"""Premium qualifications: optional answers, consent, removal, and what follows from each."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import manyhands
from manyhands.accounts.models import Account
from manyhands.accounts.own_data import SECTIONS
from manyhands.catalog import market
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import errors
from manyhands.qualifications.models import (
    ProfileAnswer,
    ProfileConsent,
    ProfileRule,
    Qualification,
    QualificationEvent,
    QualificationType,
)
from manyhands.qualifications.operations import profile
from manyhands.qualifications.profile_questions import QUESTIONS
from manyhands.work.models import QualificationRequirement
from tests import factories, quals
from tests.conftest import Database


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker()


def say(worker: Account, *, consents: bool = True, **answers: Sequence[str]) -> None:
    named = {name.replace("_", "-"): options for name, options in answers.items()}
    profile.answer_profile(worker_id=quals.worker(worker), answers=named, consents=consents)


def held(worker: Account) -> dict[str, int]:
    rows = Qualification.objects.filter(worker_id=worker.pk, status="granted")
    return dict(rows.values_list("qualification_type__name", "score"))


def type_of(name: str) -> QualificationTypeId:
    return QualificationTypeId(QualificationType.objects.get(name=name, requester=None).pk)


def test_every_answer_that_is_offered_gives_something(database: Database) -> None:
    offered = {(question.key, option.key) for question in QUESTIONS for option in question.options}
    assert set(ProfileRule.objects.values_list("question", "option")) == offered


@pytest.mark.feature("M-90", "M-94", "M-92")
def test_an_answer_gives_its_premium_qualification_at_once_and_the_rest_may_stay_open(
    worker: Account,
) -> None:
    say(worker, age=["25-34"], devices=["iphone", "mac"])

    assert held(worker) == {"Age: 25 to 34": 100, "Device: iPhone": 100, "Device: Mac": 100}
    assert set(QualificationEvent.objects.values_list("reason", flat=True)) == {"profile"}


@pytest.mark.feature("M-95")
def test_changed_answers_change_the_premium_qualifications_and_their_scores(worker: Account) -> None:
    say(worker, age=["18-24"], education=["school"])
    say(worker, age=["25-34"], education=["bachelor"])

    assert held(worker) == {"Age: 25 to 34": 100, "Education": 60}
    steps = QualificationEvent.objects.filter(qualification_type__name="Education")
    assert list(steps.order_by("id").values_list("score_before", "score_after")) == [(None, 20), (20, 60)]


@pytest.mark.feature("M-91")
def test_some_questions_are_for_one_country_only(worker: Account) -> None:
    quals.tell(worker, country="DE")
    with pytest.raises(NotFound):
        say(worker, jp_region=["kanto"])
    assert held(worker) == {}

    other = factories.make_worker()
    quals.tell(other, country="JP")
    say(other, jp_region=["kanto"])
    assert held(other) == {"Part of Japan: Kanto": 100}


@pytest.mark.feature("M-93", "M-97")
def test_some_tasks_are_there_only_for_those_who_answered(worker: Account) -> None:
    group = factories.publish(factories.make_requester(), 2)
    QualificationRequirement.objects.create(
        hit_type_id=group.hit_type_id, qualification_type_id=type_of("Device: iPhone"), comparator="Exists",
        scores=[], actions_guarded="DiscoverPreviewAndAccept",
    )  # fmt: skip
    market.forget()
    search = Search(unqualified=True)
    assert catalog.listing(worker_id=quals.worker(worker), search=search).found_count == 0

    say(worker, devices=["iphone"])

    assert catalog.listing(worker_id=quals.worker(worker), search=search).found_count == 1


@pytest.mark.feature("M-97", "M-98")
def test_nothing_is_kept_without_consent_and_the_consent_is_recorded(worker: Account) -> None:
    with pytest.raises(errors.ConsentNeeded):
        say(worker, consents=False, age=["25-34"])
    assert not ProfileAnswer.objects.exists()

    say(worker, age=["25-34"])
    say(worker, consents=False, gender=["other"])  # given before, it holds

    consent = ProfileConsent.objects.get()
    assert (consent.worker_id, consent.version, consent.revoked_at) == (worker.pk, "1", None)


@pytest.mark.feature("M-97")
def test_answers_are_read_by_matching_and_by_their_owner_and_by_nothing_else() -> None:
    """Only the qualifications domain knows the table; others see scores, as of any qualification."""
    root = Path(manyhands.__file__).parent
    readers = {
        path.relative_to(root).parts[0]
        for path in [*root.rglob("*.py"), *root.rglob("*.sql")]
        if "profile_answer" in (text := path.read_text(encoding="utf-8")) or "ProfileAnswer" in text
    }
    assert readers == {"qualifications"}


@pytest.mark.feature("M-96")
def test_any_premium_qualification_is_removed_on_request_and_does_not_come_back(worker: Account) -> None:
    say(worker, age=["25-34"], devices=["iphone", "mac"])

    profile.remove_premium(worker_id=quals.worker(worker), qualification_type_id=type_of("Device: iPhone"))

    assert held(worker) == {"Age: 25 to 34": 100, "Device: Mac": 100}
    assert QualificationEvent.objects.latest("id").reason == "removed"
    say(worker, gender=["other"])
    assert "Device: iPhone" not in held(worker)


def test_only_premium_qualifications_one_holds_are_removed(worker: Account) -> None:
    mine = quals.make_type("Fluent")
    quals.give(worker, mine)
    for type_id in (mine, type_of("Device: iPhone")):
        with pytest.raises(NotFound):
            profile.remove_premium(worker_id=quals.worker(worker), qualification_type_id=type_id)
    assert held(worker) == {"Fluent": 80}


@pytest.mark.feature("M-98")
def test_revoking_the_consent_takes_all_of_them_and_the_answers(worker: Account) -> None:
    other = factories.make_worker()
    kept = quals.make_type("Fluent")
    quals.give(worker, kept)
    for person in (worker, other):
        say(person, age=["25-34"], education=["doctorate"])

    profile.revoke_consent(worker_id=quals.worker(worker))
    profile.revoke_consent(worker_id=quals.worker(worker))

    assert held(worker) == {"Fluent": 80}
    assert not ProfileAnswer.objects.filter(worker_id=worker.pk).exists()
    assert ProfileConsent.objects.get(worker_id=worker.pk).revoked_at is not None
    assert held(other) == {"Age: 25 to 34": 100, "Education": 100}
    with pytest.raises(errors.ConsentNeeded):
        say(worker, consents=False, age=["25-34"])


@pytest.mark.feature("M-92")
def test_an_answer_can_be_taken_back(worker: Account) -> None:
    say(worker, age=["25-34"], gender=["male"])
    say(worker, gender=[])
    assert held(worker) == {"Age: 25 to 34": 100}


@pytest.mark.parametrize(
    "answers", [{"age": ["25-34", "35-44"]}, {"age": ["of age"]}, {"devices": ["iphone", "toaster"]}]
)
def test_only_what_is_offered_is_taken(worker: Account, answers: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput):
        say(worker, **answers)
    assert not ProfileAnswer.objects.exists()


def test_a_person_gets_a_copy_of_what_they_told(worker: Account) -> None:
    say(worker, age=["25-34"])
    statement = next(each.statement for each in SECTIONS if each.name == "profile_answers")
    (row,) = db.many(lambda row: row, statement, account_id=worker.pk)
    assert (row["question"], row["option"]) == ("age", "25-34")
