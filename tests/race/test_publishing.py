"""Requesters' acts at the same moment: no money is spent twice, no HIT is opened that has no money."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from manyhands.core import db, sql
from manyhands.core.ids import BatchId, RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.queries import balance_of
from manyhands.work.errors import BatchNotDraft, BatchNotPublished, BeingPublished
from manyhands.work.models import HIT, Batch, BatchEvent, HITType
from manyhands.work.operations import batches
from tests import factories
from tests.conftest import Database
from tests.race.stepping import Acting, Held, at_once, without

EXPIRE = sql.load("manyhands.work", "expire_batch")
EXTEND = sql.load("manyhands.work", "extend_batch")
DISPOSE = sql.load("manyhands.work", "dispose_batch")

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]
# Ten HITs of one place at a reward of 5 and a fee of 1.
PRICE = 60


def ready(requester_id: int, project_id: Any, account: Any) -> BatchId:
    """A batch whose publishing was started."""
    batch_id = factories.upload(account, project_id, 10)
    batches.start_publishing(requester_id=RequesterId(requester_id), batch_id=batch_id)
    return batch_id


def publishing(batch_id: BatchId, requester_id: int) -> Callable[[], Any]:
    return lambda: batches.publish(batch_id=batch_id, actor_id=RequesterId(requester_id))


def lock_money(held: Held, requester_id: int) -> None:
    held.run(
        "SELECT id FROM ledger_account WHERE owner_id = %(owner)s ORDER BY id FOR UPDATE", owner=requester_id
    )


def test_two_publishes_racing_for_one_balance_publish_one_batch(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester = factories.make_requester(deposit_minor=PRICE + 10)
    first = ready(requester.pk, factories.make_project(requester), requester)
    second = ready(requester.pk, factories.make_project(requester, title="Other words"), requester)
    gate = hold()
    lock_money(gate, requester.pk)
    both = [Acting(publishing(batch_id, requester.pk)) for batch_id in (first, second)]
    for acting in both:
        acting.wait_until_blocked(watcher)
    gate.commit()

    refused = 0
    for acting in both:
        try:
            acting.result()
        except InsufficientFunds:
            refused += 1
    assert refused == 1
    assert sorted(Batch.objects.values_list("status", flat=True)) == ["draft", "published"]
    assert HIT.objects.count() == 10
    balance = balance_of(requester.pk)
    assert (balance.available_minor, balance.reserved_minor) == (10, PRICE)
    assert first_difference() is None


def test_control_a_balance_compared_before_it_is_written_back_is_spent_twice(
    database: Database, hold: Hold
) -> None:
    requester = factories.make_requester(deposit_minor=PRICE + 10)
    account = requester.pk * 16 + 1
    read = "SELECT balance_minor FROM ledger_account WHERE id = %(account)s"
    write = """
    WITH moved AS (
        UPDATE ledger_account SET balance_minor = %(left)s WHERE id = %(account)s
    ), reserved AS (
        INSERT INTO ledger_account (id, owner_id, kind, balance_minor) VALUES (%(account)s + 1, %(account)s / 16, 2, 60)
            ON CONFLICT (id) DO UPDATE SET balance_minor = ledger_account.balance_minor + 60
    )
    INSERT INTO transfer (debit_account_id, credit_account_id, amount_minor, idempotency_key, purpose)
    VALUES (%(account)s, %(account)s + 1, 60, gen_random_uuid()::text, 'reserve')
    """
    first, second = hold(), hold()
    [(seen_by_first,)] = first.run(read, account=account)
    [(seen_by_second,)] = second.run(read, account=account)
    for held, seen in ((first, seen_by_first), (second, seen_by_second)):
        assert seen >= PRICE
        held.run("SET CONSTRAINTS ALL DEFERRED")
        held.run(write, account=account, left=seen - PRICE)
        held.commit()
    assert balance_of(requester.pk).reserved_minor == 2 * PRICE
    assert "sum to" in str(first_difference())


def test_one_batch_published_twice_at_once_is_published_once(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester = factories.make_requester(deposit_minor=10 * PRICE)
    batch_id = ready(requester.pk, factories.make_project(requester), requester)
    gate = hold()
    lock_money(gate, requester.pk)
    first = Acting(publishing(batch_id, requester.pk))
    first.wait_until_blocked(watcher)
    with pytest.raises(BeingPublished):
        Acting(publishing(batch_id, requester.pk)).result()
    gate.commit()
    first.result()
    with pytest.raises(BatchNotDraft):
        publishing(batch_id, requester.pk)()
    assert HIT.objects.count() == 10
    assert balance_of(requester.pk).reserved_minor == PRICE
    assert Batch.objects.get().status == "published"
    assert first_difference() is None


def test_a_free_batch_published_twice_at_once_is_published_once(database: Database) -> None:
    """No transfer stands guard where nothing is paid: the batch's own status does."""
    requester = factories.make_requester(deposit_minor=0)
    batch_id = factories.upload(requester, factories.make_project(requester), 10)
    by = {"requester_id": RequesterId(requester.pk), "batch_id": batch_id}
    batches.price_batch(reward_minor=0, max_assignments=1, lifetime_s=3_600, **by)
    batches.start_publishing(**by)
    outcomes = at_once(*[publishing(batch_id, requester.pk) for _ in range(3)])
    assert sum(isinstance(outcome, batches.Published) for outcome in outcomes) == 1
    assert all(isinstance(each, (batches.Published, BatchNotDraft, BeingPublished)) for each in outcomes)
    assert HIT.objects.count() == 10
    assert first_difference() is None


