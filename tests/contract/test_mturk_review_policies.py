"""Review policies given with HITs: judged, carried out once, and their reports listed with boto3."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.conf import settings
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.ledger.check import first_difference
from manyhands.quality import submissions
from manyhands.quality.models import PolicyLine, PolicyReview
from manyhands.work.models import HIT
from manyhands.work.operations import reviewing
from tests import factories
from tests.conftest import Database
from tests.factories import HTML_QUESTION
from tests.harness.mturk import boto, make_key
from tests.harness.mturk_client import TERMS, Client
from tests.harness.servers import LiveServer


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 1_000_000)
    requester = factories.make_requester(deposit_minor=1_000_00)
    return Client(requester, make_key(requester))


def known(**more: str) -> dict[str, Any]:
    """Q1 is A, and Q2 is both B and C."""
    entries = [{"Key": "Q1", "Values": ["A"]}, {"Key": "Q2", "Values": ["C", "B"]}]
    parameters: list[dict[str, Any]] = [{"Key": "AnswerKey", "MapEntries": entries}]
    parameters += [{"Key": key, "Values": [value]} for key, value in more.items()]
    return {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": parameters}


def plurality(**more: str) -> dict[str, Any]:
    parameters = [
        {"Key": "QuestionIds", "Values": ["Q1", "Q2"]},
        {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
        *({"Key": key, "Values": [value]} for key, value in more.items()),
    ]
    return {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": parameters}


def hand_in(client: Client, hit: dict[str, Any], worker: Account | None = None, **values: Any) -> str:
    worker = worker or factories.make_worker()
    assignment_id = factories.accept(worker, client.group(hit)).assignment_id
    answer = [
        (name, each)
        for name, given in values.items()
        for each in (given if isinstance(given, list) else [given])
    ]
    factories.submit(worker, assignment_id, answer=answer)
    return ids.encode("assignment", assignment_id)


def listed(client: Client, hit: dict[str, Any], **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client(
        "ListReviewPolicyResultsForHIT", HITId=hit["HITId"], MaxResults=100, **given
    )
    return answer


def acts(client: Client, hit: dict[str, Any], level: str) -> list[tuple[str, ...]]:
    actions = listed(client, hit)[f"{level}ReviewReport"]["ReviewActions"]
    return [(each["ActionName"], each["TargetId"], each["Status"], each["Result"]) for each in actions]


def results(client: Client, hit: dict[str, Any], level: str) -> list[tuple[str, ...]]:
    found = listed(client, hit)[f"{level}ReviewReport"]["ReviewResults"]
    return [(each["SubjectId"], each.get("QuestionId", ""), each["Key"], each["Value"]) for each in found]


def read(client: Client, assignment_id: str) -> dict[str, Any]:
    return client("GetAssignment", AssignmentId=assignment_id)["Assignment"]  # type: ignore[no-any-return]


def test_known_answers_approve_reject_and_extend_when_handed_in(client: Client) -> None:
    policy = known(
        ApproveIfKnownAnswerScoreIsAtLeast="100", ApproveReason="Well read", RejectIfKnownAnswerScoreIsLessThan="50",
        RejectReason="Both are wrong", ExtendIfKnownAnswerScoreIsLessThan="50", ExtendMaximumAssignments="4",
    )  # fmt: skip
    hit = client.create(MaxAssignments=3, AssignmentReviewPolicy=policy)
    right = hand_in(client, hit, Q1=" A ", Q2=["B", "C"])
    half = hand_in(client, hit, Q1="A", Q2="B")
    wrong = hand_in(client, hit, Q1="a")

    submissions.read()

    assert acts(client, hit, "Assignment") == [
        ("review", right, "Succeeded", "Reviewed 2 known answers; 2/2 correct"),
        ("approve", right, "Succeeded", "Approved"),
        ("review", half, "Succeeded", "Reviewed 2 known answers; 1/2 correct"),
        ("review", wrong, "Succeeded", "Reviewed 2 known answers; 0/2 correct"),
        ("reject", wrong, "Succeeded", "Rejected"),
        ("extend", hit["HITId"], "Succeeded", "Extended by one assignment"),
    ]
    assert results(client, hit, "Assignment")[:4] == [
        (right, "Q1", "KnownAnswerCorrect", "1"), (right, "Q2", "KnownAnswerCorrect", "1"),
        (right, "", "KnownAnswerScore", "100"), (half, "Q1", "KnownAnswerCorrect", "1"),
    ]  # fmt: skip
    shown = [read(client, each) for each in (right, half, wrong)]
    assert [each["AssignmentStatus"] for each in shown] == ["Approved", "Submitted", "Rejected"]
    assert (shown[0]["RequesterFeedback"], shown[2]["RequesterFeedback"]) == ("Well read", "Both are wrong")
    after = client("GetHIT", HITId=hit["HITId"])["HIT"]
    assert (after["MaxAssignments"], after["HITStatus"]) == (4, "Assignable")
    hand_in(client, hit, Q1="a")
    submissions.read()
    assert client("GetHIT", HITId=hit["HITId"])["HIT"]["MaxAssignments"] == 4
    assert first_difference() is None


def test_a_judgement_is_made_once_however_often_it_is_asked_for(client: Client) -> None:
    hit = client.create(AssignmentReviewPolicy=known(ApproveIfKnownAnswerScoreIsAtLeast="0"))
    made = hand_in(client, hit, Q1="A")
    for _ in range(3):
        submissions.read()

    assert [act[0] for act in acts(client, hit, "Assignment")] == ["review", "approve"]
    assert PolicyReview.objects.get().done_at is not None
    assert read(client, made)["AssignmentStatus"] == "Approved"


def test_what_was_decided_before_stays_and_is_told(client: Client) -> None:
    policy = known(ApproveIfKnownAnswerScoreIsAtLeast="100", RejectIfKnownAnswerScoreIsLessThan="50")
    hit = client.create(MaxAssignments=2, AssignmentReviewPolicy=policy)
    right, wrong = hand_in(client, hit, Q1="A", Q2="B|C"), hand_in(client, hit, Q1="x")
    for each in (right, wrong):
        client("ApproveAssignment", AssignmentId=each)

    submissions.read()

    assert [act for act in acts(client, hit, "Assignment") if act[0] != "review"] == [
        ("approve", right, "Succeeded", "Already approved"),
        ("reject", wrong, "Failed", "Assignment was in an invalid state for this operation."),
    ]
    [failed] = [
        each
        for each in listed(client, hit)["AssignmentReviewReport"]["ReviewActions"]
        if each["Status"] == "Failed"
    ]
    assert failed["ErrorCode"] == "AWS.MechanicalTurk.InvalidAssignmentState"


def test_an_extension_that_cannot_be_paid_fails_and_says_so(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=65)
    client = Client(requester, make_key(requester))
    hit = client.create(AssignmentReviewPolicy=known(ExtendIfKnownAnswerScoreIsLessThan="100"))
    hand_in(client, hit, Q1="x")

    submissions.read()

    extend = listed(client, hit)["AssignmentReviewReport"]["ReviewActions"][-1]
    assert (extend["ActionName"], extend["Status"], extend["TargetType"]) == ("extend", "Failed", "HIT")
    assert extend["ErrorCode"] == "AWS.MechanicalTurk.InsufficientFunds"
    assert client("GetHIT", HITId=hit["HITId"])["HIT"]["MaxAssignments"] == 1


def test_agreement_is_judged_when_the_hit_is_complete(client: Client) -> None:
    policy = plurality(
        ApproveIfWorkerAgreementScoreIsAtLeast="100", RejectIfWorkerAgreementScoreIsLessThan="50",
        RejectReason="The others say otherwise",
    )  # fmt: skip
    hit = client.create(MaxAssignments=3, HITReviewPolicy=policy)
    made = [hand_in(client, hit, Q1="A", Q2="x")]
    submissions.read()
    assert listed(client, hit)["HITReviewReport"] == {"ReviewResults": [], "ReviewActions": []}
    made += [hand_in(client, hit, Q1="A", Q2="y"), hand_in(client, hit, Q1="B", Q2="z")]

    submissions.read()

    of_hit = hit["HITId"]
    assert acts(client, hit, "HIT") == [
        ("review", of_hit, "Succeeded", "Reviewed 3 assignments; 1/2 questions agreed"),
        ("approve", made[0], "Succeeded", "Approved"),
        ("approve", made[1], "Succeeded", "Approved"),
        ("reject", made[2], "Succeeded", "Rejected"),
    ]
    assert results(client, hit, "HIT")[:8] == [
        (of_hit, "", "HitAgreementScore", "50"),
        (of_hit, "Q1", "AgreedAnswerFound", "true"), (of_hit, "Q1", "AgreedAnswer", "A"),
        (of_hit, "Q1", "AnswerAgreementScore", "66"), (of_hit, "Q2", "AgreedAnswerFound", "false"),
        (made[0], "", "WorkerAgreementScore", "100"), (made[0], "", "PluralityAnswersCorrect", "1"),
        (made[0], "", "PluralityAnswersIncorrect", "0"),
    ]  # fmt: skip
    assert read(client, made[2])["RequesterFeedback"] == "The others say otherwise"
    assert first_difference() is None


def test_a_hit_without_agreement_is_extended_and_judged_again(client: Client) -> None:
    policy = plurality(
        ExtendIfHITAgreementScoreIsLessThan="100", ExtendMaximumAssignments="3", ExtendMinimumTimeInSeconds="7200",
        ApproveIfWorkerAgreementScoreIsAtLeast="100",
    )  # fmt: skip
    hit = client.create(MaxAssignments=2, HITReviewPolicy=policy)
    made = [hand_in(client, hit, Q1="A", Q2="x"), hand_in(client, hit, Q1="B", Q2="x")]
    submissions.read()
    assert [act[0] for act in acts(client, hit, "HIT")] == ["review", "extend"]
    extended = client("GetHIT", HITId=hit["HITId"])["HIT"]
    assert (extended["MaxAssignments"], extended["HITStatus"]) == (3, "Assignable")
    assert extended["Expiration"] - timezone.now().timestamp() > 7_000

    made.append(hand_in(client, hit, Q1="A", Q2="x"))
    submissions.read()

    assert [act[:3] for act in acts(client, hit, "HIT")[2:]] == [
        ("review", hit["HITId"], "Succeeded"), ("approve", made[0], "Succeeded"), ("approve", made[2], "Succeeded"),
    ]  # fmt: skip
    assert not PolicyReview.objects.filter(done_at__isnull=True).exists()


def test_an_extended_hit_that_nobody_takes_is_judged_at_its_end(client: Client) -> None:
    policy = plurality(
        ExtendIfHITAgreementScoreIsLessThan="100", ExtendMaximumAssignments="2", ExtendMinimumTimeInSeconds="60",
        ApproveIfWorkerAgreementScoreIsAtLeast="0",
    )  # fmt: skip
    hit = client.create(HITReviewPolicy=policy)
    made = hand_in(client, hit, Q1="A")
    submissions.read()
    assert read(client, made)["AssignmentStatus"] == "Submitted"

    HIT.objects.update(expires_at=timezone.now())
    submissions.read()

    assert [act[0] for act in acts(client, hit, "HIT")] == ["review", "extend", "review", "approve"]
    assert read(client, made)["AssignmentStatus"] == "Approved"


def test_both_levels_work_together(client: Client) -> None:
    hit = client.create(
        MaxAssignments=3,
        AssignmentReviewPolicy=known(RejectIfKnownAnswerScoreIsLessThan="50"),
        HITReviewPolicy=plurality(
            DisregardAssignmentIfRejected="T", DisregardAssignmentIfKnownAnswerScoreIsLessThan="100"
        ),
    )
    hand_in(client, hit, Q1="A", Q2="B|C")
    hand_in(client, hit, Q1="A", Q2="B")
    hand_in(client, hit, Q1="x", Q2="y")

    submissions.read()

    [review] = acts(client, hit, "HIT")
    assert review[3] == "Reviewed one assignment; 2/2 questions agreed"


def test_reports_are_listed_by_level_kind_and_page(database: Database, live_server: LiveServer) -> None:
    requester = factories.make_requester(deposit_minor=1_000_00)
    client, mturk = Client(requester, key := make_key(requester)), boto(key, live_server.url)
    hit = client.create(AssignmentReviewPolicy=known(), HITReviewPolicy=plurality())
    hand_in(client, hit, Q1="A")
    submissions.read()
    of_it = {"HITId": hit["HITId"]}

    whole = mturk.list_review_policy_results_for_hit(**of_it, MaxResults=100)
    assert whole["AssignmentReviewPolicy"] == {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"}
    assert whole["HITReviewPolicy"] == {"PolicyName": "SimplePlurality/2011-09-01"}
    one = mturk.list_review_policy_results_for_hit(**of_it, PolicyLevels=["HIT"], RetrieveResults=False)
    assert "AssignmentReviewReport" not in one
    assert one["HITReviewReport"] == {
        "ReviewActions": whole["HITReviewReport"]["ReviewActions"], "ReviewResults": [],
    }  # fmt: skip
    found = mturk.list_review_policy_results_for_hit(
        **of_it, PolicyLevels=["Assignment"], RetrieveActions=False
    )
    assert (
        found["AssignmentReviewReport"]["ReviewResults"] == whole["AssignmentReviewReport"]["ReviewResults"]
    )
    assert found["AssignmentReviewReport"]["ReviewActions"] == []
    action = whole["AssignmentReviewReport"]["ReviewActions"][0]["ActionId"]
    assert {each["ActionId"] for each in found["AssignmentReviewReport"]["ReviewResults"]} == {action}
    pieces = 0
    token: dict[str, str] = {}
    while True:
        page = mturk.list_review_policy_results_for_hit(**of_it, MaxResults=3, **token)
        rows = sum(
            len(page[f"{level}ReviewReport"][kind])
            for level in ("Assignment", "HIT")
            for kind in ("ReviewActions", "ReviewResults")
        )
        pieces += rows
        if "NextToken" not in page:
            break
        assert rows <= 3
        token = {"NextToken": page["NextToken"]}
    assert (rows, pieces) == (0, PolicyLine.objects.count())
    with pytest.raises(ClientError, match="does not exist"):
        boto(make_key(factories.make_requester()), live_server.url).list_review_policy_results_for_hit(
            **of_it
        )
    plain = client.create()
    assert mturk.list_review_policy_results_for_hit(HITId=plain["HITId"]).keys() == {
        "HITId",
        "ResponseMetadata",
    }


@pytest.mark.parametrize(
    ("policies", "parameter"),
    [({"AssignmentReviewPolicy": {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"}}, "AnswerKey"),
     ({"AssignmentReviewPolicy": known(ExtendMaximumAssignments="26")}, "ExtendMaximumAssignments"),
     ({"AssignmentReviewPolicy": known(Unknown="1")}, "Unknown"),
     ({"HITReviewPolicy": plurality(DisregardAssignmentIfKnownAnswerScoreIsLessThan="5")},
      "DisregardAssignmentIfKnownAnswerScoreIsLessThan"),
     ({"HITReviewPolicy": plurality(ExtendIfHITAgreementScoreIsLessThan="50")}, "ExtendMaximumAssignments")],
)  # fmt: skip
def test_a_policy_that_cannot_be_read_makes_no_hit(
    client: Client, policies: dict[str, Any], parameter: str
) -> None:
    fault = client.fault("CreateHIT", **TERMS, LifetimeInSeconds=60, Question=HTML_QUESTION, **policies)

    assert fault[:2] == ("ParameterValidationError", "InvalidParameterValue")
    assert f"is not valid for the parameter {parameter}." in fault[2]
    assert not HIT.objects.exists()


def test_one_judgement_that_fails_leaves_the_others(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hit = client.create(
        MaxAssignments=2, AssignmentReviewPolicy=known(ApproveIfKnownAnswerScoreIsAtLeast="0")
    )
    broken, good = hand_in(client, hit, Q1="A"), hand_in(client, hit, Q1="A")
    approve, number = reviewing.approve, AssignmentId(ids.decode("assignment", broken) or 0)

    def failing(**given: Any) -> Any:
        if given["assignment_ids"] == [number]:
            raise RuntimeError
        return approve(**given)

    monkeypatch.setattr(reviewing, "approve", failing)
    submissions.read()
    assert [act[:2] for act in acts(client, hit, "Assignment")] == [("review", good), ("approve", good)]
    monkeypatch.setattr(reviewing, "approve", approve)
    submissions.read()

    assert read(client, broken)["AssignmentStatus"] == "Approved"
    assert len(acts(client, hit, "Assignment")) == 4
    actor = AccountId(client.requester.pk)
    again = reviewing.approve(requester_id=RequesterId(actor), actor_id=actor, assignment_ids=[number])
    assert again.decided == ()
