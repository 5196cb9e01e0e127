"""HIT types and HITs through the API, as unmodified clients call it: every operation and documented error."""

from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.exceptions
import pytest
from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.qualifications.models import QualificationType
from manyhands.work.models import HIT, Batch, HITReviewPolicy, HITType, Layout, RequestToken
from manyhands.work.operations import batches, reviewing
from tests import factories
from tests.conftest import Database
from tests.factories import EXTERNAL_QUESTION, HTML_QUESTION
from tests.harness.mturk import boto, make_key
from tests.harness.mturk_client import TERMS, Client
from tests.harness.servers import LiveServer

LOCALE = "00000000000000000071"
NO_FUNDS = (
    "This Requester has insufficient funds in their account to complete this transaction. Please visit "
    "https://requester.mturk.com/prepayments/new to purchase Prepaid HITs."
)


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 1_000_000)
    requester = factories.make_requester(deposit_minor=1_000_00)
    return Client(requester, make_key(requester))


def test_boto3_makes_reads_lists_extends_ends_and_deletes_a_hit(
    database: Database, live_server: LiveServer
) -> None:
    requester = factories.make_requester(deposit_minor=1_000_00)
    mturk = boto(make_key(requester), live_server.url)

    type_id = mturk.create_hit_type(**TERMS)["HITTypeId"]
    made = mturk.create_hit(**TERMS, LifetimeInSeconds=3600, Question=HTML_QUESTION, MaxAssignments=2)["HIT"]
    assert made["HITTypeId"] == type_id
    assert made["Reward"] == "0.50"
    assert made["CreationTime"].tzinfo is not None
    assert mturk.get_hit(HITId=made["HITId"])["HIT"] == made
    second = mturk.create_hit_with_hit_type(
        HITTypeId=type_id, LifetimeInSeconds=34, Question=EXTERNAL_QUESTION, RequesterAnnotation="mine"
    )["HIT"]
    pages = mturk.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 1})
    assert [hit["HITId"] for page in pages for hit in page["HITs"]] == [second["HITId"], made["HITId"]]

    mturk.create_additional_assignments_for_hit(
        HITId=made["HITId"], NumberOfAdditionalAssignments=3, UniqueRequestToken="more"
    )
    assert mturk.get_hit(HITId=made["HITId"])["HIT"]["NumberOfAssignmentsAvailable"] == 5
    with pytest.raises(mturk.exceptions.RequestError) as refused:
        mturk.delete_hit(HITId=made["HITId"])
    assert refused.value.response["TurkErrorCode"] == "AWS.MechanicalTurk.InvalidHITState"
    mturk.update_expiration_for_hit(HITId=made["HITId"], ExpireAt=0)
    mturk.delete_hit(HITId=made["HITId"])
    with pytest.raises(mturk.exceptions.RequestError, match="currently in the state 'Disposed'"):
        mturk.delete_hit(HITId=made["HITId"])
    with pytest.raises(mturk.exceptions.RequestError, match=r"Hit 3[A-Z0-9]{29} does not exist\."):
        mturk.get_hit(HITId=ids.encode("hit", 999_999))
    with pytest.raises(botocore.exceptions.ClientError) as invalid:
        mturk.get_hit(HITId="dud")
    assert invalid.value.response["Error"]["Code"] == "ValidationException"
    assert first_difference() is None


# Types --------------------------------------------------------------------------------------------


def test_the_same_seven_values_are_one_type_however_the_reward_is_written(client: Client) -> None:
    asked = [
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "LocaleValues": [{"Country": "US"}]},
        {"QualificationTypeId": "000000000000000000L0", "Comparator": "GreaterThan", "IntegerValues": [90]},
    ]
    first = client("CreateHITType", **TERMS, QualificationRequirements=asked)
    again = client(
        "CreateHITType", **(TERMS | {"Reward": "0.50"}), QualificationRequirements=list(reversed(asked))
    )
    assert first == again
    assert client("CreateHITType", **TERMS) != first
    default = {name: value for name, value in TERMS.items() if name != "AutoApprovalDelayInSeconds"}
    client("CreateHITType", **default)
    assert HITType.objects.latest("id").auto_approval_delay_s == 2_592_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Title", ""),
        ("Title", "x" * 129),
        ("Description", "x" * 2001),
        ("Keywords", "x" * 1001),
        ("AssignmentDurationInSeconds", 29),
        ("AssignmentDurationInSeconds", 31_536_001),
        ("AutoApprovalDelayInSeconds", -1),
        ("AutoApprovalDelayInSeconds", 2_592_001),
        ("Reward", "100000000"),
    ],
)
def test_values_out_of_bounds_make_no_type(client: Client, name: str, value: object) -> None:
    fault = client.fault("CreateHITType", **(TERMS | {name: value}))
    assert fault[:2] == ("ParameterValidationError", "InvalidParameterValue")
    assert fault[2].startswith(f'The value "{str(value)[:1000]}')
    assert fault[2].endswith(f'" is not valid for the parameter {name}.')
    assert not HITType.objects.exists()


