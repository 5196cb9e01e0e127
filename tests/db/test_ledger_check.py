"""``manyhands ledger check`` finds each kind of difference and names the first row that differs."""

import re
from collections.abc import Callable
from typing import Any, cast

import psycopg
import pytest
from django.db import connection

from manyhands.core.ids import RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.work import checks
from manyhands.work.models import Assignment
from manyhands.work.operations import bonuses, reviewing
from tests import factories
from tests.conftest import Database


@pytest.fixture
def spoil(database: Database) -> Callable[..., None]:
    """A market with one assignment of each kind, and a way to change it behind the triggers' backs."""
    requester = factories.make_requester(deposit_minor=500)
    group = factories.publish(requester, 4, max_assignments=2)
    worker = factories.make_worker()
    ids = []
    for _ in range(3):
        ids.append(factories.accept(worker, group).assignment_id)
        factories.submit(worker, ids[-1])
    factories.accept(worker, group)
    by = {"requester_id": RequesterId(requester.pk), "actor_id": RequesterId(requester.pk)}
    reviewing.approve(assignment_ids=ids[:1], **by)
    reviewing.reject(assignment_ids=ids[1:2], reason="wrong", words="No.", **by)
    bonuses.send_bonus(
        worker_id=WorkerId(worker.pk), assignment_id=ids[0], amount_minor=50, reason="Good.", **by
    )
    assert first_difference() is None

    def change(statement: str, **params: Any) -> None:
        link = database.connect()
        with link.transaction():
            link.execute("SET LOCAL session_replication_role = replica")
            link.execute(cast("Any", statement), params)

    return change


def move(payer: str, earner: str) -> str:
    """SQL that moves one unit of balance without a transfer between kinds of accounts."""
    return (
        f"UPDATE ledger_account SET balance_minor = balance_minor + CASE WHEN kind = {earner} THEN 1 ELSE -1 END"
        f" WHERE kind IN ({payer}, {earner})"
    )


CASES = {
    "a sum": (
        "UPDATE ledger_account SET balance_minor = balance_minor + 1 WHERE kind = 6",
        r"sum to 1, not to 0",
    ),
    "a balance": (move("1", "4"), r"account \d+ holds \d+ but its transfers make \d+"),
    "a reservation": (
        "UPDATE assignment SET reward_minor = 6 WHERE status = 'submitted'",
        r"requester \d+ has 42 reserved, but undecided work makes 43",
    ),
    "a reservation of a batch": (
        "UPDATE transfer SET batch_id = NULL WHERE purpose = 'reserve'",
        r"batch \d+ has -6 reserved by its transfers, but its undecided work makes 42",
    ),
    "a reward of another amount": (
        "UPDATE assignment SET reward_minor = 6 WHERE status = 'approved'",
        r"assignment \d+ is approved for 6 .* but 1 reward transfers make 5",
    ),
    "a reward paid to another": (
        "UPDATE transfer SET credit_account_id = credit_account_id + 16 WHERE purpose = 'reward'",
        r"(account \d+ holds|paid to)",
    ),
    "a reward without approval": (
        """UPDATE transfer SET assignment_id = (SELECT id FROM assignment WHERE status = 'submitted')
            WHERE purpose = 'fee'""",
        r"(fee transfers make 0|pays a fee for assignment \d+, which is submitted)",
    ),
    "a bonus of another amount": (
        "UPDATE bonus SET amount_minor = 51",
        r"bonus \d+ is 51 and a fee of 10, but its transfers make 50 and 10, to \d+",
    ),
    "a bonus that nobody gave": (
        "DELETE FROM bonus",
        r"bonus \d+ is 0 and a fee of 0, but its transfers make 50 and 10",
    ),
    "a counter": (
        "UPDATE hit SET approved = approved - 1, rejected = rejected + 1 WHERE approved = 1",
        r"HIT \d+ counts pending, submitted, approved, rejected as 0, 0, 0, 1, but .* make 0, 0, 1, 0",
    ),
    "a status": (
        "UPDATE hit SET status = 'reviewable' WHERE pending = 1",
        r"HIT \d+ is reviewable with 1 places free, 1 out",
    ),
    "an open count": (
        "UPDATE hit_type_open SET change = change + 1",
        r"HIT type \d+ counts 5 open HITs that expire in the minute .*, but there are 4",
    ),
    "rows": ("UPDATE batch SET row_count = 5", r"batch \d+ is published with 5 rows, but has 4 HITs"),
    "an event": (
        "DELETE FROM assignment_event WHERE to_status = 'approved'",
        r"assignment \d+ is approved, but event \d+ goes from 'accepted' to 'submitted'",
    ),
    "all events": ("DELETE FROM assignment_event", r"assignment \d+ is \w+, but has no event"),
}


