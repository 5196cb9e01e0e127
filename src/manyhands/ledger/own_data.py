"""What of the books belongs to a person: the transfers of their accounts; and money that must go out first."""

from django.conf import settings

from manyhands.accounts.errors import BalanceOpen
from manyhands.accounts.own_data import Obstacle, Section, add

add(
    sections=[
        Section(
            "transfers",
            "SELECT jsonb_build_object('at', created_at, 'purpose', purpose, 'amount_minor',"
            " CASE WHEN credit_account_id / 16 = %(account_id)s THEN amount_minor ELSE -amount_minor END)"
            " FROM transfer WHERE credit_account_id BETWEEN %(account_id)s * 16 AND %(account_id)s * 16 + 15"
            " OR debit_account_id BETWEEN %(account_id)s * 16 AND %(account_id)s * 16 + 15 ORDER BY id",
        )
    ],
    # The sandbox's money is nobody's.
    obstacles=[]
    if settings.SANDBOX_BALANCE_MINOR
    else [
        # The kinds that are a person's own money: available, reserved, held, earned, on its way out.
        Obstacle(
            BalanceOpen,
            "SELECT EXISTS (SELECT FROM ledger_account WHERE owner_id = %(account_id)s"
            " AND kind BETWEEN 1 AND 5 AND balance_minor > 0)",
        )
    ],
)
