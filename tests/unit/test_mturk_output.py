"""Output by the model, pages and their tokens, the bucket, the faults' bodies."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.conf import settings

from manyhands.core.ids import AccountId, RequesterId
from manyhands.mturk import faults, output, paging, throttle
from manyhands.mturk.actions import Call
from manyhands.mturk.faults import ParameterValidationError

AT = datetime(2026, 11, 22, 10, 0, 0, 123_456, tzinfo=UTC)


def write(operation: str, **found: Any) -> Any:
    return orjson.loads(output.write(operation, found))


def call(operation: str = "ListHITs", requester: int = 7, **given: Any) -> Call:
    return Call(operation, RequesterId(requester), AccountId(requester), 1, given, "id")


def test_times_are_numbers_money_is_text_and_lists_are_there() -> None:
    hit = write("GetHIT", HIT={"HITId": "3A", "CreationTime": AT, "Reward": 5, "Keywords": None})["HIT"]

    assert hit == {
        "HITId": "3A", "CreationTime": 1795341600.123, "Reward": "0.05", "QualificationRequirements": [],
    }  # fmt: skip
    assert write("GetAccountBalance", AvailableBalance=1_000_000) == {"AvailableBalance": "10000.00"}
    assert write("NotifyWorkers") == {"NotifyWorkersFailureStatuses": []}
    assert write("DeleteHIT") == {}


def test_a_requirement_goes_out_as_it_came_in() -> None:
    requirement = {"QualificationTypeId": "3Q", "Comparator": "Exists", "RequiredToPreview": False}

    hit = write("GetHIT", HIT={"QualificationRequirements": [requirement]})["HIT"]

    assert hit["QualificationRequirements"] == [requirement]


@pytest.mark.parametrize(
    "found",
    [{"Colour": "blue"}, {"AvailableBalance": 0.5}, {"AvailableBalance": True}, {"AvailableBalance": []}],
)
def test_what_the_operation_has_no_place_for_is_our_mistake(found: dict[str, Any]) -> None:
    with pytest.raises(output.WrongOutput):
        write("GetAccountBalance", **found)


def test_a_page_leads_on_until_it_is_empty() -> None:
    first = paging.page_of(call(MaxResults=2))
    assert (first.limit, first.after) == (2, None)
    answer = first.result(
        "HITs", [(9, 4), (8, 3)], key=lambda row: row, shown=lambda row: {"HITId": str(row[1])}
    )
    assert answer["NumResults"] == 2
    assert [each["HITId"] for each in answer["HITs"]] == ["4", "3"]

    following = paging.page_of(call(NextToken=answer["NextToken"]))

    assert (following.limit, following.after) == (10, (8, 3))
    assert following.result("HITs", [], key=lambda row: row, shown=lambda row: {}) == {
        "HITs": [], "NumResults": 0,
    }  # fmt: skip


def test_a_token_is_good_for_its_own_list_only() -> None:
    token = paging.page_of(call(Status="Reviewable")).result(
        "HITs", [5], key=lambda row: [row], shown=lambda row: {}
    )["NextToken"]
    assert len(token) <= 255
    assert paging.page_of(call(Status="Reviewable", MaxResults=50, NextToken=token)).after == (5,)

    cut = token[:-8]
    bad = ("x", "p1:", "p1:ü", "p1:AAAA", cut, cut + "AAAAAAA=")
    others = [
        call(Status="Reviewing", NextToken=token), call(NextToken=token),
        call("ListReviewableHITs", Status="Reviewable", NextToken=token),
        call(requester=8, Status="Reviewable", NextToken=token),
        *(call(Status="Reviewable", NextToken=each) for each in bad),
    ]  # fmt: skip
    for other in others:
        with pytest.raises(ParameterValidationError, match="not valid for the parameter NextToken"):
            paging.page_of(other)


def test_a_bucket_fills_at_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 10)
    key = -1

    taken = [throttle.take(key, now=100.0) for _ in range(11)]

    assert [each.is_over for each in taken] == [False] * 10 + [True]
    assert dict(taken[3].headers()) == {
        "RateLimit-Limit": "10", "RateLimit-Remaining": "6", "RateLimit-Reset": "1",
    }  # fmt: skip
    assert not throttle.take(key, now=100.11).is_over
    assert throttle.take(key, now=100.12).is_over
    assert throttle.take(key, now=300.0).left == 9


def test_a_fault_with_a_code_carries_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    body = faults.no_such_hit("3A").body()
    assert re.fullmatch(r"Hit 3A does not exist\. \(\d{13}\)", body["Message"])
    assert body["TurkErrorCode"] == "AWS.MechanicalTurk.HITDoesNotExist"
    assert body["__type"] == "RequestError"
    assert faults.ServiceFault().body()["TurkErrorCode"] == "AWS.ServiceUnavailable"
    assert faults.ThrottlingException("Rate exceeded").body() == {
        "__type": "ThrottlingException", "Message": "Rate exceeded",
    }  # fmt: skip

    monkeypatch.setattr(settings, "ENVIRONMENT", "sandbox")
    assert re.search(r" \(\d{13} s\)$", faults.hit_exists("3A").body()["Message"])


def test_the_text_of_a_wrong_state_keeps_its_two_spaces_and_says_why_after_it() -> None:
    assert faults.hit_state("Reviewable", why="2 assignments wait.").message == (
        "This HIT is currently in the state 'Reviewable'.  "
        "This operation can be called with a status of: Reviewing, Reviewable. 2 assignments wait."
    )
