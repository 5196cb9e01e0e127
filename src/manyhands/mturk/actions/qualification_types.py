"""Qualification types: made, changed, read, listed, deleted."""

from typing import Any

from manyhands.core.errors import NotFound
from manyhands.mturk import faults, inputs
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import page_of
from manyhands.qualifications import api_queries as queries
from manyhands.qualifications import operations, system_types
from manyhands.qualifications.operations.altering import asked_way
from manyhands.qualifications.operations.types import TEXT_MAX
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.parsing import parse_test

_TERMS = {
    "Description": "description",
    "Keywords": "keywords",
    "RetryDelayInSeconds": "retry_delay_s",
    "AutoGrantedValue": "auto_granted_score",
}


@action("CreateQualificationType", scope="qualifications")
def create_qualification_type(call: Call) -> dict[str, Any]:
    """A type of the caller's; its scores are any whole numbers."""
    changes = _changes(call)
    with inputs.parameters(call.input):
        way = asked_way(has_test="test" in changes, is_automatic=call.input.get("AutoGranted", False))
        made = operations.create_qualification_type(
            requester_id=call.requester_id,
            name=call.input["Name"],
            terms=operations.TypeTerms(score_kind=ScoreKind.INTEGER, **changes, **way),
        )
    return {"QualificationType": _shown(call, _own(call, queries.type_of_any(made)))}


@action("UpdateQualificationType", scope="qualifications")
def update_qualification_type(call: Call) -> dict[str, Any]:
    """Change what is given; name and keywords stay, and so does having a test or a delay."""
    type_id = inputs.qualification_type_id(call)
    changes = _changes(call)
    changes.pop("keywords", None)
    with inputs.parameters(call.input):
        try:
            operations.alter_qualification_type(
                qualification_type_id=type_id,
                requester_id=call.requester_id,
                changes=changes,
                is_automatic=call.input.get("AutoGranted"),
            )
        except NotFound:
            raise faults.no_such_qualification_type(call.input["QualificationTypeId"]) from None
    return {"QualificationType": _shown(call, _own(call, queries.type_of_any(type_id)))}


def _changes(call: Call) -> dict[str, Any]:
    """The terms a call names. Raises the fault of the first that cannot be."""
    given = call.input
    changes = {term: given[name] for name, term in _TERMS.items() if name in given}
    if "QualificationTypeStatus" in given:
        changes["status"] = TypeStatus(given["QualificationTypeStatus"].lower())
    if "Test" in given:
        changes["test"] = _test(given)
    else:
        for name in ("AnswerKey", "TestDurationInSeconds"):
            if name in given:
                fault = faults.invalid_value(given[name], name)
                raise faults.ParameterValidationError(f"{fault.message} It needs the parameter Test.")
    return changes


def _test(given: dict[str, Any]) -> tuple[str, str, int]:
    for name in ("Test", "AnswerKey"):
        text = given.get(name)
        if text == "":
            raise faults.too_short(name, 1)
        if text is not None and len(text.encode()) > TEXT_MAX:
            raise faults.too_long(name, TEXT_MAX)
    if "TestDurationInSeconds" not in given:
        fault = faults.invalid_value("null", "TestDurationInSeconds")
        raise faults.ParameterValidationError(f"{fault.message} A Test needs it.")
    form, key = parse_test(given["Test"]), given.get("AnswerKey", "")
    if key:
        parse_answer_key(key, form)
    return given["Test"], key, given["TestDurationInSeconds"]


@action("GetQualificationType", scope="read")
def get_qualification_type(call: Call) -> dict[str, Any]:
    """A type of anybody; tests and keys of the caller's only."""
    found = queries.type_of_any(inputs.qualification_type_id(call))
    if found is None or (found.requester_id != call.requester_id and found.status == TypeStatus.DISPOSED):
        raise faults.no_such_qualification_type(call.input["QualificationTypeId"])
    if found.status == TypeStatus.DISPOSED:
        raise faults.qualification_type_state()
    return {"QualificationType": _shown(call, found)}


@action("ListQualificationTypes", scope="read")
def list_qualification_types(call: Call) -> dict[str, Any]:
    """Own types and those that others offer, newest first; a made one is found at once."""
    page = page_of(call)
    [before] = page.after or (queries.BEYOND_ALL,)
    rows = queries.types(
        requester_id=call.requester_id,
        own_only=call.input.get("MustBeOwnedByCaller", False),
        requestable_only=call.input["MustBeRequestable"],
        text=call.input.get("Query", "").strip(),
        before=before,
        limit=page.limit,
    )
    return page.result(
        "QualificationTypes", rows, key=lambda row: (row.id,), shown=lambda row: _shown(call, row)
    )


@action("DeleteQualificationType", scope="qualifications")
def delete_qualification_type(call: Call) -> dict[str, Any]:
    """Delete a type at once: its name is free again, and who holds it keeps it."""
    try:
        operations.dispose_qualification_type(
            qualification_type_id=inputs.qualification_type_id(call), requester_id=call.requester_id
        )
    except NotFound:
        raise faults.no_such_qualification_type(call.input["QualificationTypeId"]) from None
    return {}


def _own(call: Call, found: queries.Type | None) -> queries.Type:
    if found is None or found.requester_id != call.requester_id:
        raise faults.no_such_qualification_type(call.input.get("QualificationTypeId", ""))
    return found


def _shown(call: Call, row: queries.Type) -> dict[str, Any]:
    is_automatic = row.route == Route.AUTO
    has_test = row.test_duration_s is not None and row.requester_id == call.requester_id
    return {
        "QualificationTypeId": system_types.public_id(row.id),
        "CreationTime": row.created_at,
        "Name": row.name,
        "Description": row.description,
        "Keywords": row.keywords or None,
        "QualificationTypeStatus": row.status.capitalize(),
        "Test": row.question_form if has_test else None,
        "TestDurationInSeconds": row.test_duration_s if has_test else None,
        "AnswerKey": (row.answer_key or None) if has_test else None,
        "RetryDelayInSeconds": row.retry_delay_s,
        "IsRequestable": row.is_requestable,
        "AutoGranted": is_automatic,
        "AutoGrantedValue": row.auto_granted_score if is_automatic else None,
    }