def test_a_reward_of_nothing_is_a_reward(client: Client) -> None:
    assert client.create(Reward="0.00")["Reward"] == "0.00"


def test_requirements_come_back_with_their_defaults(client: Client) -> None:
    mine = factories.make_qualification_type("Fluent", client.requester)
    public = ids.encode("qualification_type", mine)
    asked = [
        {"QualificationTypeId": public, "Comparator": "In", "IntegerValues": [1, 2], "RequiredToPreview": True},
        {
            "QualificationTypeId": LOCALE, "Comparator": "EqualTo",
            "LocaleValues": [{"Country": "US", "Subdivision": "CA"}, {"Country": "DE"}],
            "ActionsGuarded": "DiscoverPreviewAndAccept",
        },
    ]  # fmt: skip
    made = client.create(QualificationRequirements=asked)
    guards = {"RequiredToPreview": True, "ActionsGuarded": "PreviewAndAccept"}
    # As they were asked, in that order.
    assert made["QualificationRequirements"] == [asked[0] | guards, asked[1] | {"RequiredToPreview": True}]
    plain = client.create(
        QualificationRequirements=[{"QualificationTypeId": public, "Comparator": "Exists"}]
    )["QualificationRequirements"]
    assert plain == [
        {
            "QualificationTypeId": public, "Comparator": "Exists", "RequiredToPreview": False,
            "ActionsGuarded": "Accept",
        }
    ]  # fmt: skip
    listed = client("ListHITsForQualificationType", QualificationTypeId=public)
    assert listed["NumResults"] == 2


def test_requirements_that_cannot_be_asked_are_named(client: Client) -> None:
    mine = factories.make_qualification_type("Fluent", client.requester)
    public, unknown = (ids.encode("qualification_type", number) for number in (mine, mine + 99))

    def fault(**asked: Any) -> tuple[str, str, str]:
        return client.fault("CreateHITType", **TERMS, QualificationRequirements=[asked])

    gone = "QualificationTypeDoesNotExist"
    for public_id in (unknown, "3NONSENSE"):
        assert fault(QualificationTypeId=public_id, Comparator="Exists") == (
            "RequestError", gone, f"QualificationType {public_id} does not exist.",
        )  # fmt: skip
    kind, code, _ = fault(QualificationTypeId=public, Comparator="EqualTo")
    assert (kind, code) == ("ParameterValidationError", "InvalidParameterValue")
    made = client.create(QualificationRequirements=[{"QualificationTypeId": public, "Comparator": "Exists"}])
    QualificationType.objects.filter(pk=mine).update(status="inactive")
    state = ("RequestError", "InvalidQualificationTypeState")
    assert fault(QualificationTypeId=public, Comparator="Exists")[:2] == state
    again = {"LifetimeInSeconds": 60, "Question": HTML_QUESTION}
    assert client.fault("CreateHITWithHITType", HITTypeId=made["HITTypeId"], **again)[:2] == state


# HITs ---------------------------------------------------------------------------------------------