@pytest.mark.feature("W-14", "W-44", "M-103", "M-104")
@pytest.mark.parametrize("case", CASES)
def test_each_difference_is_found_and_told(spoil: Callable[..., None], case: str) -> None:
    statement, sentence = CASES[case]
    spoil(statement)
    found = first_difference()
    assert found is not None
    assert re.search(sentence, found), found


def test_a_persons_account_below_zero_is_refused_by_the_database(database: Database) -> None:
    factories.make_requester(deposit_minor=10)
    with pytest.raises(psycopg.errors.CheckViolation, match="ledger_account_not_negative"):
        database.connect().execute("UPDATE ledger_account SET balance_minor = -1 WHERE kind = 1")


def test_nothing_is_wrong_with_an_empty_market(database: Database) -> None:
    assert first_difference() is None
    assert not Assignment.objects.exists()


MANY = (
    """INSERT INTO hit (hit_type_id, batch_id, input, max_assignments, available, approved, status, fee_minor,
                        expires_at)
       SELECT hit_type_id, batch_id, input, 1, 0, 1, status, fee_minor, expires_at
         FROM hit, generate_series(1, 30000)""",
    "UPDATE batch SET row_count = 30001",
    """INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor,
                               fee_minor, deadline_at, answer, submitted_at)
       SELECT hit.id, a.worker_id, a.hit_type_id, a.batch_id, a.requester_id, a.status, a.reward_minor,
              a.fee_minor, a.deadline_at, a.answer, a.submitted_at
         FROM assignment AS a, hit WHERE hit.id <> a.hit_id""",
    """INSERT INTO assignment_event (assignment_id, from_status, to_status)
       SELECT a.id, e.from_status, e.to_status FROM assignment AS a, (SELECT * FROM assignment_event ORDER BY id) AS e
        WHERE a.id <> e.assignment_id""",
    """INSERT INTO transfer (debit_account_id, credit_account_id, amount_minor, idempotency_key, purpose,
                             assignment_id, batch_id)
       SELECT t.debit_account_id, t.credit_account_id, t.amount_minor, gen_random_uuid()::text, t.purpose,
              a.id, t.batch_id
         FROM assignment AS a, transfer AS t WHERE t.purpose IN ('reward', 'fee') AND a.id <> t.assignment_id""",
    """INSERT INTO transfer (debit_account_id, credit_account_id, amount_minor, idempotency_key, purpose, batch_id)
       SELECT t.debit_account_id, t.credit_account_id, t.amount_minor * 30000, gen_random_uuid()::text, t.purpose,
              t.batch_id
         FROM transfer AS t WHERE t.purpose IN ('reserve', 'deposit')""",
    """UPDATE ledger_account SET balance_minor = (
           SELECT sum(CASE WHEN credit_account_id = ledger_account.id THEN amount_minor ELSE -amount_minor END)
             FROM transfer WHERE ledger_account.id IN (credit_account_id, debit_account_id))
        WHERE id IN (SELECT credit_account_id FROM transfer UNION SELECT debit_account_id FROM transfer)""",
    "ANALYZE",
)


@pytest.mark.slow
def test_the_check_of_many_assignments_takes_no_time_to_speak_of(database: Database) -> None:
    requester = factories.make_requester(deposit_minor=12)
    group = factories.publish(requester, 1, reward_minor=10)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    factories.submit(worker, held.assignment_id)
    reviewing.approve(
        requester_id=RequesterId(requester.pk),
        actor_id=RequesterId(requester.pk),
        assignment_ids=[held.assignment_id],
    )
    link = database.connect()
    for statement in MANY:
        link.execute(cast("Any", statement))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '3s'")  # each took minutes as a nested loop
    assert first_difference() is None


def test_progress_is_told_by_check(database: Database) -> None:
    told: list[tuple[int, int]] = []
    assert first_difference(lambda done, of: told.append((done, of))) is None
    assert len(told) == told[-1][1] >= 3 + len(checks.CHECKS)
