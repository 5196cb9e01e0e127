"""Every pair of states of every life cycle, tried on the database and compared with work/states.py."""

from itertools import product
from typing import Any

import psycopg
import pytest
from django.db.models import TextChoices

from manyhands.work import states
from manyhands.work.models import HIT, Assignment, Batch
from tests import factories
from tests.conftest import Database

LIVES: dict[str, tuple[type[TextChoices], dict[Any, frozenset[Any]]]] = {
    "hit": (states.HITStatus, states.HIT_TRANSITIONS),
    "assignment": (states.AssignmentStatus, states.ASSIGNMENT_TRANSITIONS),
    "batch": (states.BatchStatus, states.BATCH_TRANSITIONS),
}
# What lets a row stand in any state, so that only the guard decides.
COLUMNS = {
    "assignment": ", answer = '[]', submitted_at = now(), rejection_reason = 'other', feedback = 'No.'"
}


@pytest.mark.parametrize("table", LIVES)
def test_the_database_allows_exactly_the_transitions_of_the_tables(database: Database, table: str) -> None:
    group = factories.publish(factories.make_requester(), 1)
    held = factories.accept(factories.make_worker(), group)
    row_id = {"hit": held.hit_id, "assignment": held.assignment_id, "batch": group.batch_id}[table]
    statuses, transitions = LIVES[table]
    link = database.connect()
    allowed = {
        (before, after)
        for before, after in product(statuses, statuses)
        if _may(link, table, row_id, before, after)
    }
    same = {(status, status) for status in statuses}
    assert allowed - same == {(before, after) for before, afters in transitions.items() for after in afters}


def _may(link: psycopg.Connection[Any], table: str, row_id: int, before: str, after: str) -> bool:
    """Put the row into the one state with the guard off, then ask for the other one; nothing is kept."""
    with link.transaction(force_rollback=True):
        link.execute("SET LOCAL session_replication_role = replica")
        put = f"UPDATE {table} SET status = %s{COLUMNS.get(table, '')} WHERE id = %s"
        link.execute(put, [before, row_id])  # type: ignore[arg-type]
        link.execute("SET LOCAL session_replication_role = origin")
        try:
            with link.transaction():
                link.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [after, row_id])  # type: ignore[arg-type]
        except psycopg.errors.CheckViolation as refused:
            if refused.diag.constraint_name != f"{table}_transition":
                raise
            return False
    return True


def test_every_state_has_its_transitions_written_down() -> None:
    for statuses, transitions in LIVES.values():
        assert set(transitions) == set(statuses)


def test_a_state_that_is_none_of_the_life_cycle_is_refused(database: Database) -> None:
    group = factories.publish(factories.make_requester(), 1)
    held = factories.accept(factories.make_worker(), group)
    for model, row_id in ((HIT, held.hit_id), (Assignment, held.assignment_id), (Batch, group.batch_id)):
        with pytest.raises(psycopg.IntegrityError) as refused:
            database.connect().execute(
                f"UPDATE {model._meta.db_table} SET status = 'unheard' WHERE id = {row_id}"  # type: ignore[arg-type]
            )
        assert refused.value.diag.constraint_name == f"{model._meta.db_table}_transition"
