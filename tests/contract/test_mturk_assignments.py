"""Assignments and bonuses through the API, as unmodified clients call it: every operation and documented error."""

import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from typing import Any

import pytest
import xmltodict
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AssignmentId, RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.work.models import Assignment, Bonus
from manyhands.work.operations import reviewing
from manyhands.work.words import NO_WORDS
from tests import factories
from tests.conftest import Database
from tests.harness.mturk import boto, make_key
from tests.harness.mturk_client import Client
from tests.harness.servers import LiveServer

ANSWERS = (
    "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"
)
SUBMITTED = (
    "RequestError",
    "InvalidAssignmentState",
    "This operation can be called with a status of: Submitted",
)
FORM = """<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionForm.xsd">
<Question><QuestionIdentifier>colour</QuestionIdentifier><QuestionContent><Text>Which?</Text></QuestionContent>
<AnswerSpecification><SelectionAnswer><Selections>
<Selection><SelectionIdentifier>red</SelectionIdentifier><Text>Red</Text></Selection>
<Selection><SelectionIdentifier>blue</SelectionIdentifier><Text>Blue</Text></Selection>
</Selections></SelectionAnswer></AnswerSpecification></Question></QuestionForm>"""


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 1_000_000)
    requester = factories.make_requester(deposit_minor=1_000_00)
    return Client(requester, make_key(requester))


def handed_in(client: Client, hit: dict[str, Any], worker: Account | None = None, **values: Any) -> str:
    """A worker's submission for the HIT; its public id."""
    worker = worker or factories.make_worker()
    assignment_id = factories.accept(worker, client.group(hit)).assignment_id
    factories.submit(worker, assignment_id, **values)
    return ids.encode("assignment", assignment_id)


def read(client: Client, assignment_id: str) -> dict[str, Any]:
    return client("GetAssignment", AssignmentId=assignment_id)["Assignment"]  # type: ignore[no-any-return]


def number(public_id: str) -> AssignmentId:
    return AssignmentId(ids.decode("assignment", public_id) or 0)


def test_boto3_reviews_and_rewards(database: Database, live_server: LiveServer) -> None:
    requester, workers = (
        factories.make_requester(deposit_minor=1_000_00),
        [factories.make_worker() for _ in range(3)],
    )
    client = Client(requester, make_key(requester))
    mturk = boto(client.key, live_server.url)
    hit = client.create(MaxAssignments=3)
    made = [handed_in(client, hit, worker) for worker in workers]

    pages = mturk.get_paginator("list_assignments_for_hit").paginate(
        HITId=hit["HITId"], PaginationConfig={"PageSize": 2}
    )
    listed = [each for page in pages for each in page["Assignments"]]
    assert [each["AssignmentId"] for each in listed] == made
    mturk.approve_assignment(AssignmentId=made[0], RequesterFeedback="Thanks.")
    mturk.reject_assignment(AssignmentId=made[1], RequesterFeedback="")
    mturk.approve_assignment(AssignmentId=made[1], OverrideRejection=True)
    with pytest.raises(mturk.exceptions.RequestError) as refused:
        mturk.approve_assignment(AssignmentId=made[0])
    assert "This operation can be called with a status of: Submitted" in str(refused.value)
    worker_id = listed[0]["WorkerId"]
    mturk.send_bonus(WorkerId=worker_id, BonusAmount="1.5", AssignmentId=made[0], Reason="Well done.")
    [paid] = mturk.list_bonus_payments(HITId=hit["HITId"])["BonusPayments"]
    assert (paid["WorkerId"], paid["BonusAmount"], paid["AssignmentId"], paid["Reason"]) == (
        worker_id, "1.50", made[0], "Well done.",
    )  # fmt: skip
    assert balance_of(workers[0].pk).earned_available_minor == 200
    assert first_difference() is None


def test_an_assignment_is_shown_whole_with_its_hit(client: Client) -> None:
    worker = factories.make_worker()
    hit = client.create()
    assignment_id = handed_in(client, hit, worker, answer=[("meaning", "a <pet> & more"), ("note", "")])
    both = client("GetAssignment", AssignmentId=assignment_id)
    shown = both["Assignment"]
    assert {name: shown[name] for name in ("AssignmentId", "WorkerId", "HITId", "AssignmentStatus")} == {
        "AssignmentId": assignment_id, "WorkerId": ids.encode_account(worker.pk), "HITId": hit["HITId"],
        "AssignmentStatus": "Submitted",
    }  # fmt: skip
    assert shown["AutoApprovalTime"] == pytest.approx(shown["SubmitTime"] + 3600, abs=0.01)
    assert shown["Deadline"] == pytest.approx(shown["AcceptTime"] + 600, abs=0.01)
    assert not {"ApprovalTime", "RejectionTime", "RequesterFeedback"} & set(shown)
    assert both["HIT"] == client.hit(hit["HITId"])
    root = ElementTree.fromstring(shown["Answer"])
    assert [
        (each.findtext(f"{ANSWERS}QuestionIdentifier"), each.findtext(f"{ANSWERS}FreeText")) for each in root
    ] == [("meaning", "a <pet> & more"), ("note", "")]
    answers = xmltodict.parse(shown["Answer"])["QuestionFormAnswers"]["Answer"]
    assert answers[0] == {"QuestionIdentifier": "meaning", "FreeText": "a <pet> & more"}
    assert client("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"] == [shown]


