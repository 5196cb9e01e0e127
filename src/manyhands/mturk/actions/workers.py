"""Workers: block them, tell them something."""

from typing import Any

from manyhands.core import ids
from manyhands.messaging.notifying import SUBJECT_MAX, WORDS_MAX, WORKERS_MAX, NotTold, Why, notify_workers
from manyhands.mturk import faults
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import page_of
from manyhands.mturk.people import worker_id_of, worker_ids_of
from manyhands.work.operations import blocking
from manyhands.work.queries.blocking import Block, blocks_by_worker


@action("CreateWorkerBlock", scope="workers")
def create_worker_block(call: Call) -> dict[str, Any]:
    """Block a worker; a second time only the reason changes."""
    reason = call.input["Reason"]
    if not reason.strip() or len(reason) > blocking.REASON_MAX:
        raise faults.invalid_value(reason, "Reason")
    blocking.block_worker(
        requester_id=call.requester_id,
        worker_id=worker_id_of(call.input["WorkerId"]),
        actor_id=call.account_id,
        reason=reason,
    )
    return {}


@action("DeleteWorkerBlock", scope="workers")
def delete_worker_block(call: Call) -> dict[str, Any]:
    """Unblock a worker; who is not blocked stays so."""
    reason = call.input.get("Reason", "")
    if len(reason) > blocking.REASON_MAX:
        raise faults.invalid_value(reason, "Reason")
    try:
        worker_id = worker_id_of(call.input["WorkerId"])
    except faults.ParameterValidationError:
        raise faults.block_worker_invalid() from None
    blocking.unblock_worker(
        requester_id=call.requester_id, worker_id=worker_id, actor_id=call.account_id, reason=reason
    )
    return {}


@action("ListWorkerBlocks", scope="workers")
def list_worker_blocks(call: Call) -> dict[str, Any]:
    """The blocked workers, with the reasons given."""
    page = page_of(call)
    after = page.after[0] if page.after else 0
    rows = blocks_by_worker(call.requester_id, after=after, limit=page.limit)
    return page.result("WorkerBlocks", rows, key=lambda row: (row.worker_id,), shown=_block)


def _block(row: Block) -> dict[str, Any]:
    return {"WorkerId": ids.encode_account(row.worker_id), "Reason": row.reason}


@action("NotifyWorkers", scope="workers")
def notify(call: Call) -> dict[str, Any]:
    """Write to workers who have worked for the caller; those who could not be told, and why."""
    subject, text, public_ids = (call.input[name] for name in ("Subject", "MessageText", "WorkerIds"))
    for name, value, most in (("Subject", subject, SUBJECT_MAX), ("MessageText", text, WORDS_MAX)):
        if not value.strip() or len(value) > most:
            raise faults.invalid_value(value, name)
    if not 0 < len(public_ids) <= WORKERS_MAX:
        raise faults.invalid_value(", ".join(public_ids), "WorkerIds")
    failures = notify_workers(
        requester_id=call.requester_id, worker_ids=worker_ids_of(public_ids), subject=subject, words=text
    )
    return {"NotifyWorkersFailureStatuses": [_failure(each) for each in failures]}


_FAILURES = {
    Why.STRANGER: ("HardFailure", faults.STRANGER),
    Why.GONE: ("HardFailure", "Cannot send a notification to a worker whose account is closed or suspended"),
    Why.TOO_MANY: ("SoftFailure", "You have sent as many notifications as one may in a day. Go on tomorrow"),
}


def _failure(failure: NotTold) -> dict[str, Any]:
    code, message = _FAILURES[failure.why]
    return {
        "NotifyWorkersFailureCode": code,
        "NotifyWorkersFailureMessage": message,
        "WorkerId": ids.encode_account(failure.worker_id),
    }
