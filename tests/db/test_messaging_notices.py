"""Decisions become notices, once each, joined when they come together, in the reader's language."""

import time
from typing import Any

import pytest
from django.utils import translation

from manyhands.accounts.models import Account, AuditEntry
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.messaging import notices, operations, queries
from manyhands.messaging.models import MailMessage, Notice, NoticeEvent
from manyhands.messaging.states import NoticeKind, Side
from manyhands.work.models import AssignmentEvent
from manyhands.work.operations import reviewing
from tests import factories
from tests.conftest import Database
from tests.harness.wire import statements_sent

DECISIONS = ("approved", "rejected", "correction")


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(name="Ornithology Lab")


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


def handed_in(requester: Account, worker: Account, count: int) -> list[AssignmentId]:
    published = factories.publish(requester, count, title="Is it a bird?", reward_minor=12)
    taken = []
    for _ in range(count):
        taken.append(factories.accept(worker, published).assignment_id)
        factories.submit(worker, taken[-1])
    return taken


def approve(requester: Account, assignment_ids: list[AssignmentId], **words: str) -> None:
    requester_id = RequesterId(requester.pk)
    reviewing.approve(
        requester_id=requester_id, assignment_ids=assignment_ids, actor_id=AccountId(requester.pk), **words
    )


def reject(requester: Account, assignment_ids: list[AssignmentId], words: str = "No feathers.") -> None:
    reviewing.reject(
        requester_id=RequesterId(requester.pk), assignment_ids=assignment_ids,
        actor_id=AccountId(requester.pk), reason="wrong", words=words,
    )  # fmt: skip


def entries(account: Account, **filters: Any) -> list[queries.Entry]:
    return queries.inbox(account_id=AccountId(account.pk), side=Side.WORKER, **filters)


@pytest.mark.feature("W-43", "W-69")
def test_each_kind_of_decision_is_told_with_its_reason(requester: Account, worker: Account) -> None:
    approved, rejected, sent_back = handed_in(requester, worker, 3)
    approve(requester, [approved], feedback="Well seen.")
    reject(requester, [rejected])
    reviewing.send_back(
        requester_id=RequesterId(requester.pk), assignment_id=sent_back,
        actor_id=AccountId(requester.pk), words="Name the species.",
    )  # fmt: skip

    assert notices.tell_decisions() == 3

    told = {entry.kind: entry.told for entry in entries(worker)}
    assert told["decision_approved"].title == "Your task was approved: Is it a bird?"
    assert told["decision_approved"].text == "You earned $0.12."
    assert told["decision_approved"].quote == "Well seen."
    assert told["decision_rejected"].quote == "No feathers."
    assert "The answer is wrong" in told["decision_rejected"].text
    assert told["sent_back"].quote == "Name the species."
    assert {notice.sender for notice in told.values()} == {"Ornithology Lab"}


def test_decisions_that_come_together_are_one_notice_with_their_tasks(
    requester: Account, worker: Account
) -> None:
    taken = handed_in(requester, worker, 12)
    approve(requester, taken[:7])
    notices.tell_decisions()
    approve(requester, taken[7:])
    notices.tell_decisions()

    (entry,) = entries(worker)
    assert entry.told.title == "12 tasks were approved: Is it a bird?"
    assert entry.told.text == "You earned $1.44 in all."
    listed = queries.tasks_of(account_id=AccountId(worker.pk), entry_id=entry.id)
    assert [task.assignment_id for task in listed] == taken
    assert queries.tasks_of(account_id=AccountId(requester.pk), entry_id=entry.id) == []


def test_a_read_notice_does_not_grow(requester: Account, worker: Account) -> None:
    taken = handed_in(requester, worker, 2)
    approve(requester, taken[:1])
    notices.tell_decisions()
    operations.mark_read(account_id=AccountId(worker.pk), entry_id=entries(worker)[0].id)
    approve(requester, taken[1:])
    notices.tell_decisions()

    assert [entry.is_unread for entry in entries(worker)] == [True, False]
    assert {entry.facts["count"] for entry in entries(worker)} == {1}


