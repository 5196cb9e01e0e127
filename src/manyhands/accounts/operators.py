"""Whether somebody acts for the operator of the installation: one rule for every act that needs it."""

from manyhands.accounts.errors import OperatorsOnly, OwnAccount, ReasonMissing
from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core.ids import AccountId


def is_operator(account_id: AccountId) -> bool:
    """Whether this is an operator whose account is active. One statement."""
    return Account.objects.filter(pk=account_id, is_operator=True, status=AccountStatus.ACTIVE).exists()


def require_operator(actor_id: AccountId | None, *, over: AccountId | None = None) -> None:
    """Raise OperatorsOnly unless an active operator acts, OwnAccount when it is on their own account.

    None acts from the installation's own command line, and may.
    """
    if actor_id is None:
        return
    if actor_id == over:
        raise OwnAccount
    if not is_operator(actor_id):
        raise OperatorsOnly


def given_reason(raw: str) -> str:
    """The reason of an act on somebody's account, in words. Raises ReasonMissing."""
    words = raw.strip()
    if not words:
        raise ReasonMissing
    return words