def test_answers_to_a_form_name_what_was_selected(client: Client) -> None:
    hit = client.create(Question=FORM)
    assignment_id = handed_in(client, hit, answer=[("colour", "blue")])
    answer = read(client, assignment_id)["Answer"]
    assert xmltodict.parse(answer)["QuestionFormAnswers"]["Answer"] == {
        "QuestionIdentifier": "colour", "SelectionIdentifier": "blue",
    }  # fmt: skip


def test_assignments_are_listed_by_status_in_the_order_of_submission(client: Client) -> None:
    hit = client.create(MaxAssignments=5)
    made = [handed_in(client, hit) for _ in range(4)]
    factories.accept(factories.make_worker(), client.group(hit))  # not handed in: never listed
    client("ApproveAssignment", AssignmentId=made[1])
    client("RejectAssignment", AssignmentId=made[2], RequesterFeedback="No.")

    def listed(*statuses: str, **given: Any) -> list[str]:
        asked = given | ({"AssignmentStatuses": list(statuses)} if statuses else {})
        answer = client("ListAssignmentsForHIT", HITId=hit["HITId"], **asked)
        return [each["AssignmentId"] for each in answer["Assignments"]]

    assert listed() == made
    assert listed("Submitted") == [made[0], made[3]]
    assert listed("Approved", "Rejected") == made[1:3]
    first = client("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=3)
    assert listed(MaxResults=3, NextToken=first["NextToken"]) == made[3:]
    second = client("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=3, NextToken=first["NextToken"])
    last = client("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=3, NextToken=second["NextToken"])
    assert last == {"Assignments": [], "NumResults": 0}
    client("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=0)
    assert listed() == made


def test_decisions_show_when_and_with_what_words(client: Client) -> None:
    hit = client.create(MaxAssignments=3)
    approved, rejected, silent = (handed_in(client, hit) for _ in range(3))
    client("ApproveAssignment", AssignmentId=approved, RequesterFeedback="Thanks.")
    client("RejectAssignment", AssignmentId=rejected, RequesterFeedback="Empty.")
    client("RejectAssignment", AssignmentId=silent, RequesterFeedback="")

    shown = read(client, approved)
    assert (shown["AssignmentStatus"], shown["RequesterFeedback"]) == ("Approved", "Thanks.")
    assert "ApprovalTime" in shown
    assert "RejectionTime" not in shown
    shown = read(client, rejected)
    assert (shown["AssignmentStatus"], shown["RequesterFeedback"]) == ("Rejected", "Empty.")
    assert "RejectionTime" in shown
    assert read(client, silent)["RequesterFeedback"] == ""
    assert Assignment.objects.get(pk=number(silent)).feedback == NO_WORDS, "the worker is told that much"
    assert first_difference() is None


def test_what_time_has_approved_is_approved_before_any_sweep(client: Client) -> None:
    hit = client.create()
    assignment_id = handed_in(client, hit)
    moment = timezone.now() - timedelta(seconds=1)
    Assignment.objects.filter(pk=number(assignment_id)).update(auto_approve_at=moment)
    shown = read(client, assignment_id)
    assert shown["AssignmentStatus"] == "Approved"
    assert shown["ApprovalTime"] == pytest.approx(moment.timestamp(), abs=0.01)
    listed = client("ListAssignmentsForHIT", HITId=hit["HITId"], AssignmentStatuses=["Approved"])
    assert listed["NumResults"] == 1
    assert client.fault("RejectAssignment", AssignmentId=assignment_id, RequesterFeedback="No.") == SUBMITTED


def test_an_approval_delay_of_nothing_approves_at_once(client: Client) -> None:
    hit = client.create(AutoApprovalDelayInSeconds=0)
    assert read(client, handed_in(client, hit))["AssignmentStatus"] == "Approved"


def test_work_that_is_out_is_no_assignment_yet(client: Client) -> None:
    hit = client.create()
    worker = factories.make_worker()
    held = factories.accept(worker, client.group(hit)).assignment_id
    public_id = ids.encode("assignment", held)
    assert client.fault("GetAssignment", AssignmentId=public_id) == (
        "RequestError",
        "InvalidAssignmentState",
        "This operation can be called with a status of: Reviewable,Approved,Rejected",
    )
    assert client.fault("ApproveAssignment", AssignmentId=public_id) == SUBMITTED
    assert client.fault("ApproveAssignment", AssignmentId=public_id, OverrideRejection=True) == SUBMITTED
    assert client.fault("RejectAssignment", AssignmentId=public_id, RequesterFeedback="") == SUBMITTED
    assert client("ListAssignmentsForHIT", HITId=hit["HITId"])["NumResults"] == 0


def test_a_decision_is_made_once_but_a_rejection_may_be_overridden_for_30_days(client: Client) -> None:
    hit = client.create(MaxAssignments=3)
    first, second, third = (handed_in(client, hit) for _ in range(3))
    client("ApproveAssignment", AssignmentId=first, OverrideRejection=True)
    for given in ({}, {"OverrideRejection": True}):
        assert client.fault("ApproveAssignment", AssignmentId=first, **given) == SUBMITTED
    assert client.fault("RejectAssignment", AssignmentId=first, RequesterFeedback="No.") == SUBMITTED
    for each in (second, third):
        client("RejectAssignment", AssignmentId=each, RequesterFeedback="No.")
    assert client.fault("RejectAssignment", AssignmentId=second, RequesterFeedback="No.") == SUBMITTED
    assert client.fault("ApproveAssignment", AssignmentId=second) == SUBMITTED
    client("ApproveAssignment", AssignmentId=second, OverrideRejection=True, RequesterFeedback="Sorry.")
    shown = read(client, second)
    assert (shown["AssignmentStatus"], shown["RequesterFeedback"]) == ("Approved", "Sorry.")
    Assignment.objects.filter(pk=number(third)).update(decided_at=timezone.now() - timedelta(days=31))
    assert client.fault("ApproveAssignment", AssignmentId=third, OverrideRejection=True) == SUBMITTED
    assert first_difference() is None


@pytest.mark.parametrize("operation", ["ApproveAssignment", "RejectAssignment"])
@pytest.mark.parametrize("feedback", ["x" * 1_025, "a\x01b", "a\x1fb"])
def test_feedback_is_1024_characters_of_text(client: Client, operation: str, feedback: str) -> None:
    assignment_id = handed_in(client, client.create())
    fault = client.fault(operation, AssignmentId=assignment_id, RequesterFeedback=feedback)
    assert fault[:2] == ("ParameterValidationError", "InvalidParameterValue")
    assert read(client, assignment_id)["AssignmentStatus"] == "Submitted"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetAssignment", {}),
        ("ApproveAssignment", {}),
        ("ApproveAssignment", {"OverrideRejection": True}),
        ("RejectAssignment", {"RequesterFeedback": "No."}),
        ("SendBonus", {"BonusAmount": "1.00", "Reason": "Good."}),
        ("ListBonusPayments", {}),
        ("GetFileUploadURL", {"QuestionIdentifier": "file"}),
    ],
)
def test_absent_and_foreign_assignments_are_the_same(
    client: Client, operation: str, more: dict[str, Any]
) -> None:
    stranger, worker = factories.make_requester(), factories.make_worker()
    group = factories.create_hit(stranger)
    foreign = factories.accept(worker, group).assignment_id
    factories.submit(worker, foreign)
    if operation == "SendBonus":
        more = more | {"WorkerId": ids.encode_account(worker.pk)}
    for public_id in (ids.encode("assignment", foreign), ids.encode("assignment", 99_999), "3XYZ"):
        fault = client.fault(operation, AssignmentId=public_id, **more)
        assert fault == ("RequestError", "AssignmentDoesNotExist", f"Assignment {public_id} does not exist.")
    assert Assignment.objects.get().status == "submitted"


# Bonuses ------------------------------------------------------------------------------------------


@pytest.mark.feature("M-60", "M-61")
def test_a_bonus_with_a_token_is_paid_once(client: Client) -> None:
    worker = factories.make_worker()
    assignment_id = handed_in(client, client.create(), worker)
    given = {
        "WorkerId": ids.encode_account(worker.pk), "AssignmentId": assignment_id, "BonusAmount": "0.5",
        "Reason": "Quick & good.", "UniqueRequestToken": "otree_1",
    }  # fmt: skip
    client("SendBonus", **given)
    assert client.fault("SendBonus", **given) == (
        "RequestError",
        "InvalidParameterValue",
        'The idempotency token "otree_1" has already been processed.',
    )
    assert balance_of(worker.pk).earned_available_minor == 50
    [paid] = client("ListBonusPayments", AssignmentId=assignment_id)["BonusPayments"]
    assert (paid["BonusAmount"], paid["Reason"]) == ("0.50", "Quick & good.")


def test_a_bonus_that_cannot_be_paid_is_refused_by_name(client: Client) -> None:
    worker, other = factories.make_worker(), factories.make_worker()
    assignment_id = handed_in(client, client.create(), worker)
    worker_id = ids.encode_account(worker.pk)
    given = {"WorkerId": worker_id, "AssignmentId": assignment_id, "BonusAmount": "1.00", "Reason": "Good."}

    def fault(**change: str) -> tuple[str, str, str]:
        return client.fault("SendBonus", **(given | change))

    for name, value in (
        ("WorkerId", ids.encode_account(other.pk)),
        ("WorkerId", "A143XRCI1YXAFE"),
        ("BonusAmount", "0.00"),
        ("BonusAmount", "10000.01"),
        ("Reason", " "),
    ):
        refused = fault(**{name: value})
        assert refused[:2] == ("ParameterValidationError", "InvalidParameterValue")
        assert refused[2].startswith(f'The value "{value}" is not valid for the parameter {name}.')
    assert fault(BonusAmount="$1")[0] == fault(WorkerId="nonsense")[0] == "ValidationException"
    assert fault(BonusAmount="900.00")[:2] == ("RequestError", "InsufficientFunds")
    limited = Client(client.requester, make_key(client.requester, spend_limit_minor=119))
    assert limited.fault("SendBonus", **given)[:2] == ("RequestError", "InsufficientFunds")
    held = factories.accept(worker, client.group(client.create())).assignment_id
    assert fault(AssignmentId=ids.encode("assignment", held))[1] == "InvalidAssignmentState"
    assert not Bonus.objects.exists()
    assert first_difference() is None


def test_bonuses_are_listed_for_one_hit_or_one_assignment(client: Client) -> None:
    hit = client.create(MaxAssignments=2)
    workers = [factories.make_worker() for _ in range(2)]
    made = [handed_in(client, hit, worker) for worker in workers]
    for place in (0, 1, 1):
        client(
            "SendBonus", WorkerId=ids.encode_account(workers[place].pk), AssignmentId=made[place],
            BonusAmount="0.10", Reason=f"Number {place}.",
        )  # fmt: skip
    first = client("ListBonusPayments", HITId=hit["HITId"], MaxResults=2)
    assert [each["AssignmentId"] for each in first["BonusPayments"]] == made
    second = client("ListBonusPayments", HITId=hit["HITId"], MaxResults=2, NextToken=first["NextToken"])
    assert second["NumResults"] == 1
    assert client("ListBonusPayments", AssignmentId=made[1])["NumResults"] == 2
    assert client("ListBonusPayments", HITId=client.create()["HITId"]) == {
        "BonusPayments": [], "NumResults": 0,
    }  # fmt: skip
    for given in ({}, {"HITId": hit["HITId"], "AssignmentId": made[0]}):
        fault = client.fault("ListBonusPayments", **given)
        assert fault[0] == "ParameterValidationError"
        assert fault[2] == "Your request must contain exactly one of HITId and AssignmentId."


def test_a_file_that_was_not_handed_in_has_no_address(client: Client) -> None:
    assignment_id = handed_in(client, client.create())
    assert client.fault("GetFileUploadURL", AssignmentId=assignment_id, QuestionIdentifier="file") == (
        "ParameterValidationError",
        "InvalidParameterValue",
        'The value "file" is not valid for the parameter QuestionIdentifier. No file was uploaded for it.',
    )


def test_decisions_on_the_site_and_through_the_api_are_the_same(client: Client) -> None:
    hit = client.create(MaxAssignments=2)
    first, second = handed_in(client, hit), handed_in(client, hit)
    me = RequesterId(client.requester.pk)
    reviewing.reject(
        requester_id=me, assignment_ids=[number(first)], actor_id=me, reason="wrong", words="Not a word."
    )
    assert read(client, first)["RequesterFeedback"] == "Not a word."
    client("ApproveAssignment", AssignmentId=first, OverrideRejection=True)
    client("ApproveAssignment", AssignmentId=second)
    assert client.hit(hit["HITId"])["NumberOfAssignmentsCompleted"] == 2


def test_a_worker_reads_in_their_language_that_there_were_no_words(client: Client) -> None:
    worker = factories.make_worker(language="ru")
    assignment_id = handed_in(client, client.create(), worker)
    client("RejectAssignment", AssignmentId=assignment_id, RequesterFeedback="")
    browser = Browser()
    browser.force_login(worker)
    page = browser.get(reverse("submissions")).content.decode()
    assert NO_WORDS not in page
    assert translated("ru", NO_WORDS) in page


def translated(language: str, text: str) -> str:
    with translation.override(language):
        return translation.gettext(text)
