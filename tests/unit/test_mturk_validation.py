"""Input by the model: types, constraints and the texts clients read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from manyhands.mturk import model, validation
from manyhands.mturk.faults import SerializationException, ValidationException
from tests.harness import mturk_inputs, mturk_model

HIT = "3" + "A" * 29


def read(operation: str, **given: Any) -> dict[str, Any]:
    return validation.read(operation, json.dumps(given).encode())


def message(operation: str, **given: Any) -> str:
    with pytest.raises(ValidationException) as refused:
        read(operation, **given)
    return refused.value.message


def test_a_pattern_a_null_and_a_count_are_told_as_the_real_service_does() -> None:
    assert message("GetHIT", HITId="dud") == (
        "1 validation error detected: Value 'dud' at 'hITId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[A-Z0-9]+$"
    )
    assert message("CreateWorkerBlock", WorkerId="x") == (
        "2 validation errors detected: Value 'x' at 'workerId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^A[A-Z0-9]+$; "
        "Value null at 'reason' failed to satisfy constraint: Member must not be null"
    )


def test_lengths_values_and_enums_have_bounds() -> None:
    assert (
        "at 'hITId' failed to satisfy constraint: Member must have length less than or equal to 64"
        in message("GetHIT", HITId="A" * 65)
    )
    assert message("ListHITs", MaxResults=101).endswith(
        "Value '101' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )
    assert "greater than or equal to 1" in message("ListHITs", MaxResults=0)
    assert message("ListReviewableHITs", Status="Gone").endswith(
        "Member must satisfy enum value set: [Reviewable, Reviewing]"
    )


def test_what_is_in_lists_and_structures_is_named_by_its_place() -> None:
    text = message(
        "CreateHITType", AssignmentDurationInSeconds=60, Reward="0.05", Title="T", Description="D",
        QualificationRequirements=[{"QualificationTypeId": "A", "Comparator": "Like"}, {"Comparator": "In"}],
    )  # fmt: skip

    assert "Value 'Like' at 'qualificationRequirements.1.member.comparator'" in text
    assert "Value null at 'qualificationRequirements.2.member.qualificationTypeId'" in text
    assert message("NotifyWorkers", Subject="S", MessageText="M", WorkerIds=["A1", "nonsense"]) == (
        "1 validation error detected: Value '[A1, nonsense]' at 'workerIds' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 64, "
        "Member must have length greater than or equal to 1, "
        "Member must satisfy regular expression pattern: ^A[A-Z0-9]+$]"
    )


def test_a_pattern_holds_for_the_whole_value() -> None:
    assert "pattern" in message("GetHIT", HITId="ABC\n")
    assert read("GetHIT", HITId="ABC") == {"HITId": "ABC"}


@pytest.mark.parametrize("reward", ["$5", "0.005", "-1", "", "1e3"])
def test_an_amount_has_the_form_of_money(reward: str) -> None:
    assert "at 'bonusAmount'" in message(
        "SendBonus", WorkerId="A1", AssignmentId=HIT, Reason="r", BonusAmount=reward
    )


def test_null_is_absence_and_members_unknown_to_the_model_are_passed_over() -> None:
    assert read("ListHITs", MaxResults=None, Colour="blue", NextToken="x") == {"NextToken": "x"}
    assert validation.read("ListHITs", b"") == {}
    assert "must not be null" in message("GetHIT", HITId=None)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(0, 0.0), (1537741087, 1537741087.0), (1537741087.123, 1537741087.123), ("1.5E9", 1.5e9), (-5, -5.0),
     ("1537741087", 1537741087.0), ("2018-09-23T22:18:07Z", 1537741087.0), ("2018-09-23T22:18:07", 1537741087.0),
     ("2018-09-24T00:18:07+02:00", 1537741087.0)],
)  # fmt: skip
def test_times_come_as_numbers_or_text(given: Any, seconds: float) -> None:
    at = read("UpdateExpirationForHIT", HITId=HIT, ExpireAt=given)["ExpireAt"]

    assert at.tzinfo is UTC
    assert at == datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("UpdateExpirationForHIT", {"ExpireAt": "soon"}), ("UpdateExpirationForHIT", {"ExpireAt": True}),
        ("UpdateExpirationForHIT", {"ExpireAt": 1e300}), ("UpdateExpirationForHIT", {"ExpireAt": "1e999"}),
        ("UpdateExpirationForHIT", {"ExpireAt": "nan"}), ("UpdateExpirationForHIT", {"ExpireAt": []}),
        ("UpdateExpirationForHIT", {"ExpireAt": "0001-01-01T00:00:00+14:00"}),
        ("GetHIT", {"HITId": 5}), ("GetHIT", {"HITId": {}}), ("GetHIT", {"HITId": ["A"]}),
        ("GetHIT", {"HITId": True}), ("GetHIT", {"HITId": "A\0"}),
        ("ListHITs", {"MaxResults": "5"}), ("ListHITs", {"MaxResults": 1.5}), ("ListHITs", {"MaxResults": True}),
        ("ListHITs", {"MaxResults": 10**30}), ("ListHITs", {"MaxResults": 2**31}),
        ("UpdateHITReviewStatus", {"Revert": "true"}), ("UpdateHITReviewStatus", {"Revert": 1}),
        ("NotifyWorkers", {"WorkerIds": "A1"}), ("NotifyWorkers", {"WorkerIds": [5]}),
        ("CreateHIT", {"QualificationRequirements": [5]}), ("CreateHIT", {"HITReviewPolicy": "x"}),
    ],
)  # fmt: skip
def test_another_type_is_no_constraint_but_a_fault_of_the_document(
    operation: str, given: dict[str, Any]
) -> None:
    with pytest.raises(SerializationException):
        read(operation, **given)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"null", b'{"a": NaN}', b"\xff\xfe{}", b'{"Query": "\\ud800"}']
)
def test_a_body_that_is_no_object_says_so(body: bytes) -> None:
    with pytest.raises(SerializationException):
        validation.read("ListHITs", body)


def test_long_values_are_quoted_in_part_and_many_faults_are_counted() -> None:
    assert len(message("GetHIT", HITId="x" * 100_000)) < 3_000
    text = message("NotifyWorkers", Subject="S", MessageText="M", WorkerIds=[None] * 5_000)
    assert text.startswith("5000 validation errors detected: ")
    assert len(text) < 20_000


def test_every_pattern_of_the_model_can_be_used() -> None:
    patterns = {
        shape.metadata["pattern"]
        for name in model.service().shape_names
        if "pattern" in (shape := model.service().shape_for(name)).metadata
    }
    assert patterns
    for pattern in patterns:
        validation._pattern(pattern)
    assert validation._pattern(r"\p{Alpha}+").fullmatch("abc")


@pytest.mark.parametrize("operation", mturk_model.operations())
def test_every_operation_reads_what_the_model_allows_and_refuses_the_rest(operation: str) -> None:
    assert read(operation, **mturk_inputs.minimal(operation, {})) is not None
    most = mturk_inputs.maximal(operation, {})
    assert read(operation, **most).keys() == most.keys()

    refused = 0
    for _what, given in mturk_inputs.wrong(operation, {}):
        try:
            read(operation, **given)
        except (SerializationException, ValidationException):
            refused += 1
    assert refused or not most