def test_a_hit_is_shown_whole_and_the_same_ever_after(client: Client) -> None:
    made = client.create(MaxAssignments=3, RequesterAnnotation="mine", UniqueRequestToken="t")
    assert made["Question"] == HTML_QUESTION
    assert made["Expiration"] == pytest.approx(made["CreationTime"] + 3600, abs=2)
    shown = {name: made[name] for name in made if name not in {"HITId", "HITTypeId", "HITGroupId"}}
    for changing in ("CreationTime", "Expiration", "Question"):
        del shown[changing]
    assert shown == {
        **TERMS, "Reward": "0.50", "HITStatus": "Assignable", "MaxAssignments": 3,
        "RequesterAnnotation": "mine", "QualificationRequirements": [], "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": 0, "NumberOfAssignmentsAvailable": 3,
        "NumberOfAssignmentsCompleted": 0,
    }  # fmt: skip
    assert client.hit(made["HITId"]) == made
    assert client("ListHITs")["HITs"] == [made]
    assert balance_of(client.requester.pk).reserved_minor == 180
    assert client("GetAccountBalance") == {"AvailableBalance": "998.20", "OnHoldBalance": "1.80"}


def test_without_keywords_and_annotation_neither_is_shown(client: Client) -> None:
    made = client.create(Keywords="")
    assert not {"Keywords", "RequesterAnnotation", "HITLayoutId"} & set(made)


def test_counters_follow_the_life_of_a_hit(client: Client) -> None:
    hit = client.create(MaxAssignments=5)
    group, people = client.group(hit), [factories.make_worker() for _ in range(5)]

    def counters() -> tuple[str, int, int, int]:
        now = client.hit(hit["HITId"])
        names = ("Available", "Pending", "Completed")
        return (now["HITStatus"], *(now[f"NumberOfAssignments{name}"] for name in names))

    assert counters() == ("Assignable", 5, 0, 0)
    held = [factories.accept(worker, group).assignment_id for worker in people[:3]]
    assert counters() == ("Assignable", 2, 3, 0)
    held += [factories.accept(worker, group).assignment_id for worker in people[3:]]
    for worker, assignment_id in zip(people[:2], held[:2], strict=True):
        factories.submit(worker, assignment_id)
    assert counters() == ("Unassignable", 0, 3, 0)
    factories.give_back(people[2], held[2])
    assert counters() == ("Assignable", 1, 2, 0)
    held[2] = factories.accept(people[2], group).assignment_id
    for worker, assignment_id in zip(people[2:], held[2:], strict=True):
        factories.submit(worker, assignment_id)
    assert counters() == ("Reviewable", 0, 0, 0)
    me = RequesterId(client.requester.pk)
    reviewing.approve(requester_id=me, assignment_ids=held[:2], actor_id=me)
    reviewing.reject(requester_id=me, assignment_ids=held[2:3], actor_id=me, reason="wrong", words="No.")
    assert counters() == ("Reviewable", 0, 0, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LifetimeInSeconds", 29),
        ("LifetimeInSeconds", 31_536_001),
        ("MaxAssignments", 0),
        ("MaxAssignments", 1_000_000_001),
        ("RequesterAnnotation", "x" * 256),
    ],
)
def test_values_out_of_bounds_make_no_hit(client: Client, name: str, value: object) -> None:
    given = TERMS | {"LifetimeInSeconds": 60, "Question": HTML_QUESTION, name: value}
    assert client.fault("CreateHIT", **given) == (
        "ParameterValidationError",
        "InvalidParameterValue",
        f'The value "{value}" is not valid for the parameter {name}.',
    )
    assert not HIT.objects.exists()
    assert not Batch.objects.exists()


def test_money_that_is_not_there_makes_no_hit(client: Client) -> None:
    asked = TERMS | {"LifetimeInSeconds": 60, "Question": HTML_QUESTION, "MaxAssignments": 1667}
    assert client.fault("CreateHIT", **asked) == ("RequestError", "InsufficientFunds", NO_FUNDS)
    assert not HIT.objects.exists()
    client.create(MaxAssignments=1666)


def test_a_key_spends_no_more_than_its_limit(client: Client) -> None:
    limited = Client(client.requester, make_key(client.requester, spend_limit_minor=130))
    hit = limited.create(MaxAssignments=2)  # 1.20
    for operation, given in (
        ("CreateHIT", TERMS | {"LifetimeInSeconds": 60, "Question": HTML_QUESTION}),
        ("CreateAdditionalAssignmentsForHIT", {"HITId": hit["HITId"], "NumberOfAdditionalAssignments": 1}),
    ):
        assert limited.fault(operation, **given)[:2] == ("RequestError", "InsufficientFunds")
    assert HIT.objects.count() == 1


