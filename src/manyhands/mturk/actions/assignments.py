"""Assignments: read, approved, rejected; bonuses."""

import re
from typing import Any

from manyhands.accounts.api_keys import charge_key
from manyhands.core import ids
from manyhands.core.errors import NotFound
from manyhands.ledger.fees import requester_fee
from manyhands.mturk import faults, inputs, shown
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import page_of
from manyhands.mturk.people import worker_id_of
from manyhands.questions.controls import field_names
from manyhands.questions.parsing import kept_form
from manyhands.work import errors
from manyhands.work.operations import bonuses, reviewing
from manyhands.work.queries import api as queries
from manyhands.work.queries import files
from manyhands.work.states import RejectionReason
from manyhands.work.words import NO_WORDS

HANDED_IN = ("submitted", "approved", "rejected")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@action("ListAssignmentsForHIT", scope="read")
def list_assignments_for_hit(call: Call) -> dict[str, Any]:
    """What was handed in for a HIT, in any state of the HIT."""
    hit_id, page = inputs.hit_id(call), page_of(call)
    statuses = [each.lower() for each in call.input.get("AssignmentStatuses", ())] or HANDED_IN
    rows = queries.assignments_of(
        requester_id=call.requester_id, hit_id=hit_id, statuses=statuses, limit=page.limit, after=page.after
    )
    if not rows and queries.hit(requester_id=call.requester_id, hit_id=hit_id) is None:
        raise faults.no_such_hit(call.input["HITId"])
    return page.result(
        "Assignments",
        rows,
        key=lambda row: (shown.microseconds(row.submitted_at), row.id),
        shown=shown.assignment,
    )


def _assignment(call: Call) -> queries.Assignment:
    row = queries.assignment(requester_id=call.requester_id, assignment_id=inputs.assignment_id(call))
    if row is None:
        raise faults.no_such_assignment(call.input["AssignmentId"])
    return row


@action("GetAssignment", scope="read")
def get_assignment(call: Call) -> dict[str, Any]:
    """What was handed in, with its HIT."""
    row = _assignment(call)
    if row.status not in HANDED_IN:
        raise faults.assignment_state("Reviewable,Approved,Rejected")
    hit = queries.hit(requester_id=call.requester_id, hit_id=row.hit_id)
    assert hit is not None  # noqa: S101 - a HIT is never taken away
    return {"Assignment": shown.assignment(row), "HIT": shown.hit(hit)}


def _feedback(call: Call) -> str:
    feedback = str(call.input.get("RequesterFeedback", ""))
    if len(feedback) > reviewing.WORDS_MAX or _NOT_TEXT.search(feedback):
        raise faults.invalid_value(feedback, "RequesterFeedback")
    return feedback


@action("ApproveAssignment", scope="review")
def approve_assignment(call: Call) -> dict[str, Any]:
    """Approve what waits for a decision; with OverrideRejection also what was rejected of late."""
    assignment_id, feedback = inputs.assignment_id(call), _feedback(call)
    decided = reviewing.approve(
        requester_id=call.requester_id,
        assignment_ids=[assignment_id],
        actor_id=call.account_id,
        feedback=feedback,
    )
    if decided.decided:
        return {}
    _assignment(call)
    if not call.input.get("OverrideRejection", False):
        raise faults.assignment_state()
    reviewing.override_rejection(
        requester_id=call.requester_id,
        assignment_id=assignment_id,
        actor_id=call.account_id,
        feedback=feedback,
    )
    return {}


@action("RejectAssignment", scope="review")
def reject_assignment(call: Call) -> dict[str, Any]:
    """Reject what waits for a decision. Without words the worker is told that there were none."""
    decided = reviewing.reject(
        requester_id=call.requester_id,
        assignment_ids=[inputs.assignment_id(call)],
        actor_id=call.account_id,
        reason=RejectionReason.OTHER,
        words=_feedback(call).strip() or NO_WORDS,
    )
    if not decided.decided:
        _assignment(call)
        raise faults.assignment_state()
    return {}


@action("SendBonus", scope="money")
def send_bonus(call: Call) -> dict[str, Any]:
    """Pay a worker beside the reward."""
    assignment_id, worker_id = inputs.assignment_id(call), worker_id_of(call.input["WorkerId"])
    amount_minor = inputs.amount(call, "BonusAmount", minimum_minor=1)
    token = call.input.get("UniqueRequestToken")
    charge_key(key_id=call.key_id, amount_minor=amount_minor + requester_fee(amount_minor))
    try:
        with inputs.parameters(call.input):
            bonuses.send_bonus(
                requester_id=call.requester_id,
                actor_id=call.account_id,
                worker_id=worker_id,
                assignment_id=assignment_id,
                amount_minor=amount_minor,
                reason=call.input["Reason"],
                token=token,
            )
    except NotFound:
        _assignment(call)
        raise faults.invalid_value(call.input["WorkerId"], "WorkerId") from None
    except errors.RequestRepeated:
        raise faults.token_used(token or "") from None
    return {}


@action("ListBonusPayments", scope="read")
def list_bonus_payments(call: Call) -> dict[str, Any]:
    """Bonuses paid for one HIT, or for one assignment."""
    page, of_hit = page_of(call), "HITId" in call.input
    if of_hit == ("AssignmentId" in call.input):
        raise faults.either_or("HITId", "AssignmentId")
    [after] = page.after or (0,)
    subject: dict[str, Any] = (
        {"hit_id": inputs.hit_id(call)} if of_hit else {"assignment_id": inputs.assignment_id(call)}
    )
    rows = queries.bonuses(requester_id=call.requester_id, limit=page.limit, after=after, **subject)
    if not rows:
        _check_subject(call, subject)
    return page.result("BonusPayments", rows, key=lambda row: (row.id,), shown=_bonus)


def _check_subject(call: Call, subject: dict[str, Any]) -> None:
    if "assignment_id" in subject:
        _assignment(call)
    elif queries.hit(requester_id=call.requester_id, **subject) is None:
        raise faults.no_such_hit(call.input["HITId"])


def _bonus(row: queries.Bonus) -> dict[str, Any]:
    return {
        "WorkerId": ids.encode_account(row.worker_id),
        "BonusAmount": row.amount_minor,
        "AssignmentId": ids.encode("assignment", row.assignment_id),
        "Reason": row.reason,
        "GrantTime": row.at,
    }


FILE_ADDRESS_S = 60


@action("GetFileUploadURL", scope="read")
def get_file_upload_url(call: Call) -> dict[str, Any]:
    """The address of a file that was handed in, good for a minute and for whoever has it."""
    row, identifier = _assignment(call), call.input["QuestionIdentifier"]
    if row.status not in HANDED_IN:
        raise faults.assignment_state("Reviewable,Approved,Rejected")
    found = files.file_of_answer(
        requester_id=call.requester_id, assignment_id=row.id, field=_field_of(row, identifier)
    )
    if found is None:
        fault = faults.invalid_value(identifier, "QuestionIdentifier")
        raise faults.ParameterValidationError(f"{fault.message} No file was uploaded for it.")
    return {"FileUploadURL": files.address(found.id, good_for_s=FILE_ADDRESS_S)}


def _field_of(row: queries.Assignment, identifier: str) -> str:
    """The name that the question's field posted: nearly always its identifier."""
    names = {} if row.form is None else field_names(kept_form(row.form))
    return names[identifier].answer if identifier in names else identifier
