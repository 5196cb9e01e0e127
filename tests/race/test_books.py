"""Two movements of one account at the same moment."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from manyhands.core import db, sql
from manyhands.ledger.accounts import AccountKind, account_id
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import AlreadyPosted, InsufficientFunds
from manyhands.ledger.models import LedgerAccount
from manyhands.ledger.operations import transfer
from manyhands.ledger.queries import balance_of
from tests import factories
from tests.conftest import Database
from tests.race.stepping import Acting, Held, without

SAVED = AccountKind.TOPUP_RESERVE
TRANSFER = sql.load("manyhands.ledger", "transfer")

Hold = Callable[[], Held]
Watcher = psycopg.Connection[tuple[Any, ...]]


def movement(owner: int, amount: int, key: str) -> dict[str, Any]:
    """From available to another account of the same owner."""
    return {
        "debit_account": account_id(owner, AccountKind.REQUESTER_AVAILABLE),
        "credit_account": account_id(owner, SAVED),
        "amount_minor": amount,
        "idempotency_key": key,
        "purpose": "reserve",
        "batch_id": None,
    }


def saved(owner: int) -> int:
    return LedgerAccount.objects.get(pk=account_id(owner, SAVED)).balance_minor


@pytest.mark.parametrize("amount", [40, 60])
def test_the_second_of_two_debits_goes_by_what_the_first_has_left(
    database: Database, hold: Hold, watcher: Watcher, amount: int
) -> None:
    owner = factories.make_requester(deposit_minor=100).pk
    first = hold()
    first.run(TRANSFER, **movement(owner, amount, "first"))
    acting = Acting(lambda: transfer(**movement(owner, amount, "second")))
    acting.wait_until_blocked(watcher)
    first.commit()
    if amount == 40:
        acting.result()
    else:
        with pytest.raises(InsufficientFunds):
            acting.result()
    assert balance_of(owner).available_minor == {40: 20, 60: 40}[amount]
    assert first_difference() is None


def _money_comes_in(owner: int) -> dict[str, Any]:
    return {
        "debit_account": 0,
        "credit_account": account_id(owner, AccountKind.REQUESTER_AVAILABLE),
        "amount_minor": 50,
        "idempotency_key": "deposit:late",
        "purpose": "deposit",
        "batch_id": None,
    }


def test_a_debit_may_spend_what_came_in_while_it_waited(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    owner = factories.make_requester(deposit_minor=10).pk
    deposit = hold()
    deposit.run(TRANSFER, **_money_comes_in(owner))
    acting = Acting(lambda: transfer(**movement(owner, 60, "spend")))
    acting.wait_until_blocked(watcher)
    deposit.commit()
    acting.result()
    assert saved(owner) == 60
    assert first_difference() is None


def test_control_a_debit_of_the_row_it_first_saw_is_refused_although_the_money_is_there(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    owner = factories.make_requester(deposit_minor=10).pk
    naive = without(TRANSFER, "account_locked.balance_minor +", "ledger_account.balance_minor +")
    deposit = hold()
    deposit.run(TRANSFER, **_money_comes_in(owner))
    acting = Acting(lambda: db.run(naive, **movement(owner, 60, "spend")))  # type: ignore[arg-type]
    acting.wait_until_blocked(watcher)
    deposit.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        acting.result()


def test_one_key_posted_twice_at_once_moves_money_once(
    database: Database, hold: Hold, watcher: Watcher
) -> None:
    owner = factories.make_requester(deposit_minor=100).pk
    first = hold()
    first.run(TRANSFER, **movement(owner, 30, "the same"))
    acting = Acting(lambda: transfer(**movement(owner, 30, "the same")))
    acting.wait_until_blocked(watcher)
    first.commit()
    with pytest.raises(AlreadyPosted):
        acting.result()
    assert saved(owner) == 30
    assert first_difference() is None