def test_nothing_is_told_twice(requester: Account, worker: Account) -> None:
    taken = handed_in(requester, worker, 3)
    approve(requester, taken)
    assert notices.tell_decisions(page=2) == 3
    assert notices.tell_decisions() == 0
    # Even a cursor that was put back tells nothing again.
    with requester_connection() as connection:
        connection.execute("UPDATE event_cursor SET done_to = 0, seen_to = 0")
    assert notices.tell_decisions() == 0
    assert Notice.objects.get().facts["count"] == 3
    assert NoticeEvent.objects.count() == AssignmentEvent.objects.filter(to_status__in=DECISIONS).count() == 3


def requester_connection() -> Any:
    from tests.harness import databases

    return databases.connect()


def test_an_override_is_told_as_one(requester: Account, worker: Account) -> None:
    (taken,) = handed_in(requester, worker, 1)
    reject(requester, [taken])
    notices.tell_decisions()
    reviewing.override_rejection(
        requester_id=RequesterId(requester.pk), assignment_id=taken, actor_id=AccountId(requester.pk)
    )
    notices.tell_decisions()

    assert entries(worker)[0].told.title == "A rejection was turned into an approval: Is it a bird?"


def test_a_thousand_decisions_are_told_by_a_handful_of_statements(
    requester: Account, worker: Account
) -> None:
    taken = handed_in(requester, worker, 60)
    # A new cursor begins at the first id there ever was, page by page: what it costs is about the next ones.
    notices.tell_decisions()
    approve(requester, taken)

    told, sent = told_once_settled()

    # begin row, survey, BEGIN, span, tell, cursor, COMMIT; then a survey and a span that find nothing
    assert told == 60
    assert len(sent) <= 14, sent


def told_once_settled() -> tuple[int, list[str]]:
    """One run that did not have to wait, with its statements.

    A transaction anywhere on the server, such as an automatic ANALYZE, makes a run look again until it
    has ended: those looks say nothing about the cost of telling.
    """
    for _ in range(200):
        with statements_sent() as sent:
            told = notices.tell_decisions(patience_s=-1)  # looks once
        if told:
            return told, sent
        time.sleep(0.05)
    raise AssertionError("transactions elsewhere on the server did not end")


def test_a_source_is_told_once_and_other_accounts_are_not_affected(worker: Account) -> None:
    other = factories.make_worker()
    told = [AccountId(worker.pk), AccountId(other.pk)]
    facts = [{"count": 2, "search": "birds"}, {"count": 1}]

    def tell() -> int:
        return notices.tell(NoticeKind.NEW_TASKS, told, facts, sources=["search:1:day", "search:9:day"])

    assert (tell(), tell()) == (2, 0)
    assert entries(worker)[0].told.title == "2 new task groups for your search birds"
    assert entries(other)[0].told.title == "A new task group you can work on"


@pytest.mark.feature("M-141")
def test_a_change_of_policy_reaches_every_active_account_and_only_operators_announce(
    worker: Account, requester: Account
) -> None:
    operator = factories.make_account(is_operator=True)
    gone = factories.make_worker(status="suspended")

    told = notices.announce(actor_id=AccountId(operator.pk), title="New fees", words="From May on.")

    assert told == 3
    assert entries(worker)[0].told.quote == "From May on."
    assert not Notice.objects.filter(account=gone).exists()
    assert AuditEntry.objects.filter(act="policy.announce", actor=operator).count() == 1
    suspended = factories.make_account(is_operator=True, status="suspended")
    for other in (worker, suspended):
        with pytest.raises(Exception, match="Only an operator"):
            notices.announce(actor_id=AccountId(other.pk), title="x", words="y")
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_facts_of_another_version_never_break_a_page(kind: NoticeKind) -> None:
    from manyhands.messaging.words import told

    assert told(kind, {}).title
    assert told("unheard of", {"title": "Shown"}).title == "Shown"


def test_a_notice_reads_in_the_readers_language_at_reading_time(worker: Account) -> None:
    notices.tell_one(
        NoticeKind.QUALIFICATION, AccountId(worker.pk), name="Latin", outcome="granted", score=90
    )
    (entry,) = entries(worker)
    with translation.override("ja"):
        assert "Latin" in entry.told.title
    assert entry.told.title == "You have the qualification Latin, with a score of 90"
    assert MailMessage.objects.count() == 0