class Standing:
    """A published batch of two HITs with one place each, one of them in work."""

    def __init__(self) -> None:
        self.requester = factories.make_requester(deposit_minor=200)
        self.group = factories.publish(self.requester, 2)
        self.worker = factories.make_worker()
        self.held = factories.accept(self.worker, self.group)
        self.by = {
            "requester_id": RequesterId(self.requester.pk),
            "batch_id": self.group.batch_id,
            "actor_id": RequesterId(self.requester.pk),
        }
        self.end = timezone.now() + timedelta(days=2)

    def extension(self) -> dict[str, Any]:
        return {
            "batch_id": self.group.batch_id,
            "hit_id": None,
            "more": 1,
            "expires_at": self.end,
            "reservation_key": "reserve:batch:test:1",
        }

    def extend(self) -> batches.Extended:
        return batches.extend_batch(more_assignments=1, expires_at=self.end, **self.by)


def test_expired_first_a_batch_is_then_extended_with_all_its_places(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    standing = Standing()
    expiring = hold()
    assert expiring.run(EXPIRE, batch_id=standing.group.batch_id, hit_id=None) == [(2,)]
    acting = Acting(standing.extend)
    acting.wait_until_blocked(watcher)
    expiring.commit()
    assert acting.result() == batches.Extended(2, 3)
    assert [hit.available for hit in HIT.objects.order_by("id")] == [1, 2]
    assert balance_of(standing.requester.pk).reserved_minor == 4 * 6
    assert first_difference() is None


def test_extended_first_a_batch_then_expires_with_all_its_places(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    standing = Standing()
    extending = hold()
    assert extending.run(EXTEND, **standing.extension()) == [(2, 2)]
    acting = Acting(lambda: batches.expire_batch(**standing.by))
    acting.wait_until_blocked(watcher)
    extending.commit()
    assert acting.result() == 2
    assert [hit.withdrawn for hit in HIT.objects.order_by("id")] == [1, 2]
    assert balance_of(standing.requester.pk).reserved_minor == 6  # what is in work
    assert first_difference() is None


def test_control_an_extension_that_does_not_lock_first_goes_by_what_was(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    standing = Standing()
    naive = without(EXTEND, "       FOR NO KEY UPDATE\n")
    expiring = hold()
    expiring.run(EXPIRE, batch_id=standing.group.batch_id, hit_id=None)
    acting = Acting(lambda: db.run(naive, **standing.extension()))  # type: ignore[arg-type]
    acting.wait_until_blocked(watcher)
    expiring.commit()
    acting.result()
    assert first_difference() is not None


def finished_batch() -> Standing:
    standing = Standing()
    factories.submit(standing.worker, standing.held.assignment_id)
    batches.expire_batch(**standing.by)
    from manyhands.work.operations import reviewing

    reviewing.approve(
        requester_id=standing.by["requester_id"],
        assignment_ids=[standing.held.assignment_id],
        actor_id=standing.by["actor_id"],
    )
    return standing


def test_a_batch_disposed_of_at_that_moment_is_not_extended(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    standing = finished_batch()
    before = BatchEvent.objects.count()
    disposing = hold()
    disposing.run(DISPOSE, batch_id=standing.group.batch_id, hit_id=None)
    disposing.run("UPDATE batch SET status = 'disposed' WHERE id = %(id)s", id=standing.group.batch_id)
    acting = Acting(standing.extend)
    acting.wait_until_blocked(watcher)
    disposing.commit()
    with pytest.raises(BatchNotPublished):
        acting.result()
    assert BatchEvent.objects.count() == before
    assert first_difference() is None


def test_extending_and_publishing_in_one_group_do_not_wait_for_each_other_in_a_ring(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    standing = Standing()
    second = factories.upload(standing.requester, standing.group.project_id, 3)
    terms = {"requester_id": standing.by["requester_id"], "batch_id": second}
    batches.price_batch(reward_minor=5, max_assignments=1, lifetime_s=3_600, **terms)
    batches.start_publishing(**terms)
    assert not HITType.objects.get().has_several_places  # so that extending changes the group's row

    gate = hold()
    lock_money(gate, standing.requester.pk)
    extending = Acting(standing.extend)
    extending.wait_until_blocked(watcher)
    publishing_too = Acting(publishing(second, standing.requester.pk))
    publishing_too.wait_until_blocked(watcher)
    gate.commit()

    assert extending.result().opened == 2
    assert publishing_too.result().hit_count == 3
    assert first_difference() is None
