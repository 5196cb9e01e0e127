"""Requests about single HITs at the same moment: nothing is made twice, nothing lands in a closed batch."""

from collections.abc import Callable
from typing import Any

import psycopg

from manyhands.core.ids import RequesterId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.queries import balance_of
from manyhands.work.errors import RequestRepeated
from manyhands.work.models import HIT, Batch, HITType, Question
from manyhands.work.operations import batches, hits
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.conftest import Database
from tests.race.stepping import Acting, Held, at_once

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def creating(requester: Any, **changes: Any) -> Callable[[], hits.Created]:
    requester_id = RequesterId(requester.pk)
    hit_type_id = make_hit_type(requester_id=requester_id, terms=factories.TERMS)
    new = factories.new_hit(**changes)
    return lambda: hits.create_hit(requester_id=requester_id, hit_type_id=hit_type_id, new=new)


def test_one_token_sent_twice_at_once_makes_one_hit(database: Database, hold: Hold, watcher: Watcher) -> None:
    requester = factories.make_requester()
    create = creating(requester, token="t")
    creating(requester)()  # the batch is there
    gate = hold()
    gate.run(
        "SELECT id FROM ledger_account WHERE owner_id = %(owner)s ORDER BY id FOR UPDATE", owner=requester.pk
    )
    both = [Acting(create), Acting(create)]
    for acting in both:
        acting.wait_until_blocked(watcher)
    gate.commit()

    made, repeated = [], []
    for acting in both:
        try:
            made.append(acting.result())
        except RequestRepeated as refusal:
            repeated.append(refusal.result_id)
    assert repeated == [made[0].hit_id]
    assert HIT.objects.count() == 2
    assert first_difference() is None


def test_two_hits_racing_for_one_balance_make_one(database: Database, hold: Hold, watcher: Watcher) -> None:
    requester = factories.make_requester(deposit_minor=6 + 6 + 5)
    create = creating(requester)
    create()
    gate = hold()
    gate.run(
        "SELECT id FROM ledger_account WHERE owner_id = %(owner)s ORDER BY id FOR UPDATE", owner=requester.pk
    )
    both = [Acting(create), Acting(create)]
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
    assert balance_of(requester.pk).available_minor == 5
    assert first_difference() is None


def test_the_first_hits_of_a_type_made_at_once_stand_in_one_batch(database: Database) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)

    def create() -> hits.Created:
        hit_type_id = make_hit_type(requester_id=requester_id, terms=factories.TERMS)
        return hits.create_hit(
            requester_id=requester_id, hit_type_id=hit_type_id, new=factories.new_hit(max_assignments=2)
        )

    outcomes = at_once(*[create] * 6)
    assert len({made.batch_id for made in outcomes}) == 1
    assert (HITType.objects.count(), Batch.objects.count(), Question.objects.count()) == (1, 1, 1)
    assert HIT.objects.count() == 6
    assert first_difference() is None


def test_a_hit_made_while_its_batch_is_closed_stands_in_another(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)
    create = creating(requester)
    first = create()
    batches.expire_batch(requester_id=requester_id, batch_id=first.batch_id, actor_id=requester_id)
    closing = hold()
    closing.run("SELECT id FROM batch WHERE id = %(id)s FOR NO KEY UPDATE", id=first.batch_id)
    acting = Acting(create)
    acting.wait_until_blocked(watcher)
    closing.run("UPDATE hit SET status = 'disposed' WHERE batch_id = %(id)s", id=first.batch_id)
    closing.run("UPDATE batch SET status = 'disposed' WHERE id = %(id)s", id=first.batch_id)
    closing.commit()

    second = acting.result()
    assert second.batch_id != first.batch_id
    assert first_difference() is None
