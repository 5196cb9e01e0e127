"""The life of a ticket, as data: the operations' guards and the test of every pair read the same table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketStatus(models.TextChoices):
    OPEN = "open", _("Open")  # waits for us -> answered, waiting, closed
    ANSWERED = "answered", _("Answered")  # we have answered -> open (they write again), waiting, closed
    WAITING = "waiting", _("Waiting for you")  # we have asked back -> open, answered, closed
    CLOSED = "closed", _("Closed")  # done -> open (they write again), answered (an afterthought of ours)


TRANSITIONS: dict[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.OPEN: frozenset({TicketStatus.ANSWERED, TicketStatus.WAITING, TicketStatus.CLOSED}),
    TicketStatus.ANSWERED: frozenset({TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.CLOSED}),
    TicketStatus.WAITING: frozenset({TicketStatus.OPEN, TicketStatus.ANSWERED, TicketStatus.CLOSED}),
    TicketStatus.CLOSED: frozenset({TicketStatus.OPEN, TicketStatus.ANSWERED}),
}


def sources_of(target: TicketStatus) -> list[TicketStatus]:
    """The states from which ``target`` may be reached."""
    return [source for source, targets in TRANSITIONS.items() if target in targets]


class Topic(models.TextChoices):
    """What a question is about."""

    TASK = "task", _("A task, or its instructions")
    MONEY = "money", _("Rewards and payment")
    ACCOUNT = "account", _("My account")
    TRAINING = "training", _("Learning to do tasks well")
    REQUESTER = "requester", _("Publishing tasks")
    SAFETY = "safety", _("Something looks wrong or unsafe")
    OTHER = "other", _("Something else")


class Via(models.TextChoices):
    """How words reached us."""

    FORM = "form", _("on the site")
    MAIL = "mail", _("by e-mail")
