"""The caller's money."""

from typing import Any

from manyhands.ledger.queries import balance_of
from manyhands.mturk.actions import Call, action
from manyhands.mturk.environment import is_sandbox

# What the sandbox has always said; clients test for it.
SANDBOX_BALANCE = "10000.00"


@action("GetAccountBalance", scope="read")
def get_account_balance(call: Call) -> dict[str, Any]:
    """What is free, and what is reserved for published work; in the sandbox one constant."""
    if is_sandbox():
        return {"AvailableBalance": SANDBOX_BALANCE}
    balance = balance_of(call.requester_id)
    return {"AvailableBalance": balance.available_minor, "OnHoldBalance": balance.reserved_minor}
