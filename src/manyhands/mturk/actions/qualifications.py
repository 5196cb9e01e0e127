"""Workers' qualifications: given, taken, read, listed; and requests for them, decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from manyhands.core import ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import QualificationRequestId, QualificationTypeId
from manyhands.messaging.news import keep_quiet
from manyhands.mturk import faults, inputs
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import page_of
from manyhands.mturk.people import worker_id_of
from manyhands.qualifications import api_queries as queries
from manyhands.qualifications import operations, system_types
from manyhands.qualifications.errors import ScoreOutOfRange
from manyhands.qualifications.operations.deciding import WORDS_MAX
from manyhands.qualifications.states import TypeStatus

GRANTED_VALUE = 1


@action("AssociateQualificationWithWorker", scope="qualifications")
def associate_qualification_with_worker(call: Call) -> dict[str, Any]:
    """Give a worker a score, or change it; a request that waits goes on waiting."""
    type_id, worker_id = _own_type(call, to_give=True), worker_id_of(call.input["WorkerId"])
    with _value_told(call):
        operations.grant_qualification(
            qualification_type_id=type_id,
            requester_id=call.requester_id,
            worker_id=worker_id,
            score=call.input.get("IntegerValue", GRANTED_VALUE),
            actor_id=call.account_id,
        )
    if not call.input.get("SendNotification", True):
        keep_quiet(worker_id=worker_id, qualification_type_id=type_id)
    return {}


@action("DisassociateQualificationFromWorker", scope="qualifications")
def disassociate_qualification_from_worker(call: Call) -> dict[str, Any]:
    """Take it away; the reason is for the worker to read."""
    type_id, worker_id = _own_type(call), worker_id_of(call.input["WorkerId"])
    reason = call.input.get("Reason", "")
    if len(reason) > WORDS_MAX:
        raise faults.invalid_value(reason, "Reason")
    _granted(queries.held(type_id=type_id, worker_id=worker_id))
    operations.revoke_qualification(
        qualification_type_id=type_id,
        requester_id=call.requester_id,
        worker_id=worker_id,
        words=reason,
        actor_id=call.account_id,
    )
    return {}


@action("GetQualificationScore", scope="read")
def get_qualification_score(call: Call) -> dict[str, Any]:
    """The score a worker holds in a type of the caller's."""
    type_id, worker_id = _own_type(call), worker_id_of(call.input["WorkerId"])
    held = _granted(queries.held(type_id=type_id, worker_id=worker_id))
    return {"Qualification": _qualification(type_id, held)}


@action("ListWorkersWithQualificationType", scope="read")
def list_workers_with_qualification_type(call: Call) -> dict[str, Any]:
    """Who holds a type of the caller's, or from whom it was taken."""
    type_id, page = _own_type(call), page_of(call)
    [after] = page.after or (0,)
    is_granted = call.input.get("Status", "Granted") == "Granted"
    rows = queries.holders(type_id=type_id, is_granted=is_granted, after=after, limit=page.limit)
    return page.result(
        "Qualifications", rows, key=lambda row: (row.id,), shown=lambda row: _qualification(type_id, row)
    )


@action("ListQualificationRequests", scope="read")
def list_qualification_requests(call: Call) -> dict[str, Any]:
    """Requests that wait for the caller, the oldest first."""
    type_id = _own_type(call) if "QualificationTypeId" in call.input else None
    page = page_of(call)
    [after] = page.after or (0,)
    rows = queries.waiting_requests(
        requester_id=call.requester_id, type_id=type_id, after=after, limit=page.limit
    )
    return page.result("QualificationRequests", rows, key=lambda row: (row.id,), shown=_request)


@action("AcceptQualificationRequest", scope="qualifications")
def accept_qualification_request(call: Call) -> dict[str, Any]:
    """Grant what was asked for: with this score, or the one of the key, or one."""
    with _value_told(call), _request_told(call) as request_id:
        operations.accept_request(
            request_id=request_id,
            requester_id=call.requester_id,
            score=call.input.get("IntegerValue"),
            actor_id=call.account_id,
        )
    return {}


@action("RejectQualificationRequest", scope="qualifications")
def reject_qualification_request(call: Call) -> dict[str, Any]:
    """Refuse what was asked for; the reason is for the worker to read."""
    with inputs.parameters(call.input), _request_told(call) as request_id:
        operations.refuse_request(
            request_id=request_id,
            requester_id=call.requester_id,
            words=call.input.get("Reason", ""),
            actor_id=call.account_id,
        )
    return {}


def _own_type(call: Call, *, to_give: bool = False) -> QualificationTypeId:
    """A type of the caller's; scores of a deleted one can be read and taken, but not given."""
    type_id = inputs.qualification_type_id(call)
    found = queries.type_of_any(type_id)
    if found is None or found.requester_id != call.requester_id:
        raise faults.no_such_qualification_type(call.input["QualificationTypeId"])
    if to_give and found.status == TypeStatus.DISPOSED:
        raise faults.qualification_type_state()
    return type_id


def _granted(held: queries.Held | None) -> queries.Held:
    if held is None:
        raise faults.no_such_qualification()
    if not held.is_granted:
        raise faults.qualification_state()
    return held


@contextmanager
def _value_told(call: Call) -> Iterator[None]:
    """A type made on the site has scores from 0 to 100."""
    try:
        yield
    except ScoreOutOfRange as refusal:
        fault = faults.invalid_value(call.input.get("IntegerValue", GRANTED_VALUE), "IntegerValue")
        raise faults.ParameterValidationError(f"{fault.message} {refusal}") from None


@contextmanager
def _request_told(call: Call) -> Iterator[QualificationRequestId]:
    public_id = call.input["QualificationRequestId"]
    try:
        yield QualificationRequestId(ids.decode("qualification_request", public_id) or 0)
    except NotFound:
        raise faults.no_such_qualification_request(public_id) from None


def _qualification(type_id: QualificationTypeId, held: queries.Held) -> dict[str, Any]:
    return {
        "QualificationTypeId": system_types.public_id(type_id),
        "WorkerId": ids.encode_account(held.worker_id),
        "GrantTime": held.granted_at,
        "IntegerValue": held.score,
        "Status": "Granted" if held.is_granted else "Revoked",
    }


def _request(row: queries.Waiting) -> dict[str, Any]:
    return {
        "QualificationRequestId": ids.encode("qualification_request", row.id),
        "QualificationTypeId": system_types.public_id(row.qualification_type_id),
        "WorkerId": ids.encode_account(row.worker_id),
        "Test": row.test,
        "Answer": row.answer,
        "SubmitTime": row.submitted_at,
    }
