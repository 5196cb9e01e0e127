"""What the operations on ratings refuse."""

from manyhands.core.errors import Refusal


class NotDoneYet(Refusal):
    """You can rate once the task has been submitted."""


class AlreadyRated(Refusal):
    """You have rated this task already; a rating is final."""


class RatingTimeOver(Refusal):
    """The time to rate this task is over: both sides may rate until %(days)s days after it was submitted."""
