"""What proofreading refuses."""

from manyhands.core.errors import Refusal


class AlreadyProofread(Refusal):
    """This text has been graded already."""


class NotToProofread(Refusal):
    """This submission does not wait for an editor."""
