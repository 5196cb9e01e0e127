"""What is refused of a question, an answer key or answers: always with the place in the text."""

from manyhands.core.errors import Refusal


class QuestionInvalid(Refusal):
    """Line %(line)d, column %(column)d: %(reason)s"""

    def __init__(self, line: int, column: int, reason: str) -> None:
        """``line`` and ``column`` count from 1, in characters of the text as its sender wrote it.

        ``reason`` is technical English in the manner of a schema validator (``cvc-...``), because clients
        of the protocol show and match it.
        """
        self.line = line
        self.column = column
        self.reason = reason
        super().__init__(line=line, column=column, reason=reason)


class HTMLInvalid(QuestionInvalid):
    """Line %(line)d, column %(column)d: %(reason)s"""


class NoAnswers(Refusal):
    """Answer at least one question before you submit."""