def test_a_token_makes_one_hit_within_a_day(client: Client) -> None:
    made = client.create(UniqueRequestToken="otree_1")
    repeated = ("RequestError", "HitAlreadyExists", f'The HIT with ID "{made["HITId"]}" already exists.')
    again = {"LifetimeInSeconds": 60, "Question": EXTERNAL_QUESTION, "UniqueRequestToken": "otree_1"}
    assert client.fault("CreateHIT", **TERMS, **again) == repeated
    assert client.fault("CreateHITWithHITType", HITTypeId=made["HITTypeId"], **again) == repeated
    RequestToken.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    assert client.create(UniqueRequestToken="otree_1")["HITId"] != made["HITId"]


def test_an_unknown_type_makes_no_hit(client: Client) -> None:
    other = factories.create_hit(factories.make_requester())
    for public in (ids.encode("hit_type", 99_999), ids.encode("hit_type", other.hit_type_id), "3XYZ"):
        given = {"HITTypeId": public, "LifetimeInSeconds": 60, "Question": HTML_QUESTION}
        fault = client.fault("CreateHITWithHITType", **given)
        assert (fault[0], fault[2]) == ("RequestError", f"HITType {public} does not exist.")


@pytest.mark.parametrize(
    ("question", "code", "beginning"),
    [
        ("", "InvalidParameterValue", "Your request parameter Question has a minimum length of 1."),
        (
            "x" * 65_536,
            "InvalidParameterValue",
            "Your request parameter Question has a maximum length of 65535.",
        ),
        (
            "<HTMLQuestion>",
            "XMLParseError",
            (
                "There was an error parsing the XML question or answer data in your request.  Please make sure the "
                "data is well-formed and validates against the appropriate schema. Details: "
            ),
        ),
        (
            HTML_QUESTION.replace("<form", "<p").replace("<input", "<p"),
            "XHTMLParseError",
            (
                "There was an error parsing the HTML5 data in your request.  Please make sure the data is "
                "well-formed and validates as HTML5.  Details: "
            ),
        ),
    ],
)
def test_a_question_that_is_none_says_why(client: Client, question: str, code: str, beginning: str) -> None:
    fault = client.fault("CreateHIT", **TERMS, LifetimeInSeconds=60, Question=question)
    assert fault[:2] == ("ParameterValidationError", code)
    assert fault[2].startswith(beginning)


def test_a_hit_asks_either_its_question_or_a_layout(client: Client) -> None:
    layout_id = _layout(client.requester, "<p>${word}</p><input name='a'>")
    both = {"Question": HTML_QUESTION, "HITLayoutId": layout_id}
    for given in ({}, both):
        fault = client.fault("CreateHIT", **TERMS, LifetimeInSeconds=60, **given)
        assert fault[2] == "Your request must contain exactly one of Question and HITLayoutId."


def _layout(requester: Account, html: str) -> str:
    project_id = factories.make_project(requester, html=html)
    return ids.encode("layout", Layout.objects.get(project_id=project_id).pk)


def test_a_layout_is_filled_with_exactly_its_parameters(client: Client) -> None:
    layout_id = _layout(client.requester, "<p>${word}</p><input name='a'>")
    word = {"Name": "word", "Value": "<b>cat</b>"}
    made = client(
        "CreateHIT", **TERMS, LifetimeInSeconds=60, HITLayoutId=layout_id, HITLayoutParameters=[word]
    )
    assert made["HIT"]["HITLayoutId"] == layout_id
    assert made["HIT"]["Question"].startswith("<HTMLQuestion ")
    assert "<p><b>cat</b></p>" in made["HIT"]["Question"]
    for wrong in ([], [word, {"Name": "more", "Value": "x"}]):
        fault = client.fault(
            "CreateHIT", **TERMS, LifetimeInSeconds=60, HITLayoutId=layout_id, HITLayoutParameters=wrong
        )
        assert fault[:2] == ("ParameterValidationError", "InvalidParameterValue")
        assert "HITLayoutParameters" in fault[2]
    strangers = _layout(factories.make_requester(), "<input name='a'>")
    for unknown in ("3NOLAYOUT", strangers):
        fault = client.fault("CreateHIT", **TERMS, LifetimeInSeconds=60, HITLayoutId=unknown)
        assert fault[2] == f"HITLayout {unknown} does not exist."


