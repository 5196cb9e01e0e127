"""What the operations on messages refuse. The docstring is the message."""

from manyhands.core.errors import Refusal


class NothingSaid(Refusal):
    """Write what you want to tell the requester."""


class TooLong(Refusal):
    """A message may have at most 2,000 characters."""


class TooManyMessages(Refusal):
    """You have already sent five messages about this task."""
