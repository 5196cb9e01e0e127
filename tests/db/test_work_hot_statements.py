"""Statements prepared by name stay usable whatever happens on their connection, and leave it as it was."""

import pytest
from django.db import connection, transaction

from manyhands.core import db
from manyhands.work.models import HIT, Assignment
from tests import factories
from tests.conftest import Database


@pytest.mark.feature("M-129")
def test_an_answer_is_taken_after_a_rollback_on_the_same_connection(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 2)
    worker = factories.make_worker()
    factories.submit(worker, factories.accept(worker, group).assignment_id)
    second = factories.accept(worker, group)

    # psycopg forgets all prepared statements of a connection once a transaction is rolled back.
    with transaction.atomic():
        db.one(int, "SELECT count(*) FROM hit")
        transaction.set_rollback(True)
    db.one(int, "SELECT 1")

    factories.submit(worker, second.assignment_id)
    assert Assignment.objects.filter(status="submitted").count() == 2


def test_a_hot_statement_leaves_djangos_json_alone(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 2)
    worker = factories.make_worker(auto_accept_next=True)
    factories.submit(worker, factories.accept(worker, group).assignment_id)
    assert HIT.objects.get(pk=group.hit_ids[0]).input == {"word": "word 0"}


def test_an_answer_is_taken_inside_a_transaction_of_the_callers(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 1)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    with transaction.atomic():
        factories.submit(worker, held.assignment_id)
    assert not connection.in_atomic_block
    assert Assignment.objects.get().status == "submitted"