def test_review_policies_are_kept_and_unknown_ones_refused(client: Client) -> None:
    policies = {
        "AssignmentReviewPolicy": {
            "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
            "Parameters": [{"Key": "AnswerKey", "MapEntries": [{"Key": "a", "Values": ["b"]}]}],
        },
        "HITReviewPolicy": {
            "PolicyName": "SimplePlurality/2011-09-01",
            "Parameters": [
                {"Key": "QuestionIds", "Values": ["a"]},
                {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
            ],
        },
    }
    client.create(**policies)
    kept = HITReviewPolicy.objects.order_by("level").values_list("level", "policy")
    assert dict(kept) == {
        "Assignment": policies["AssignmentReviewPolicy"],
        "HIT": policies["HITReviewPolicy"],
    }
    fault = client.fault(
        "CreateHIT", **TERMS, LifetimeInSeconds=60, Question=HTML_QUESTION,
        HITReviewPolicy={"PolicyName": "MyPolicy/2011-09-01"},
    )  # fmt: skip
    assert fault[2] == 'The value "MyPolicy/2011-09-01" is not valid for the parameter PolicyName.'


def test_a_task_of_a_file_is_shown_with_its_row_filled_in(client: Client) -> None:
    group = factories.publish(
        client.requester, [{"word": "Tom & <Jerry>"}], html="<p>${word}</p><input name='a'>", reward_minor=10
    )
    shown = client.hit(ids.encode("hit", group.hit_ids[0]))
    assert "<p>Tom &amp; &lt;Jerry&gt;</p>" in shown["Question"]
    assert shown["RequesterAnnotation"] == f"BatchId:{ids.encode('batch', group.batch_id)};"
    assert shown["Reward"] == "0.10"
    # Another one of its type may be made with a question of its own.
    made = client(
        "CreateHITWithHITType", HITTypeId=shown["HITTypeId"], LifetimeInSeconds=60, Question=HTML_QUESTION
    )["HIT"]
    assert made["Question"] == HTML_QUESTION
    assert made["HITTypeId"] == shown["HITTypeId"]
    assert first_difference() is None


# Lists --------------------------------------------------------------------------------------------


def test_lists_come_in_pages_newest_first_until_an_empty_one(client: Client) -> None:
    factories.create_hit(factories.make_requester())
    made = [client.create(Title=f"Words {number % 3}")["HITId"] for number in range(12)]
    first = client("ListHITs")
    assert first["NumResults"] == 10
    second = client("ListHITs", NextToken=first["NextToken"])
    last = client("ListHITs", NextToken=second["NextToken"])
    assert last == {"HITs": [], "NumResults": 0}
    seen = [hit["HITId"] for page in (first, second) for hit in page["HITs"]]
    assert seen == made[::-1]
    assert client.fault("ListHITs", NextToken="p1:nonsense")[0] == "ParameterValidationError"
    assert client.fault("ListReviewableHITs", NextToken=first["NextToken"])[0] == "ParameterValidationError"
    assert client.fault("ListHITs", MaxResults=101)[0] == "ValidationException"


def test_reviewable_hits_are_listed_by_type_and_state(client: Client) -> None:
    first, second, third = (client.create(Title=title) for title in ("A", "B", "C"))
    for hit in (first, second):
        client("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=0)
    client("UpdateHITReviewStatus", HITId=second["HITId"])

    def listed(**given: Any) -> list[str]:
        return [hit["HITId"] for hit in client("ListReviewableHITs", **given)["HITs"]]

    assert listed() == listed(Status="Reviewable") == [first["HITId"]]
    assert listed(Status="Reviewing") == [second["HITId"]]
    assert listed(HITTypeId=third["HITTypeId"]) == []
    assert listed(HITTypeId=first["HITTypeId"]) == [first["HITId"]]
    client("DeleteHIT", HITId=first["HITId"])
    assert listed() == []
    assert [hit["HITId"] for hit in client("ListHITs")["HITs"]] == [third["HITId"], second["HITId"]]
    assert client.hit(first["HITId"])["HITStatus"] == "Disposed"
    assert client.fault("ListReviewableHITs", HITTypeId="3XYZ")[2] == "HITType 3XYZ does not exist."


def test_a_hit_whose_end_has_come_is_reviewable_before_any_sweep(client: Client) -> None:
    hit = client.create(MaxAssignments=2)
    HIT.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    shown = client.hit(hit["HITId"])
    assert (shown["HITStatus"], shown["NumberOfAssignmentsAvailable"]) == ("Reviewable", 0)
    assert client("ListReviewableHITs")["NumResults"] == 1


# What is done to a HIT ----------------------------------------------------------------------------


def test_a_hit_ends_at_any_time_past_and_opens_again_with_one_ahead(client: Client) -> None:
    hit = client.create(MaxAssignments=2)
    for past in (0, datetime(2015, 1, 1, tzinfo=UTC).timestamp(), 1.5e9):
        client("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=past)
        assert client.hit(hit["HITId"])["HITStatus"] == "Reviewable"
    assert client("GetAccountBalance")["OnHoldBalance"] == "0.00"
    ahead = int(timezone.now().timestamp()) + 7200
    client("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=ahead)
    again = client.hit(hit["HITId"])
    assert (again["HITStatus"], again["NumberOfAssignmentsAvailable"], again["Expiration"]) == (
        "Assignable", 2, ahead,
    )  # fmt: skip
    assert client("GetAccountBalance")["OnHoldBalance"] == "1.20"


def test_more_places_cost_more_and_their_token_counts_once(client: Client) -> None:
    hit = client.create()
    given = {"HITId": hit["HITId"], "NumberOfAdditionalAssignments": 20}
    client("CreateAdditionalAssignmentsForHIT", **given, UniqueRequestToken="t")
    assert client.fault("CreateAdditionalAssignmentsForHIT", **given, UniqueRequestToken="t") == (
        "RequestError",
        "InvalidParameterValue",
        'The idempotency token "t" has already been processed.',
    )
    assert client.hit(hit["HITId"])["MaxAssignments"] == 21
    many = {"HITId": hit["HITId"], "NumberOfAdditionalAssignments": 5000}
    assert client.fault("CreateAdditionalAssignmentsForHIT", **many) == (
        "RequestError", "InsufficientFunds", NO_FUNDS,
    )  # fmt: skip
    for number in (0, 1_000_000_000):
        fault = client.fault(
            "CreateAdditionalAssignmentsForHIT", HITId=hit["HITId"], NumberOfAdditionalAssignments=number
        )
        assert fault[:2] == ("ParameterValidationError", "InvalidParameterValue")
    nine = client.create(MaxAssignments=9)["HITId"]
    with override_settings(TEN_ASSIGNMENTS_RULE=True):
        fault = client.fault("CreateAdditionalAssignmentsForHIT", HITId=nine, NumberOfAdditionalAssignments=1)
    assert fault[:2] == ("RequestError", "InvalidMaximumAssignmentsIncrease")


def test_a_hit_is_parked_in_review_and_taken_back(client: Client) -> None:
    hit_id = client.create()["HITId"]
    assert client.fault("UpdateHITReviewStatus", HITId=hit_id) == (
        "RequestError",
        "InvalidHITState",
        (
            "This HIT is currently in the state 'Assignable'.  "
            "This operation can be called with a status of: Reviewable"
        ),
    )
    client("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    client("UpdateHITReviewStatus", HITId=hit_id, Revert=False)
    assert client.hit(hit_id)["HITStatus"] == "Reviewing"
    client("UpdateHITReviewStatus", HITId=hit_id, Revert=True)
    assert client.hit(hit_id)["HITStatus"] == "Reviewable"
    assert "status of: Reviewing" in client.fault("UpdateHITReviewStatus", HITId=hit_id, Revert=True)[2]


def test_a_hit_nobody_has_worked_on_moves_to_another_type(client: Client) -> None:
    hit = client.create(MaxAssignments=2)
    dearer = client("CreateHITType", **(TERMS | {"Reward": "1.00"}))["HITTypeId"]
    client("UpdateHITTypeOfHIT", HITId=hit["HITId"], HITTypeId=dearer)
    moved = client.hit(hit["HITId"])
    assert (moved["HITTypeId"], moved["Reward"]) == (dearer, "1.00")
    assert client("GetAccountBalance")["OnHoldBalance"] == "2.40"

    worker = factories.make_worker()
    factories.accept(worker, client.group(moved))
    fault = client.fault("UpdateHITTypeOfHIT", HITId=hit["HITId"], HITTypeId=hit["HITTypeId"])
    assert fault[:2] == ("RequestError", "InvalidHITState")
    free = client.create()["HITId"]
    assert (
        client.fault("UpdateHITTypeOfHIT", HITId=free, HITTypeId="3XYZ")[2] == "HITType 3XYZ does not exist."
    )
    of_file = factories.publish(client.requester, 1)
    given = {"HITId": ids.encode("hit", of_file.hit_ids[0]), "HITTypeId": dearer}
    assert client.fault("UpdateHITTypeOfHIT", **given)[:2] == ("RequestError", "InvalidHITState")
    assert first_difference() is None


def test_a_hit_with_answers_to_decide_is_not_deleted(client: Client) -> None:
    hit = client.create()
    worker = factories.make_worker()
    text = (
        "This HIT is currently in the state '{}'.  This operation can be called with a status of: "
        "Reviewing, Reviewable"
    )
    assert client.fault("DeleteHIT", HITId=hit["HITId"])[2].startswith(text.format("Assignable"))
    assignment_id = factories.accept(worker, client.group(hit)).assignment_id
    assert client.fault("DeleteHIT", HITId=hit["HITId"])[2].startswith(text.format("Unassignable"))
    factories.submit(worker, assignment_id)
    fault = client.fault("DeleteHIT", HITId=hit["HITId"])
    assert fault[:2] == ("RequestError", "InvalidHITState")
    assert fault[2].startswith(text.format("Reviewable"))
    assert "waiting for your decision" in fault[2]
    client("ApproveAssignment", AssignmentId=ids.encode("assignment", assignment_id))
    client("DeleteHIT", HITId=hit["HITId"])
    assert client.fault("DeleteHIT", HITId=hit["HITId"])[2] == text.format("Disposed")
    past = {"HITId": hit["HITId"], "ExpireAt": 0}
    assert "'Disposed'" in client.fault("UpdateExpirationForHIT", **past)[2]
    more = {"HITId": hit["HITId"], "NumberOfAdditionalAssignments": 1}
    assert "'Disposed'" in client.fault("CreateAdditionalAssignmentsForHIT", **more)[2]


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetHIT", {}),
        ("UpdateExpirationForHIT", {"ExpireAt": 0}),
        ("CreateAdditionalAssignmentsForHIT", {"NumberOfAdditionalAssignments": 1}),
        ("UpdateHITReviewStatus", {}),
        ("UpdateHITTypeOfHIT", {"HITTypeId": ids.encode("hit_type", 1)}),
        ("DeleteHIT", {}),
        ("ListAssignmentsForHIT", {}),
        ("ListBonusPayments", {}),
    ],
)
def test_absent_and_foreign_hits_are_the_same(client: Client, operation: str, more: dict[str, Any]) -> None:
    foreign = factories.create_hit(factories.make_requester())
    for hit_id in (ids.encode("hit", foreign.hit_ids[0]), ids.encode("hit", 99_999), "3XYZ"):
        fault = client.fault(operation, HITId=hit_id, **more)
        assert fault == ("RequestError", "HITDoesNotExist", f"Hit {hit_id} does not exist.")
    assert HIT.objects.get().status == "assignable"


def test_hits_of_files_and_of_the_api_are_managed_by_the_same_calls(client: Client) -> None:
    of_file = factories.publish(client.requester, 2)
    hit_id = ids.encode("hit", of_file.hit_ids[0])
    client("CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=1)
    client("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=0)
    client("DeleteHIT", HITId=hit_id)
    me = RequesterId(client.requester.pk)
    of_api = client.group(client.create())
    batches.expire_batch(requester_id=me, batch_id=of_api.batch_id, actor_id=me)
    assert batches.dispose_batch(requester_id=me, batch_id=of_api.batch_id, actor_id=me) == 1
    assert client("ListHITs")["NumResults"] == 1
    assert first_difference() is None
