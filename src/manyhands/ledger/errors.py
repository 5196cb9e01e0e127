"""What the ledger refuses."""

from manyhands.core.errors import Refusal


class InsufficientFunds(Refusal):
    """There is not enough money in your account for this. Add money, or publish fewer tasks."""


class AlreadyPosted(Refusal):
    """This movement of money has already been made."""
