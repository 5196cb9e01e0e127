"""Members that several operations share, read from their input; and what a domain refuses, by the wire's names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from manyhands.core import ids, money
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, QualificationTypeId
from manyhands.mturk import faults
from manyhands.mturk.actions import Call
from manyhands.qualifications import system_types

PARAMETERS = {
    "title": "Title",
    "description": "Description",
    "keywords": "Keywords",
    "reward_minor": "Reward",
    "assignment_duration_s": "AssignmentDurationInSeconds",
    "auto_approval_delay_s": "AutoApprovalDelayInSeconds",
    "lifetime_s": "LifetimeInSeconds",
    "max_assignments": "MaxAssignments",
    "more_assignments": "NumberOfAdditionalAssignments",
    "annotation": "RequesterAnnotation",
    "token": "UniqueRequestToken",
    "amount_minor": "BonusAmount",
    "reason": "Reason",
    "name": "Name",
    "retry_delay_s": "RetryDelayInSeconds",
    "auto_granted": "AutoGranted",
    "auto_granted_score": "AutoGrantedValue",
    "test_duration": "TestDurationInSeconds",
    "words": "Reason",
    "layout_parameters": "HITLayoutParameters",
}


@contextmanager
def parameters(given: Mapping[str, Any]) -> Iterator[None]:
    """Turn InvalidInput into the fault that names the wire's parameter and its value."""
    try:
        yield
    except InvalidInput as refusal:
        field, sentence = next(iter(refusal.errors.items()))
        name = PARAMETERS.get(field)
        if name is None:
            raise
        value = given.get(name, "")
        if name == "HITLayoutParameters":
            names = ", ".join(each["Name"] for each in value)
            fault = faults.invalid_value(names, name)
            raise faults.ParameterValidationError(f"{fault.message} {sentence}") from None
        raise faults.invalid_value(value, name) from None


def hit_id(call: Call) -> HITId:
    public_id = call.input["HITId"]
    number = ids.decode("hit", public_id)
    if number is None:
        raise faults.no_such_hit(public_id)
    return HITId(number)


def hit_type_id(call: Call) -> HITTypeId:
    public_id = call.input["HITTypeId"]
    number = ids.decode("hit_type", public_id)
    if number is None:
        raise faults.no_such_hit_type(public_id)
    return HITTypeId(number)


def assignment_id(call: Call) -> AssignmentId:
    public_id = call.input["AssignmentId"]
    number = ids.decode("assignment", public_id)
    if number is None:
        raise faults.no_such_assignment(public_id)
    return AssignmentId(number)


def qualification_type_id(call: Call) -> QualificationTypeId:
    public_id = call.input["QualificationTypeId"]
    number = system_types.from_public_id(public_id)
    if number is None:
        raise faults.no_such_qualification_type(public_id)
    return number


def amount(call: Call, name: str, *, minimum_minor: int) -> int:
    """An amount of money in minor units; ``.5`` and ``1.`` are not of the pattern or as the model has it."""
    text = call.input[name]
    try:
        return money.parse(text, field=name, minimum_minor=minimum_minor)
    except InvalidInput:
        raise faults.invalid_value(text, name) from None
