"""What the operations on qualifications refuse."""

from manyhands.core.errors import Refusal


class ScoreOutOfRange(Refusal):
    """A score is a whole number from 0 to 100."""


class QualificationTypeExists(Refusal):
    """You already have a qualification with this name."""


class QualificationNotHeld(Refusal):
    """This worker does not hold the qualification."""
