"""What the operations on help refuse. The docstring is the message."""

from manyhands.core.errors import Forbidden, NotFound, Refusal


class StaffOnly(Forbidden):
    """Only the staff of this site may do this."""


class WorkersOnly(Forbidden):
    """The forum is for people who do tasks."""


class TicketNotFound(NotFound):
    """There is no such question, or it is not yours to see."""


class ThreadNotFound(NotFound):
    """There is no such talk, or it is not yours to see."""


class NothingSaid(Refusal):
    """Write something first."""


class TooLong(Refusal):
    """That is too long: at most %(maximum)s characters."""


class TooOften(Refusal):
    """You have written a lot in a short time. What you wrote was not sent; wait a little and try again."""


class EmailNeeded(Refusal):
    """Give an e-mail address, so that we can answer."""


class TicketMoved(Refusal):
    """This question is not in a state that allows that."""


class ReasonMissing(Refusal):
    """Give the reason in words: the person will read it."""


class NameNeeded(Refusal):
    """Choose the name you write under: 2 to 40 characters."""


class NameTaken(Refusal):
    """Somebody else writes under this name. Choose another."""


class NameReserved(Refusal):
    """This name looks like one of the staff. Choose another."""


class ThreadLocked(Refusal):
    """This talk is locked: nobody can write in it any more."""


class NoLongerEditable(Refusal):
    """A post can be changed for 15 minutes. Write another one instead."""


class AlreadyHidden(Refusal):
    """This post is hidden already."""


class NotHidden(Refusal):
    """This post is not hidden."""


class MailTooLarge(Refusal):
    """This mail is larger than we take. Send it again without its attachments."""


class MailUnreadable(Refusal):
    """This mail cannot be read."""


class BadLink(Refusal):
    """Give the whole address, beginning with https://."""


class TooManyLinks(Refusal):
    """At most twenty links are kept."""
