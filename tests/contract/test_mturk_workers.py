"""Blocking and telling workers, with boto3 over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.urls import reverse

from manyhands.accounts.models import Account, AuditEntry
from manyhands.accounts.states import AccountStatus
from manyhands.core import ids
from manyhands.core.ids import AccountId, RequesterId
from manyhands.messaging import notifying
from manyhands.messaging.models import Notice, Thread, ThreadMessage
from manyhands.work import errors
from manyhands.work.models import WorkerBlock
from manyhands.work.operations import reviewing
from tests import factories
from tests.harness.every_url import signed_in
from tests.harness.mturk import boto, call, make_key
from tests.harness.servers import LiveServer

STRANGER = "Cannot send a notification to a worker who has not done any work for you"


@pytest.fixture
def requester(live_server: LiveServer) -> Account:
    return factories.make_requester()


@pytest.fixture
def mturk(requester: Account, live_server: LiveServer) -> Any:
    return boto(make_key(requester), live_server.url)


def public(account: Account) -> str:
    return ids.encode_account(account.pk)


def fault(failure: pytest.ExceptionInfo[ClientError]) -> str:
    return str(failure.value.response["Error"]["Code"])


def make_decided_worker(requester: Account, act: str = "approve") -> Account:
    """A worker who had one task of the requester's approved or rejected."""
    worker = factories.make_worker()
    assignment_id = factories.accept(worker, factories.publish(requester, 1)).assignment_id
    factories.submit(worker, assignment_id)
    whose = {"requester_id": RequesterId(requester.pk), "actor_id": AccountId(requester.pk)}
    if act == "approve":
        reviewing.approve(**whose, assignment_ids=[assignment_id])
    elif act == "reject":
        reviewing.reject(**whose, assignment_ids=[assignment_id], reason="wrong", words="No.")
    return worker


def test_a_blocked_worker_accepts_nothing_until_unblocked(requester: Account, mturk: Any) -> None:
    worker, group = factories.make_worker(), factories.publish(requester, 2)
    held = factories.accept(worker, group)

    mturk.create_worker_block(WorkerId=public(worker), Reason="Guesses")

    with pytest.raises(errors.Blocked):
        factories.accept(worker, group)
    factories.submit(worker, held.assignment_id)  # what is held is untouched
    mturk.delete_worker_block(WorkerId=public(worker), Reason="A mistake")
    assert factories.accept(worker, group)


def test_blocks_are_listed_to_their_requester_with_the_last_reason(requester: Account, mturk: Any) -> None:
    workers = [factories.make_worker() for _ in range(3)]
    for worker in workers:
        mturk.create_worker_block(WorkerId=public(worker), Reason="First")
    mturk.create_worker_block(WorkerId=public(workers[0]), Reason="Second – größer")
    make_key(factories.make_requester())

    pages = list(mturk.get_paginator("list_worker_blocks").paginate(PaginationConfig={"PageSize": 2}))

    assert [page["NumResults"] for page in pages] == [2, 1, 0]
    listed = {row["WorkerId"]: row["Reason"] for page in pages for row in page["WorkerBlocks"]}
    assert listed == {
        public(workers[0]): "Second – größer",
        public(workers[1]): "First",
        public(workers[2]): "First",
    }
    assert call(make_key(factories.make_requester()), "ListWorkerBlocks").body == {
        "NumResults": 0, "WorkerBlocks": [],
    }  # fmt: skip
    acts = (
        AuditEntry.objects.filter(subject=f"worker:{workers[0].pk}")
        .order_by("id")
        .values_list("act", "facts")
    )
    assert [(act, facts["reason"], facts["requester"]) for act, facts in acts] == [
        ("worker.block", "First", requester.pk), ("worker.block", "Second – größer", requester.pk),
    ]  # fmt: skip


def test_unblocking_who_is_not_blocked_succeeds_and_changes_nothing(mturk: Any) -> None:
    worker = factories.make_worker()
    other = factories.make_requester()
    WorkerBlock.objects.create(requester_id=other.pk, worker_id=worker.pk, reason="Theirs")

    mturk.delete_worker_block(WorkerId=public(worker))

    assert WorkerBlock.objects.count() == 1
    assert not AuditEntry.objects.filter(act="worker.unblock").exists()


