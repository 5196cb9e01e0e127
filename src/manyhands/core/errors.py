"""The base of every error an operation raises.

The class says the condition, its docstring is the message for the reader; fields carry data.
Edges map classes to status codes and wire faults; domains never name one.
"""

from typing import Any

from django.utils.translation import gettext


class Refusal(Exception):
    """This cannot be done."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        super().__init__(type(self).__doc__)

    def __str__(self) -> str:
        """The message in the reader's language, with its fields filled in."""
        text = gettext(" ".join((type(self).__doc__ or "").split()))
        return text % self.fields if self.fields else text


class NotFound(Refusal):
    """There is nothing here, or it is not yours to see."""


class Forbidden(Refusal):
    """Your account may not do this."""


class InvalidInput(Refusal):
    """Some fields need another value."""

    def __init__(self, errors: dict[str, str]) -> None:
        """``errors``: field name to sentence."""
        self.errors = errors
        super().__init__()

    def __str__(self) -> str:
        return " ".join(f"{field}: {sentence}" for field, sentence in self.errors.items())
