"""What the operations on quality refuse."""

from manyhands.core.errors import Refusal


class NotOwnSkill(Refusal):
    """Choose a qualification of your own."""


class NotATasksType(Refusal):
    """Choose a qualification of your own that is come by through qualification tasks."""
