"""What the operations on messages refuse. The docstring is the message."""

from manyhands.core.errors import Refusal


class NothingSaid(Refusal):
    """Write what you want to say."""


class TooLong(Refusal):
    """A message may have at most 2,000 characters."""


class TooManyMessages(Refusal):
    """You have written five times without an answer: wait for one before you write again."""


class TooManyToday(TooManyMessages):
    """You have written to as many people as one may in a day. Go on tomorrow."""


class AddressNotValid(Refusal):
    """There is no conversation at this address."""


class SenderNotKnown(Refusal):
    """Answers are taken only from the e-mail address of the account they belong to."""


class LinkNotValid(Refusal):
    """This link is not complete, or was changed on its way."""


class PushNotOffered(Refusal):
    """Notifications of the browser are not offered here."""
