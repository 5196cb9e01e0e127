"""What the operations on messages refuse. The docstring is the message."""

from manyhands.core.errors import InvalidInput, Refusal


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


class DestinationNotValid(InvalidInput):
    """This is not an address that events can be sent to."""

    def __init__(self, why: str) -> None:
        super().__init__({"destination": why})

    def __str__(self) -> str:
        return self.errors["destination"]


class NotDelivered(Refusal):
    """The receiver did not take the event: %(why)s"""


class NoNotification(Refusal):
    """This HIT type has no notification specification yet: give one before you switch it on or off."""


class NothingToUpdate(Refusal):
    """Give a notification specification, or whether it is active, or both."""


class TooManySubscriptions(Refusal):
    """You may have at most %(max)d webhooks and notifications. Remove what you do not need."""


class TooManyTests(Refusal):
    """You have sent as many tests as one may in a minute. Wait a little."""