def test_ids_nobody_has_are_told_by_their_parameter(requester: Account, mturk: Any) -> None:
    nobody, no_worker = ids.encode_account(987_654), public(requester)
    for unknown in (nobody, no_worker, "A143XRCI1YXAFE", "A1"):
        with pytest.raises(
            ClientError, match=f'"{unknown}" is not valid for the parameter WorkerId'
        ) as failure:
            mturk.create_worker_block(WorkerId=unknown, Reason="r")
        assert fault(failure) == "ParameterValidationError"
        with pytest.raises(ClientError, match=f'"{unknown}" is not valid for the parameter WorkerId'):
            mturk.notify_workers(Subject="S", MessageText="M", WorkerIds=[unknown])
        with pytest.raises(ClientError, match="WorkerId is invalid") as failure:
            mturk.delete_worker_block(WorkerId=unknown)
        assert fault(failure) == "ParameterValidationError"
    # boto3 drops the code of a type that is not in the model; other clients read it.
    raw = call(make_key(requester), "DeleteWorkerBlock", {"WorkerId": nobody})
    assert raw.fault == ("ParameterValidationError", "InvalidParameterValue", "WorkerId is invalid.")
    with pytest.raises(ClientError, match="not valid for the parameter Reason"):
        mturk.create_worker_block(WorkerId=public(factories.make_worker()), Reason=" ")
    assert not WorkerBlock.objects.exists()


def test_workers_with_decided_work_are_told_and_strangers_are_not(requester: Account, mturk: Any) -> None:
    approved, rejected = make_decided_worker(requester), make_decided_worker(requester, "reject")
    waiting, stranger = make_decided_worker(requester, "none"), factories.make_worker()
    elsewhere = make_decided_worker(factories.make_requester())
    told = [approved, rejected, waiting, stranger, elsewhere]

    answer = mturk.notify_workers(
        Subject="The second part is open",
        MessageText="Dear worker,\r\ncome back!",
        WorkerIds=[*map(public, told)] * 2,
    )

    failures = answer["NotifyWorkersFailureStatuses"]
    assert {each["WorkerId"] for each in failures} == {
        public(each) for each in (waiting, stranger, elsewhere)
    }
    assert {(each["NotifyWorkersFailureCode"], each["NotifyWorkersFailureMessage"]) for each in failures} == {
        ("HardFailure", STRANGER)
    }
    messages = ThreadMessage.objects.order_by("id").values_list("thread__account_id", "words", "side")
    assert list(messages) == [
        (each.pk, "The second part is open\n\nDear worker,\ncome back!", "requester")
        for each in sorted((approved, rejected), key=lambda account: account.pk)
    ]
    entry = Notice.objects.get(account=approved, kind="message")
    assert (entry.side, entry.mail, entry.read_at) == ("worker", "now", None)


def test_a_worker_is_told_any_number_of_times_in_one_conversation(requester: Account, mturk: Any) -> None:
    worker = make_decided_worker(requester)
    for number in range(7):
        answer = mturk.notify_workers(
            Subject=f"Day {number}", MessageText="Go on", WorkerIds=[public(worker)]
        )
        assert answer["NotifyWorkersFailureStatuses"] == []

    thread = Thread.objects.get(account=worker)
    assert thread.subject == "Day 6"
    assert ThreadMessage.objects.filter(thread=thread).count() == 7


def test_who_left_is_a_hard_failure_and_a_full_day_a_soft_one(
    requester: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(requester)
    first, second, gone = (make_decided_worker(requester) for _ in range(3))
    Account.objects.filter(pk=gone.pk).update(status=AccountStatus.SUSPENDED)
    monkeypatch.setattr(notifying, "PER_DAY_MAX", 1)

    answer = call(
        key,
        "NotifyWorkers",
        {"Subject": "S", "MessageText": "M", "WorkerIds": [*map(public, (first, second, gone))]},
    )

    assert [
        (each["WorkerId"], each["NotifyWorkersFailureCode"])
        for each in answer.body["NotifyWorkersFailureStatuses"]
    ] == [(public(second), "SoftFailure"), (public(gone), "HardFailure")]


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"Subject": "x" * 201}, "Subject"), ({"Subject": " "}, "Subject"), ({"MessageText": ""}, "MessageText"),
     ({"MessageText": "x" * 4_097}, "MessageText"), ({"WorkerIds": []}, "WorkerIds"),
     ({"WorkerIds": ["A1"] * 101}, "WorkerIds")],
)  # fmt: skip
def test_what_is_too_long_or_empty_is_named(mturk: Any, changed: dict[str, Any], name: str) -> None:
    given = {"Subject": "S", "MessageText": "M", "WorkerIds": ["A1"]} | changed

    with pytest.raises(ClientError, match=f"is not valid for the parameter {name}"):
        mturk.notify_workers(**given)


def test_a_notification_can_be_read_and_answered(requester: Account, mturk: Any) -> None:
    worker = make_decided_worker(requester)
    mturk.notify_workers(Subject="News <b>", MessageText="Come back", WorkerIds=[public(worker)])
    entry = Notice.objects.get(account=worker, kind="message")
    browser = signed_in(worker)
    assert "News &lt;b&gt;" in browser.get(reverse("messages")).content.decode()
    assert "Come back" in browser.get(reverse("message", args=[entry.pk])).content.decode()

    browser.post(reverse("message_reply", args=[entry.pk]), {"words": "I am here"})

    theirs = Notice.objects.get(account=requester, kind="message")
    read = signed_in(requester).get(reverse("requester_message", args=[theirs.pk]))
    assert "I am here" in read.content.decode()
