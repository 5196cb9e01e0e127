"""What the operations on qualifications refuse."""

from manyhands.core.errors import Refusal


class ScoreOutOfRange(Refusal):
    """A score is a whole number from 0 to 100."""


class QualificationTypeExists(Refusal):
    """You already have a qualification with this name."""


class QualificationTypeDisposed(Refusal):
    """This qualification has been deleted."""


class QualificationNotHeld(Refusal):
    """This worker does not hold the qualification."""


class ComputedByPlatform(Refusal):
    """The platform computes this qualification itself: nobody gives or takes it."""


class CircularPrerequisites(Refusal):
    """These qualifications would wait for each other: %(names)s."""
