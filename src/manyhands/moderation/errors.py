"""What reporting refuses: the class is the condition, the docstring the message."""

from manyhands.core.errors import Refusal


class ReportReasonNeeded(Refusal):
    """Choose what is wrong with the task."""


class ReportWordsNeeded(Refusal):
    """Say in a few words what is wrong."""


class ReportTooLong(Refusal):
    """Your words are too long: 2,000 characters are the most."""


class AlreadyReported(Refusal):
    """You have reported these tasks already, and the operators have not closed that report yet."""


class TooManyReports(Refusal):
    """You have sent many reports today. Write to the help desk if something is urgent."""


class ReportClosed(Refusal):
    """This report has been closed already."""
