"""Qualification types, scores and requests, with boto3 over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import QualificationRequestId, QualificationTypeId
from manyhands.messaging.models import Notice
from manyhands.messaging.news import tell_qualifications
from manyhands.qualifications import errors, operations, system_types
from manyhands.qualifications.models import Qualification, QualificationEvent, QualificationRequest
from manyhands.qualifications.operations import request_qualification, submit_test
from tests import factories, quals
from tests.harness.mturk import boto, call, make_key
from tests.harness.servers import LiveServer

NAME_TAKEN = (
    "You have already created a QualificationType with this name. A QualificationType's name must be unique among "
    "all of the QualificationTypes created by the same user."
)
NOWHERE = "3" + "0" * 29


@pytest.fixture
def requester(live_server: LiveServer) -> Account:
    return factories.make_requester()


@pytest.fixture
def mturk(requester: Account, live_server: LiveServer) -> Any:
    return boto(make_key(requester), live_server.url)


@pytest.fixture
def other(live_server: LiveServer) -> Any:
    """The client of another requester."""
    return boto(make_key(factories.make_requester()), live_server.url)


def public(account: Account) -> str:
    return ids.encode_account(account.pk)


def make(mturk: Any, name: str = "Reads Ainu", **given: Any) -> dict[str, Any]:
    wanted = {"Description": "Reads it well", "QualificationTypeStatus": "Active"} | given
    made: dict[str, Any] = mturk.create_qualification_type(Name=name, **wanted)["QualificationType"]
    return made


def number(made: dict[str, Any]) -> QualificationTypeId:
    found = system_types.from_public_id(made["QualificationTypeId"])
    assert found is not None
    return found


def refused(act: Any, **given: Any) -> tuple[str, str, str]:
    """Type, code without its prefix, and message without the time after it."""
    with pytest.raises(ClientError) as failure:
        act(**given)
    answer = failure.value.response
    code = answer.get("TurkErrorCode", "").removeprefix("AWS.MechanicalTurk.")
    return answer["Error"]["Code"], code, answer["Error"]["Message"].rpartition(" (")[0]


def no_type(public_id: str) -> tuple[str, str, str]:
    return (
        "RequestError",
        "QualificationTypeDoesNotExist",
        f"QualificationType {public_id} does not exist.",
    )


def ask(made: dict[str, Any], worker: Account) -> operations.requesting.Requested:
    return request_qualification(worker_id=quals.worker(worker), qualification_type_id=number(made))


def hand_in(request_id: QualificationRequestId, worker: Account, right: int) -> None:
    submit_test(
        worker_id=quals.worker(worker), request_id=request_id, answer=quals.answer(request_id, right),
        received_at=datetime.now(UTC),
    )  # fmt: skip


# Types -----------------------------------------------------------------------------------------


def test_a_type_is_read_as_it_was_made(mturk: Any) -> None:
    form, key = quals.written_test()
    given = {
        "Keywords": "ainu, reading", "RetryDelayInSeconds": 3_600, "Test": form, "AnswerKey": key,
        "TestDurationInSeconds": 600,
    }  # fmt: skip

    made = make(mturk, **given)

    assert (
        made
        == mturk.get_qualification_type(QualificationTypeId=made["QualificationTypeId"])["QualificationType"]
    )
    told = made.pop("CreationTime")
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)
    assert len(made.pop("QualificationTypeId")) == 30
    assert made == given | {
        "Name": "Reads Ainu", "Description": "Reads it well", "QualificationTypeStatus": "Active",
        "IsRequestable": True, "AutoGranted": False,
    }  # fmt: skip


def test_a_type_without_a_test_is_granted_for_the_asking_or_by_its_owner(mturk: Any) -> None:
    automatic = make(mturk, "Everybody", AutoGranted=True, AutoGrantedValue=7, Keywords="")
    decided = make(mturk, "By hand", QualificationTypeStatus="Inactive")

    assert (automatic["AutoGranted"], automatic["AutoGrantedValue"]) == (True, 7)
    assert "Keywords" not in automatic
    assert (decided["AutoGranted"], decided["QualificationTypeStatus"]) == (False, "Inactive")
    assert not {"AutoGrantedValue", "RetryDelayInSeconds", "Test", "TestDurationInSeconds"} & decided.keys()
    worker = factories.make_worker()
    assert ask(automatic, worker).score == 7
    with pytest.raises(errors.QualificationNotOffered):
        ask(decided, worker)


def test_a_name_is_free_again_when_its_type_is_deleted(mturk: Any, other: Any) -> None:
    made, worker = make(mturk), factories.make_worker()
    asked = ask(made, worker)
    assert refused(make, mturk=mturk) == ("RequestError", "QualificationTypeAlreadyExists", NAME_TAKEN)
    assert make(other)["Name"] == made["Name"]
    type_id = made["QualificationTypeId"]
    mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=public(worker))

    mturk.delete_qualification_type(QualificationTypeId=type_id)

    state = ("RequestError", "InvalidQualificationTypeState")
    state += ("This operation can be called with a status of: Active,Inactive",)
    of_it = {"QualificationTypeId": type_id}
    assert refused(mturk.delete_qualification_type, **of_it) == state
    assert refused(mturk.get_qualification_type, **of_it) == state
    assert refused(mturk.update_qualification_type, **of_it, Description="D") == state
    assert refused(mturk.associate_qualification_with_worker, **of_it, WorkerId=public(worker)) == state
    assert refused(other.get_qualification_type, **of_it) == no_type(type_id)
    assert QualificationRequest.objects.get(pk=asked.request_id).status == "refused"
    score = mturk.get_qualification_score(**of_it, WorkerId=public(worker))["Qualification"]
    assert score["IntegerValue"] == 1
    assert make(mturk)["QualificationTypeId"] != type_id


@pytest.mark.parametrize(
    ("given", "name"),
    [({"Name": " "}, "Name"), ({"Name": "x" * 201}, "Name"), ({"Description": "x" * 2_001}, "Description"),
     ({"Keywords": "x" * 1_001}, "Keywords"), ({"RetryDelayInSeconds": -1}, "RetryDelayInSeconds"),
     ({"RetryDelayInSeconds": 2**40}, "RetryDelayInSeconds"), ({"AnswerKey": "<AnswerKey/>"}, "AnswerKey"),
     ({"TestDurationInSeconds": 60}, "TestDurationInSeconds"),
     ({"Test": quals.written_test()[0]}, "TestDurationInSeconds"),
     ({"Test": quals.written_test()[0], "TestDurationInSeconds": 0}, "TestDurationInSeconds"),
     ({"Test": quals.written_test()[0], "TestDurationInSeconds": 60, "AutoGranted": True}, "AutoGranted")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_named(mturk: Any, given: dict[str, Any], name: str) -> None:
    wanted = {"Name": "N", "Description": "D", "QualificationTypeStatus": "Active"} | given

    kind, _, message = refused(mturk.create_qualification_type, **wanted)

    assert kind == "ParameterValidationError"
    assert f"is not valid for the parameter {name}." in message


def test_tests_and_keys_are_checked_by_their_schemas(requester: Account, mturk: Any) -> None:
    form, key = quals.written_test()
    key_of_others = key.replace("<QuestionIdentifier>", "<QuestionIdentifier>x", 1)
    wanted = {
        "Name": "N",
        "Description": "D",
        "QualificationTypeStatus": "Active",
        "TestDurationInSeconds": 60,
    }
    for wrong in (
        {"Test": "<a>"},
        {"Test": form, "AnswerKey": "<a/>"},
        {"Test": form, "AnswerKey": key_of_others},
    ):
        answer = call(make_key(requester), "CreateQualificationType", wanted | wrong)
        assert answer.fault[:2] == ("ParameterValidationError", "XMLParseError")
        assert answer.fault[2].startswith("There was an error parsing the XML question or answer data")
    long = call(make_key(requester), "CreateQualificationType", wanted | {"Test": "x" * 65_536})
    assert long.fault[1:] == (
        "InvalidParameterValue",
        "Your request parameter Test has a maximum length of 65535.",
    )
    empty = call(make_key(requester), "CreateQualificationType", wanted | {"Test": ""})
    assert empty.fault[1:] == (
        "InvalidParameterValue",
        "Your request parameter Test has a minimum length of 1.",
    )
    assert mturk.list_qualification_types(MustBeRequestable=True, MustBeOwnedByCaller=True)["NumResults"] == 0


def test_what_an_update_does_not_name_stays(mturk: Any) -> None:
    made = make(mturk, Keywords="ainu", RetryDelayInSeconds=60)
    of_it = {"QualificationTypeId": made["QualificationTypeId"]}

    inactive = mturk.update_qualification_type(**of_it, QualificationTypeStatus="Inactive")
    assert inactive["QualificationType"] == made | {"QualificationTypeStatus": "Inactive"}
    changed = mturk.update_qualification_type(**of_it, Description="New", RetryDelayInSeconds=90)
    assert changed["QualificationType"] == made | {
        "QualificationTypeStatus": "Inactive", "Description": "New", "RetryDelayInSeconds": 90,
    }  # fmt: skip
    automatic = mturk.update_qualification_type(**of_it, AutoGranted=True, AutoGrantedValue=3)
    assert automatic["QualificationType"]["AutoGrantedValue"] == 3
    by_hand = mturk.update_qualification_type(**of_it, AutoGranted=False)["QualificationType"]
    assert (by_hand["AutoGranted"], by_hand["IsRequestable"], by_hand["Name"]) == (False, True, "Reads Ainu")


def test_a_test_comes_and_changes_but_never_goes(mturk: Any) -> None:
    made, (form, key) = make(mturk), quals.written_test()
    of_it = {"QualificationTypeId": made["QualificationTypeId"]}

    tested = mturk.update_qualification_type(**of_it, Test=form, AnswerKey=key, TestDurationInSeconds=60)
    assert tested["QualificationType"]["AnswerKey"] == key
    later = mturk.update_qualification_type(**of_it, Description="New")["QualificationType"]
    assert (later["Test"], later["AnswerKey"], later["TestDurationInSeconds"]) == (form, key, 60)
    without_key = mturk.update_qualification_type(**of_it, Test=form, TestDurationInSeconds=90)
    assert "AnswerKey" not in without_key["QualificationType"]
    assert "parameter AutoGranted." in refused(mturk.update_qualification_type, **of_it, AutoGranted=True)[2]
    automatic = make(mturk, "Everybody", AutoGranted=True)["QualificationTypeId"]
    given = {"QualificationTypeId": automatic, "Test": form, "TestDurationInSeconds": 60}
    assert "parameter AutoGranted." in refused(mturk.update_qualification_type, **given)[2]
    assert mturk.update_qualification_type(**given, AutoGranted=False)["QualificationType"]["Test"] == form


def test_a_type_of_the_site_keeps_its_own_way(requester: Account, mturk: Any) -> None:
    agreed = quals.make_type(
        "Agreed", requester=requester, route="agreement", agreement="Be kind.", validity_s=600
    )
    of_it = {"QualificationTypeId": system_types.public_id(agreed)}

    changed = mturk.update_qualification_type(**of_it, Description="New", AutoGranted=False)[
        "QualificationType"
    ]

    assert (changed["Description"], changed["IsRequestable"], changed["AutoGranted"]) == ("New", True, False)
    kept = operations.types.QualificationType.objects.get(pk=agreed)
    assert (kept.route, kept.validity_s, kept.score_kind) == ("agreement", 600, "percent")
    assert "parameter AutoGranted." in refused(mturk.update_qualification_type, **of_it, AutoGranted=True)[2]
    given = of_it | {"WorkerId": public(factories.make_worker()), "IntegerValue": 101}
    assert refused(mturk.associate_qualification_with_worker, **given)[2] == (
        'The value "101" is not valid for the parameter IntegerValue. A score is a whole number from 0 to 100.'
    )


def test_types_of_others_are_read_without_their_tests(mturk: Any, other: Any) -> None:
    form, key = quals.written_test()
    made = make(other, Test=form, AnswerKey=key, TestDurationInSeconds=60)
    of_it = {"QualificationTypeId": made["QualificationTypeId"]}

    seen = mturk.get_qualification_type(**of_it)["QualificationType"]

    assert made.keys() - seen.keys() == {"Test", "AnswerKey", "TestDurationInSeconds"}
    worker = {"WorkerId": public(factories.make_worker())}
    absent = no_type(made["QualificationTypeId"])
    assert refused(mturk.update_qualification_type, **of_it) == absent
    assert refused(mturk.delete_qualification_type, **of_it) == absent
    assert refused(mturk.list_workers_with_qualification_type, **of_it) == absent
    assert refused(mturk.list_qualification_requests, **of_it) == absent
    assert refused(mturk.associate_qualification_with_worker, **of_it, **worker) == absent
    assert refused(mturk.disassociate_qualification_from_worker, **of_it, **worker) == absent
    assert refused(mturk.get_qualification_score, **of_it, **worker) == absent
    for nobodys in (NOWHERE, "0" * 20):
        given = {"QualificationTypeId": nobodys, **worker}
        assert refused(mturk.get_qualification_score, **given) == no_type(nobodys)
    assert refused(mturk.get_qualification_type, QualificationTypeId="X1") == no_type("X1")


def test_the_platforms_types_are_read_and_nobodys_to_change(mturk: Any) -> None:
    for public_id in ("00000000000000000040", "00000000000000000071", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"):
        shown = mturk.get_qualification_type(QualificationTypeId=public_id)["QualificationType"]
        assert (shown["IsRequestable"], shown["QualificationTypeStatus"]) == (False, "Active")
        assert refused(mturk.delete_qualification_type, QualificationTypeId=public_id) == no_type(public_id)
        # What the platform knows of a worker, such as the country, is nobody's to read.
        given = {"QualificationTypeId": public_id, "WorkerId": public(factories.make_worker())}
        assert refused(mturk.get_qualification_score, **given) == no_type(public_id)


def test_types_are_found_by_owner_words_and_whether_they_can_be_asked_for(mturk: Any, other: Any) -> None:
    for name, more in (
        ("Reads Ainu", {}),
        ("Writes", {"Keywords": "AINU"}),
        ("Größe", {"Description": "100% a_b"}),
    ):
        make(mturk, name, **more)
    make(other, "Speaks ainu")
    make(other, "Hidden ainu", QualificationTypeStatus="Inactive")

    def names(*, requestable: bool = True, own: bool = False, text: str | None = None) -> list[str]:
        given = {} if text is None else {"Query": text}
        listed = mturk.list_qualification_types(
            MustBeRequestable=requestable, MustBeOwnedByCaller=own, MaxResults=100, **given
        )
        assert listed["NumResults"] == len(listed["QualificationTypes"])
        return [each["Name"] for each in listed["QualificationTypes"]]

    assert names() == ["Speaks ainu", "Größe", "Writes", "Reads Ainu"]
    assert names(own=True) == ["Größe", "Writes", "Reads Ainu"]
    assert names(text="ainu") == ["Speaks ainu", "Writes", "Reads Ainu"]
    assert (names(text="GRÖSSE"), names(text="0% A_"), names(text="a%b")) == ([], ["Größe"], [])
    everything = names(requestable=False)
    assert everything[:4] == names()
    assert len(everything) > 10
    assert names(requestable=False, own=True) == names(own=True)


def test_lists_go_on_page_by_page(mturk: Any) -> None:
    made = [make(mturk, f"Type {each}")["QualificationTypeId"] for each in range(5)]
    pages = list(
        mturk.get_paginator("list_qualification_types").paginate(
            MustBeRequestable=True, MustBeOwnedByCaller=True, PaginationConfig={"PageSize": 2}
        )
    )
    listed = [each["QualificationTypeId"] for page in pages for each in page["QualificationTypes"]]
    assert ([page["NumResults"] for page in pages], listed) == ([2, 2, 1, 0], made[::-1])
    of_it = {"QualificationTypeId": made[0]}
    workers = [factories.make_worker() for _ in range(3)]
    for worker in workers:
        mturk.associate_qualification_with_worker(**of_it, WorkerId=public(worker))
        ask({"QualificationTypeId": made[1]}, worker)
        ask({"QualificationTypeId": made[2]}, worker)

    holders = mturk.get_paginator("list_workers_with_qualification_type").paginate(
        **of_it, PaginationConfig={"PageSize": 2}
    )
    requests = mturk.get_paginator("list_qualification_requests").paginate(PaginationConfig={"PageSize": 4})

    held = [each["WorkerId"] for page in holders for each in page["Qualifications"]]
    assert held == [public(worker) for worker in workers]
    asked = [each["QualificationTypeId"] for page in requests for each in page["QualificationRequests"]]
    assert asked == made[1:3] * 3
    bad = refused(mturk.list_qualification_requests, NextToken=pages[0]["NextToken"])
    assert "is not valid for the parameter NextToken" in bad[2]


# Scores ----------------------------------------------------------------------------------------


def test_a_score_is_given_changed_taken_and_given_again(requester: Account, mturk: Any) -> None:
    made, worker = make(mturk), factories.make_worker()
    of_it = {"QualificationTypeId": made["QualificationTypeId"], "WorkerId": public(worker)}
    never = (
        "RequestError",
        "QualificationDoesNotExist",
        "You requested a Qualification that does not exist.",
    )
    revoked = ("RequestError", "InvalidQualificationState")
    revoked += ("This operation can be called with a status of: Granted",)
    assert refused(mturk.get_qualification_score, **of_it) == never
    assert refused(mturk.disassociate_qualification_from_worker, **of_it) == never

    mturk.associate_qualification_with_worker(**of_it)
    held = mturk.get_qualification_score(**of_it)["Qualification"]
    assert abs(datetime.now(UTC) - held.pop("GrantTime")) < timedelta(minutes=1)
    assert held == of_it | {"IntegerValue": 1, "Status": "Granted"}
    mturk.associate_qualification_with_worker(**of_it, IntegerValue=-2_000_000_000)
    assert mturk.get_qualification_score(**of_it)["Qualification"]["IntegerValue"] == -2_000_000_000
    mturk.disassociate_qualification_from_worker(**of_it, Reason="The season is over – спасибо")

    assert refused(mturk.get_qualification_score, **of_it) == revoked
    assert refused(mturk.disassociate_qualification_from_worker, **of_it) == revoked
    of_type = {"QualificationTypeId": made["QualificationTypeId"]}
    assert mturk.list_workers_with_qualification_type(**of_type)["Qualifications"] == []
    listed = mturk.list_workers_with_qualification_type(**of_type, Status="Revoked")["Qualifications"]
    assert [(each["WorkerId"], each["Status"]) for each in listed] == [(public(worker), "Revoked")]
    event = QualificationEvent.objects.filter(worker_id=worker.pk).latest("id")
    assert (event.words, event.reason, event.actor_id) == (
        "The season is over – спасибо",
        "revoked",
        requester.pk,
    )
    mturk.associate_qualification_with_worker(**of_it, IntegerValue=5)
    assert mturk.get_qualification_score(**of_it)["Qualification"]["IntegerValue"] == 5


def test_a_score_that_has_run_out_is_no_longer_granted(requester: Account, mturk: Any) -> None:
    kind = quals.make_type("For a while", requester=requester, validity_s=600)
    worker = factories.make_worker()
    of_it = {"QualificationTypeId": system_types.public_id(kind), "WorkerId": public(worker)}
    mturk.associate_qualification_with_worker(**of_it)

    Qualification.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert refused(mturk.get_qualification_score, **of_it)[1] == "InvalidQualificationState"
    of_type = {"QualificationTypeId": of_it["QualificationTypeId"]}
    assert mturk.list_workers_with_qualification_type(**of_type, Status="Granted")["NumResults"] == 0
    assert mturk.list_workers_with_qualification_type(**of_type, Status="Revoked")["NumResults"] == 1


def test_workers_nobody_knows_are_told_without_words_about_existence(requester: Account, mturk: Any) -> None:
    of_it = {"QualificationTypeId": make(mturk)["QualificationTypeId"]}
    for act in ("associate_qualification_with_worker", "disassociate_qualification_from_worker",
                "get_qualification_score"):  # fmt: skip
        kind, _, message = refused(getattr(mturk, act), **of_it, WorkerId=public(requester))
        assert kind == "ParameterValidationError"
        assert f'The value "{public(requester)}" is not valid for the parameter WorkerId.' in message
        with pytest.raises(ClientError) as failure:
            getattr(mturk, act)(**of_it, WorkerId="nonsense")
        answer = failure.value.response["Error"]
        assert answer["Code"] == "ValidationException"
        assert "does not exist" not in answer["Message"]
    given = of_it | {"WorkerId": public(factories.make_worker()), "Reason": "x" * 2_001}
    assert "parameter Reason." in refused(mturk.disassociate_qualification_from_worker, **given)[2]


def test_a_worker_is_told_unless_the_caller_does_not_want_it(mturk: Any) -> None:
    of_it = {"QualificationTypeId": make(mturk)["QualificationTypeId"]}
    loud, quiet = factories.make_worker(), factories.make_worker()

    def told() -> dict[int, int]:
        tell_qualifications()
        return {
            each.pk: Notice.objects.filter(account=each, kind="qualification").count()
            for each in (loud, quiet)
        }

    mturk.associate_qualification_with_worker(**of_it, WorkerId=public(loud), IntegerValue=1)
    mturk.associate_qualification_with_worker(
        **of_it, WorkerId=public(quiet), IntegerValue=1, SendNotification=False
    )
    assert told() == {loud.pk: 1, quiet.pk: 0}
    mturk.associate_qualification_with_worker(
        **of_it, WorkerId=public(quiet), IntegerValue=2, SendNotification=False
    )
    assert told() == {loud.pk: 1, quiet.pk: 0}
    mturk.associate_qualification_with_worker(**of_it, WorkerId=public(quiet), IntegerValue=3)
    assert told()[quiet.pk] > 0


# Requests --------------------------------------------------------------------------------------


def test_a_request_waits_and_is_accepted(mturk: Any, other: Any) -> None:
    made, worker = make(mturk), factories.make_worker()
    asked = ask(made, worker)
    with pytest.raises(errors.AlreadyPending):
        ask(made, worker)
    of_type = {"QualificationTypeId": made["QualificationTypeId"]}
    mturk.associate_qualification_with_worker(**of_type, WorkerId=public(worker), IntegerValue=4)

    [listed] = mturk.list_qualification_requests(**of_type)["QualificationRequests"]
    assert abs(datetime.now(UTC) - listed.pop("SubmitTime")) < timedelta(minutes=1)
    of_it = {"QualificationRequestId": ids.encode("qualification_request", asked.request_id)}
    assert listed == of_it | of_type | {"WorkerId": public(worker)}
    assert other.list_qualification_requests()["QualificationRequests"] == []
    absent = ("RequestError", "QualificationRequestDoesNotExist")
    absent += (f"QualificationRequest {of_it['QualificationRequestId']} does not exist.",)
    assert refused(other.accept_qualification_request, **of_it) == absent
    assert refused(other.reject_qualification_request, **of_it) == absent
    mturk.accept_qualification_request(**of_it, IntegerValue=150)

    score = mturk.get_qualification_score(**of_type, WorkerId=public(worker))["Qualification"]
    assert score["IntegerValue"] == 150
    assert mturk.list_qualification_requests()["QualificationRequests"] == []
    decided = ("RequestError", "InvalidQualificationRequestState")
    decided += ("This operation can be called with a status of: Submitted",)
    assert refused(mturk.accept_qualification_request, **of_it) == decided
    assert refused(mturk.reject_qualification_request, **of_it) == decided
    for act in (mturk.accept_qualification_request, mturk.reject_qualification_request):
        assert refused(act, QualificationRequestId="x ☃")[1] == "QualificationRequestDoesNotExist"


def test_without_a_value_a_request_gives_one(mturk: Any) -> None:
    made, worker = make(mturk), factories.make_worker()
    request_id = ids.encode("qualification_request", ask(made, worker).request_id)

    mturk.accept_qualification_request(QualificationRequestId=request_id)

    of_it = {"QualificationTypeId": made["QualificationTypeId"], "WorkerId": public(worker)}
    assert mturk.get_qualification_score(**of_it)["Qualification"]["IntegerValue"] == 1


def test_a_refused_request_may_be_repeated_only_with_a_delay(mturk: Any) -> None:
    once, again = make(mturk, "Once"), make(mturk, "Again", RetryDelayInSeconds=0)
    worker = factories.make_worker()
    for made in (once, again):
        request_id = ask(made, worker).request_id
        public_id = ids.encode("qualification_request", request_id)
        assert "parameter Reason." in refused(
            mturk.reject_qualification_request, QualificationRequestId=public_id, Reason="x" * 2_001
        )[2]  # fmt: skip
        mturk.reject_qualification_request(QualificationRequestId=public_id, Reason="Not yet")
        kept = QualificationRequest.objects.get(pk=request_id)
        assert (kept.status, kept.words) == ("refused", "Not yet")

    with pytest.raises(errors.OnceOnly):
        ask(once, worker)
    assert ask(again, worker).status == "pending"
    late = make(mturk, "Late", RetryDelayInSeconds=600)
    public_id = ids.encode("qualification_request", ask(late, worker).request_id)
    mturk.reject_qualification_request(QualificationRequestId=public_id)
    with pytest.raises(errors.MayBeRepeatedFrom):
        ask(late, worker)


def test_a_test_with_a_key_grades_itself_and_grants_any_score(mturk: Any) -> None:
    form, key = quals.written_test()
    made = make(mturk, Test=form, AnswerKey=key, TestDurationInSeconds=600)
    worker = factories.make_worker()
    request_id = ask(made, worker).request_id
    assert mturk.list_qualification_requests()["NumResults"] == 0  # being taken is not yet asked

    hand_in(request_id, worker, right=1)

    of_it = {"QualificationTypeId": made["QualificationTypeId"], "WorkerId": public(worker)}
    assert mturk.get_qualification_score(**of_it)["Qualification"]["IntegerValue"] == 25
    assert mturk.list_qualification_requests()["NumResults"] == 0


def test_a_test_without_a_key_waits_with_its_answers(mturk: Any) -> None:
    form, _ = quals.written_test(words=True)
    made = make(mturk, Test=form, TestDurationInSeconds=600)
    worker = factories.make_worker()
    request_id = ask(made, worker).request_id
    hand_in(request_id, worker, right=4)

    [listed] = mturk.list_qualification_requests()["QualificationRequests"]

    assert listed["Test"] == form
    assert listed["Answer"].count("<SelectionIdentifier>") == 4
    assert "<FreeText>Because I read a lot.</FreeText>" in listed["Answer"]
    mturk.accept_qualification_request(
        QualificationRequestId=listed["QualificationRequestId"], IntegerValue=88
    )
    of_it = {"QualificationTypeId": made["QualificationTypeId"], "WorkerId": public(worker)}
    assert mturk.get_qualification_score(**of_it)["Qualification"]["IntegerValue"] == 88
