"""HITs made one by one, as the API does: their types, questions, money, tokens and events."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyhands.accounts.models import Account
from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import HITId, LayoutId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.fees import fee_on
from manyhands.ledger.models import FeeRule, Transfer
from manyhands.ledger.queries import balance_of
from manyhands.qualifications import system_types
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator
from manyhands.questions.errors import QuestionInvalid
from manyhands.work import errors
from manyhands.work.models import (
    HIT,
    Batch,
    HITEvent,
    HITReviewPolicy,
    HITType,
    Layout,
    QualificationRequirement,
    Question,
    RequestToken,
)
from manyhands.work.operations import batches, hits, questions, sweeping
from manyhands.work.operations.hit_types import make_hit_type
from manyhands.work.queries import content
from tests import factories
from tests.conftest import Database
from tests.factories import DAY_S, TERMS, new_hit


def test_the_same_terms_are_the_same_type_and_any_other_is_another(database: Database) -> None:
    requester, other = (RequesterId(factories.make_requester().pk) for _ in range(2))
    fluent = factories.make_qualification_type("Fluent")
    asked = [
        Requirement(fluent, Comparator.GREATER_THAN, (80,)),
        Requirement(system_types.LOCALE, Comparator.IN, ("US", "DE")),
    ]

    first = make_hit_type(requester_id=requester, terms=TERMS)
    assert make_hit_type(requester_id=requester, terms=TERMS) == first
    picky = make_hit_type(requester_id=requester, terms=TERMS, asked=asked)
    assert make_hit_type(requester_id=requester, terms=TERMS, asked=asked[::-1]) == picky

    changes: list[dict[str, Any]] = [
        {"title": "Other"},
        {"description": "Other"},
        {"keywords": "other"},
        {"reward_minor": 6},
        {"assignment_duration_s": 61},
        {"auto_approval_delay_s": 61},
    ]
    others = [make_hit_type(requester_id=requester, terms=replace(TERMS, **change)) for change in changes]
    others.append(make_hit_type(requester_id=other, terms=TERMS))
    assert len({first, picky, *others}) == 9
    rows = QualificationRequirement.objects.filter(hit_type_id=picky).order_by("comparator")
    assert [(each.qualification_type_id, each.comparator, each.scores) for each in rows] == [
        (fluent, "GreaterThan", [80]),
        (system_types.LOCALE, "In", ["US", "DE"]),
    ]
    branch = HITType.objects.select_related("sub_category__category").get(pk=first).sub_category
    assert (branch.category.slug, branch.slug) == ("uncategorised", "other")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 129}, "title"),
        ({"description": "x" * 2001}, "description"),
        ({"keywords": "x" * 1001}, "keywords"),
        ({"reward_minor": -1}, "reward_minor"),
        ({"assignment_duration_s": 29}, "assignment_duration_s"),
        ({"auto_approval_delay_s": 2_592_001}, "auto_approval_delay_s"),
    ],
)
def test_terms_outside_their_ranges_make_no_type(
    database: Database, change: dict[str, Any], field: str
) -> None:
    requester = RequesterId(factories.make_requester().pk)
    with pytest.raises(InvalidInput) as refused:
        make_hit_type(requester_id=requester, terms=replace(TERMS, **change))
    assert list(refused.value.errors) == [field]
    assert not HITType.objects.exists()


def test_what_cannot_be_asked_makes_no_type_and_what_can_no_longer_no_hit(database: Database) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)
    fluent = factories.make_qualification_type("Fluent")
    asked = [Requirement(fluent, Comparator.EXISTS)]
    for wrong in ([Requirement(fluent, Comparator.EXISTS, (1,))], [Requirement(fluent, Comparator.EQUAL_TO)]):
        with pytest.raises(InvalidInput):
            make_hit_type(requester_id=requester_id, terms=TERMS, asked=wrong)
    assert not HITType.objects.exists()

    hit_type_id = make_hit_type(requester_id=requester_id, terms=TERMS, asked=asked)
    hits.create_hit(requester_id=requester_id, hit_type_id=hit_type_id, new=new_hit())
    QualificationType.objects.filter(pk=fluent).update(status="inactive")
    with pytest.raises(errors.QualificationTypeNotActive):
        hits.create_hit(requester_id=requester_id, hit_type_id=hit_type_id, new=new_hit())
    with pytest.raises(InvalidInput):
        make_hit_type(requester_id=requester_id, terms=TERMS, asked=asked)
    assert HIT.objects.count() == 1


def made(requester: Account, **changes: Any) -> hits.Created:
    requester_id = RequesterId(requester.pk)
    hit_type_id = make_hit_type(requester_id=requester_id, terms=TERMS)
    return hits.create_hit(requester_id=requester_id, hit_type_id=hit_type_id, new=new_hit(**changes))


def test_a_hit_reserves_reward_and_fee_of_its_places_and_opens_them(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=100)
    before = timezone.now()
    created = made(requester, max_assignments=3, annotation="mine", lifetime_s=DAY_S)

    hit = HIT.objects.select_related("question", "batch").get(pk=created.hit_id)
    assert (hit.status, hit.available, hit.max_assignments, hit.fee_minor, hit.annotation, hit.input) == (
        "assignable", 3, 3, 1, "mine", {},
    )  # fmt: skip
    assert DAY_S - 5 < (hit.expires_at - before).total_seconds() < DAY_S + 5
    assert hit.question is not None
    assert hit.question.kind == "html"
    assert (hit.batch.source, hit.batch.status, hit.batch.name) == ("api", "published", TERMS.title)
    balance = balance_of(requester.pk)
    assert (balance.available_minor, balance.reserved_minor) == (100 - 18, 18)
    [reserved] = Transfer.objects.filter(purpose="reserve")
    assert (reserved.amount_minor, reserved.batch_id) == (18, created.batch_id)
    assert not HITEvent.objects.exists(), "nobody listens"
    assert HITType.objects.get(pk=created.hit_type_id).has_several_places
    assert first_difference() is None


def test_all_hits_of_a_type_stand_in_one_batch_and_share_an_equal_question(database: Database) -> None:
    requester = factories.make_requester()
    first, second = made(requester), made(requester)
    third = made(requester, question=questions.question_of_xml(factories.EXTERNAL_QUESTION))
    assert first.batch_id == second.batch_id == third.batch_id
    assert Batch.objects.count() == 1
    assert sorted(Question.objects.values_list("kind", flat=True)) == ["external", "html"]
    assert first_difference() is None


def test_after_its_batch_is_closed_a_type_gets_another(database: Database) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)
    first = made(requester)
    batches.expire_batch(requester_id=requester_id, batch_id=first.batch_id, actor_id=requester_id)
    batches.dispose_batch(requester_id=requester_id, batch_id=first.batch_id, actor_id=requester_id)
    assert made(requester).batch_id != first.batch_id
    assert first_difference() is None


def test_without_the_money_nothing_is_made(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=17)
    with pytest.raises(InsufficientFunds):
        made(requester, max_assignments=3, token="t")
    assert not HIT.objects.exists()
    assert not RequestToken.objects.exists()
    assert balance_of(requester.pk).available_minor == 17
    made(requester, max_assignments=2, token="t")  # the token was not used up


def test_a_type_of_somebody_else_is_not_there(database: Database) -> None:
    requester, stranger = factories.make_requester(), factories.make_requester()
    hit_type_id = make_hit_type(requester_id=RequesterId(requester.pk), terms=TERMS)
    with pytest.raises(NotFound):
        hits.create_hit(requester_id=RequesterId(stranger.pk), hit_type_id=hit_type_id, new=new_hit())
    assert not HIT.objects.exists()
    assert not Batch.objects.exists()


def test_a_suspended_requester_makes_nothing(database: Database) -> None:
    requester = factories.make_requester()
    Account.objects.filter(pk=requester.pk).update(status="suspended")
    with pytest.raises(errors.AccountNotActive):
        made(requester)
    assert not HIT.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lifetime_s": 29}, "lifetime_s"),
        ({"max_assignments": 0}, "max_assignments"),
        ({"max_assignments": 1_000_000_001}, "max_assignments"),
        ({"annotation": "x" * 256}, "annotation"),
        ({"token": ""}, "token"),
        ({"token": "x" * 65}, "token"),
    ],
)
def test_what_lies_outside_its_range_makes_no_hit(
    database: Database, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(factories.make_requester(), **change)
    assert list(refused.value.errors) == [field]
    assert not HIT.objects.exists()


def test_a_token_used_within_a_day_names_the_hit_it_made(database: Database) -> None:
    requester, other = factories.make_requester(), factories.make_requester()
    first = made(requester, token="t")
    with pytest.raises(errors.RequestRepeated) as refused:
        made(requester, token="t", max_assignments=2)
    assert refused.value.result_id == first.hit_id
    made(other, token="t")
    assert HIT.objects.count() == 2

    RequestToken.objects.filter(requester_id=requester.pk).update(at=timezone.now() - timedelta(hours=25))
    again = made(requester, token="t")
    with pytest.raises(errors.RequestRepeated) as refused:
        made(requester, token="t")
    assert refused.value.result_id == again.hit_id
    assert first_difference() is None


def test_tokens_are_forgotten_after_a_day(database: Database) -> None:
    requester = factories.make_requester()
    made(requester, token="old")
    RequestToken.objects.update(at=timezone.now() - timedelta(hours=25))
    made(requester, token="new")
    assert sweeping.forget_tokens() == 1
    assert list(RequestToken.objects.values_list("token", flat=True)) == ["new"]


def test_rules_of_review_are_kept_and_a_hit_judged_as_a_whole_is_told_of(database: Database) -> None:
    requester = factories.make_requester()
    policy = {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": []}
    created = made(requester, policies={"HIT": policy})
    [kept] = HITReviewPolicy.objects.all()
    assert (kept.hit_id, kept.level, kept.policy) == (created.hit_id, "HIT", policy)
    assert HITType.objects.get(pk=created.hit_type_id).keeps_events
    assert list(HITEvent.objects.values_list("hit_id", "kind")) == [(created.hit_id, "created")]


def test_what_happens_to_a_watched_hit_is_told_in_order(database: Database) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)
    worker = factories.make_worker()
    hit_type_id = make_hit_type(requester_id=requester_id, terms=TERMS)
    HITType.objects.filter(pk=hit_type_id).update(keeps_events=True)
    made_ = made(requester)
    accepted = factories.accept(worker, factories.of_hit(made_))
    factories.submit(worker, accepted.assignment_id)
    one = {"requester_id": requester_id, "batch_id": made_.batch_id, "actor_id": requester_id}
    batches.extend_batch(**one, more_assignments=1, hit_id=made_.hit_id)
    batches.expire_batch(**one, hit_id=made_.hit_id)
    batches.expire_batch(**one, hit_id=made_.hit_id)
    told = HITEvent.objects.filter(hit_id=made_.hit_id).order_by("id").values_list("kind", flat=True)
    assert list(told) == ["created", "reviewable", "extended", "expired", "reviewable"]


def test_a_worker_gets_the_question_of_the_hit(database: Database) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    created = made(requester)
    accepted = factories.accept(worker, factories.of_hit(created))
    assert (accepted.hit_id, accepted.layout_id, accepted.input) == (created.hit_id, None, {})
    task = content.assignment_task(assignment_id=accepted.assignment_id, worker_id=WorkerId(worker.pk))
    assert task is not None
    assert task.question_id == accepted.question_id is not None
    found = content.question(question_id=task.question_id)
    assert found == content.Question("html", factories.HTML_QUESTION)
    assert content.hit_task(hit_id=HITId(created.hit_id)) == content.HITTask(None, task.question_id, {})


@pytest.fixture
def layout(database: Database) -> tuple[RequesterId, LayoutId]:
    requester = factories.make_requester()
    factories.make_project(requester, html="<p>${word} in ${place}</p><input name=a value='${word}'>")
    return RequesterId(requester.pk), LayoutId(Layout.objects.get().pk)


def test_a_hit_layout_is_filled_with_exactly_its_parameters(layout: tuple[RequesterId, LayoutId]) -> None:
    requester_id, layout_id = layout
    asked = questions.question_of_layout(
        requester_id=requester_id, layout_id=layout_id, parameters={"word": "<b>]]></b>", "place": "here"}
    )
    assert asked.kind == "html"
    assert asked.layout_id == layout_id
    assert "<p><b>]]]]><![CDATA[></b> in here</p>" in asked.content

    for parameters in ({"word": "x"}, {"word": "x", "place": "y", "more": "z"}, {}):
        with pytest.raises(InvalidInput):
            questions.question_of_layout(
                requester_id=requester_id, layout_id=layout_id, parameters=parameters
            )
    with pytest.raises(NotFound):
        questions.question_of_layout(
            requester_id=RequesterId(requester_id + 1), layout_id=layout_id, parameters={}
        )
    with pytest.raises(errors.QuestionTooLarge):
        questions.question_of_layout(
            requester_id=requester_id,
            layout_id=layout_id,
            parameters={"word": "x" * 65_000, "place": "y" * 600},
        )


def test_a_question_has_at_most_65535_bytes(database: Database) -> None:
    with pytest.raises(errors.QuestionTooLarge):
        questions.question_of_xml(factories.HTML_QUESTION.replace("word", "ж" * 33_000))
    with pytest.raises(QuestionInvalid):
        questions.question_of_xml("<Question/>")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reward=st.integers(0, 10_000_000),
    percent=st.decimals(0, 100, places=3),
    fixed=st.integers(0, 500),
    minimum=st.integers(0, 500),
)
def test_the_fee_in_sql_is_the_fee_in_python(
    database: Database, reward: int, percent: Decimal, fixed: int, minimum: int
) -> None:
    FeeRule.objects.all().delete()
    rule = FeeRule.objects.create(
        payer_side="requester", percent=percent, fixed_minor=fixed, minimum_minor=minimum
    )
    rule.refresh_from_db()
    fee = sql.load("manyhands.ledger", "requester_fee")
    found = db.one(
        int,
        "WITH priced AS (SELECT %(reward)s::integer AS reward_minor), "  # type: ignore[arg-type]
        + fee
        + " SELECT fee_minor FROM fee",
        reward=reward,
    )
    assert found == fee_on(rule, reward)
