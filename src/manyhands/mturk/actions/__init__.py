"""The registry of actions: one function per operation of the API, found here by its name.

An action reads its validated input, calls one operation or query of a domain, and returns the members of
the output. It holds no rules; what a domain refuses becomes a fault in ``mturk.refusals``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from manyhands.accounts.api_keys import Scope
from manyhands.core.ids import AccountId, RequesterId
from manyhands.mturk import model


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request: who calls, with which key, and the input as plain Python values."""

    operation: str
    requester_id: RequesterId
    account_id: AccountId
    key_id: int
    input: dict[str, Any]
    request_id: str


Run = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Action:
    """A registered operation: what it does and the scope a key needs for it.

    ``calls_out``: it waits for somebody else's server, so no transaction is open around it.
    """

    run: Run
    scope: Scope
    calls_out: bool = False


ACTIONS: dict[str, Action] = {}


def action(operation: str, *, scope: str, calls_out: bool = False) -> Callable[[Run], Run]:
    """Register a function as the operation's action: ``@action("GetAccountBalance", scope="read")``."""
    if operation not in model.operation_names():
        raise LookupError(f"The API has no operation {operation}.")

    def register(run: Run) -> Run:
        if operation in ACTIONS:
            raise LookupError(f"{operation} has two actions.")
        ACTIONS[operation] = Action(run, Scope(scope), calls_out)
        return run

    return register


def load() -> None:
    """Import every module of actions, so that all are registered."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
