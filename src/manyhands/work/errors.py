"""What the operations on work refuse. The docstring is the message."""

from manyhands.core.errors import Refusal


class NoAssignableHIT(Refusal):
    """There is no task left for you in this group."""


class HITNotAvailable(Refusal):
    """This task has just been taken or has ended."""


class AlreadyDone(Refusal):
    """You have already worked on this task."""


class OwnTask(Refusal):
    """This is your own task: others have to do it."""


class NotQualified(Refusal):
    """Your qualifications do not meet what this task asks for."""


class Blocked(Refusal):
    """This requester does not take new work from you."""


class AccountNotActive(Refusal):
    """Your account may not take new tasks at present."""


class TooManyBlocks(Refusal):
    """You have blocked as many workers as one may."""


class DailyLimitReached(Refusal):
    """You have reached today's limit of tasks. You can go on tomorrow."""


class TooManyAccepted(Refusal):
    """You hold as many accepted tasks as you may at once. Submit or return one first."""


class AssignmentNotHeld(Refusal):
    """You do not hold this task: it was returned, or it is not yours."""


class AssignmentExpired(Refusal):
    """The time allotted for this task is over."""


class AlreadySubmitted(Refusal):
    """This task has already been submitted, with another answer. The first one stands."""


class EmptyAnswer(Refusal):
    """The answer has no field."""


class AnswerTooLarge(Refusal):
    """The answer is larger than 1 MB."""


class FileTooLarge(Refusal):
    """The file is larger than %(most)s."""


class FileTooSmall(Refusal):
    """The file is smaller than %(least)s."""


class FileEmpty(Refusal):
    """The file is empty."""


class TooManyFiles(Refusal):
    """The files of one task may have %(most)s in all."""


class FilesChanged(Refusal):
    """A file was added or removed in another window. Look at your files and submit again."""


class CannotReturnCorrection(Refusal):
    """This answer was sent back for correction: leave it as it is and it counts as you first sent it."""


class NotSubmitted(Refusal):
    """This can only be done to a submission that still waits for a decision."""


class NotRejected(Refusal):
    """Only a rejection of the last 30 days can be turned into an approval."""


class ReasonNeeded(Refusal):
    """A rejection needs a reason and words that tell the worker why."""


class WordsNeeded(Refusal):
    """Say in words what has to be corrected."""


class BatchNotDraft(Refusal):
    """This batch has already been published or discarded."""


class BeingPublished(Refusal):
    """This batch is being published at this moment."""


class BatchNotPublished(Refusal):
    """This batch is not published."""


class BatchNotFinished(Refusal):
    """Some tasks of this batch are still open, in work or waiting for your decision."""


class NothingToExtend(Refusal):
    """Give more assignments, a later end, or both."""


class EndInThePast(Refusal):
    """The end must lie ahead."""


class LayoutInvalid(Refusal):
    """The template has problems that must be mended first."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__()

    def __str__(self) -> str:
        return " ".join(self.problems) or super().__str__()


class InputInvalid(Refusal):
    """The file has problems that must be mended first; nothing was published."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__()


class WrongHITState(Refusal):
    """The task is in a state that does not allow this."""

    def __init__(self, status: str) -> None:
        """``status``: the state it is in."""
        self.status = status
        super().__init__()


class HITTouched(WrongHITState):
    """Somebody has worked on this task already: it keeps its terms."""


class HITOfFile(Refusal):
    """A task made of a file keeps the terms of its batch."""


class HITNotFinished(WrongHITState):
    """This task is still open, in work, or waiting for your decision."""


class TooManyAssignments(Refusal):
    """A task with fewer than ten assignments cannot be given ten or more."""


class NotHandedIn(Refusal):
    """A bonus is for work that was handed in."""


class QuestionTooLarge(Refusal):
    """A question has at most 65,535 bytes."""


class QualificationTypeNotActive(Refusal):
    """A qualification these tasks ask for is not active any more."""


class RequestRepeated(Refusal):
    """This request has already been carried out."""

    result_id: int

    def __init__(self, *, result_id: int) -> None:
        """``result_id``: what the first request made."""
        self.result_id = result_id
        super().__init__()


class KnownAnswersMissing(Refusal):
    """Qualification tasks are scored by their known answers, and these rows have none: %(rows)s."""


class FirstQuestionsOpen(Refusal):
    """Your answers to the first questions decide whether you go on. They are being scored: try again shortly."""


class TooFewQuestions(Refusal):
    """The project begins with %(needed)s questions: so many rows need a known answer."""
