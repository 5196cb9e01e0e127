"""Requests about single HITs at the same moment: nothing is made twice, nothing lands in a closed batch."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.queries import balance_of
from manyhands.work.errors import HITTouched, RequestRepeated, WrongHITState
from manyhands.work.models import HIT, Assignment, Batch, Bonus, HITType, Question
from manyhands.work.operations import accepting, batches, bonuses, hits, single_hits
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


def test_a_hit_taken_while_it_moves_to_other_terms_is_taken_at_those(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    requester_id = RequesterId(requester.pk)
    group = factories.create_hit(requester)
    hit_id = group.hit_ids[0]
    dearer = make_hit_type(requester_id=requester_id, terms=replace(factories.TERMS, reward_minor=50))
    gate = hold()
    gate.run(
        "SELECT id FROM ledger_account WHERE owner_id = %(owner)s ORDER BY id FOR UPDATE", owner=requester.pk
    )
    moving = Acting(
        lambda: single_hits.change_hit_type(
            requester_id=requester_id, actor_id=requester_id, hit_id=hit_id, hit_type_id=dearer
        )
    )
    moving.wait_until_blocked(watcher)
    accepting_ = Acting(lambda: accepting.accept_hit(worker_id=WorkerId(worker.pk), hit_id=hit_id))
    accepting_.wait_until_blocked(watcher)
    gate.commit()

    moving.result()
    assert accepting_.result().hit_type_id == dearer
    assert Assignment.objects.get().reward_minor == 50
    assert first_difference() is None


def test_a_hit_that_is_taken_while_it_moves_keeps_its_terms(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    requester_id = RequesterId(requester.pk)
    group = factories.create_hit(requester)
    hit_id = group.hit_ids[0]
    other = make_hit_type(requester_id=requester_id, terms=replace(factories.TERMS, reward_minor=50))
    gate = hold()
    gate.run("SELECT id FROM hit WHERE id = %(id)s FOR NO KEY UPDATE", id=hit_id)
    taking = Acting(lambda: accepting.accept_hit(worker_id=WorkerId(worker.pk), hit_id=hit_id))
    taking.wait_until_blocked(watcher)
    moving = Acting(
        lambda: single_hits.change_hit_type(
            requester_id=requester_id, actor_id=requester_id, hit_id=hit_id, hit_type_id=other
        )
    )
    moving.wait_until_blocked(watcher)
    gate.commit()

    assert taking.result().hit_type_id == group.hit_type_id
    with pytest.raises(HITTouched):
        moving.result()
    assert first_difference() is None


def test_a_hit_extended_while_it_is_disposed_of_stays_closed(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    requester = factories.make_requester()
    requester_id = RequesterId(requester.pk)
    group = factories.create_hit(requester)
    batches.expire_batch(requester_id=requester_id, batch_id=group.batch_id, actor_id=requester_id)
    closing = hold()
    closing.run("SELECT id FROM batch WHERE id = %(id)s FOR NO KEY UPDATE", id=group.batch_id)
    extending = Acting(
        lambda: single_hits.extend_hit(
            requester_id=requester_id, actor_id=requester_id, hit_id=group.hit_ids[0], more_assignments=1
        )
    )
    extending.wait_until_blocked(watcher)
    closing.run("UPDATE hit SET status = 'disposed' WHERE id = %(id)s", id=group.hit_ids[0])
    closing.commit()
    with pytest.raises(WrongHITState) as refused:
        extending.result()
    assert refused.value.status == "disposed"
    assert first_difference() is None


def test_one_bonus_token_sent_twice_at_once_pays_once(database: Database) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.create_hit(requester)
    assignment_id = factories.accept(worker, group).assignment_id
    factories.submit(worker, assignment_id)

    def give() -> bonuses.Given:
        return bonuses.send_bonus(
            requester_id=RequesterId(requester.pk),
            actor_id=AccountId(requester.pk),
            worker_id=WorkerId(worker.pk),
            assignment_id=assignment_id,
            amount_minor=10,
            reason="Good work.",
            token="t",
        )

    outcomes = at_once(*[give] * 6)
    assert sum(isinstance(outcome, bonuses.Given) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RequestRepeated) for outcome in outcomes) == 5
    assert Bonus.objects.count() == 1
    assert balance_of(worker.pk).earned_available_minor == 10
    assert first_difference() is None
