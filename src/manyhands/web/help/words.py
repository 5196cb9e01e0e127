"""Words of help that are chosen by a value: states as badges, sections, the forum's first categories."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from manyhands.help.states import TicketStatus, Topic

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Badge:
    word: str
    tone: str
    icon: str


def status(value: str, *, for_staff: bool = False) -> Badge:
    """A ticket's state as its asker, or the staff, reads it."""
    waiting = gettext("Waiting for the asker") if for_staff else gettext("Waiting for you")
    return {
        TicketStatus.OPEN: Badge(gettext("Open"), "info", "clock"),
        TicketStatus.ANSWERED: Badge(gettext("Answered"), "good", "check"),
        TicketStatus.WAITING: Badge(waiting, "warn", "return"),
        TicketStatus.CLOSED: Badge(gettext("Closed"), "", "lock"),
    }[TicketStatus(value)]


def topic(value: str) -> str:
    return str(Topic(value).label)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the questions and answers; its template is ``help/faq/<slug>.html``."""

    slug: str
    title: "StrPromise"


SECTIONS = (
    Section("start", _("Starting")),
    Section("work", _("Doing tasks")),
    Section("money", _("Rewards and payment")),
    Section("decisions", _("Decisions and rejections")),
    Section("account", _("Your account")),
    Section("safe", _("Safety and privacy")),
    Section("requesters", _("For requesters")),
)

# Names in the table, found here by the collector of messages.
FIRST_CATEGORIES = (
    gettext_noop("Getting started"),
    gettext_noop("First steps, and questions nobody should be shy to ask."),
    gettext_noop("Tasks and requesters"),
    gettext_noop("Instructions, tools, and how to do a task well."),
    gettext_noop("Rewards and payment"),
    gettext_noop("Decisions, rejections, earnings, being paid."),
    gettext_noop("This site"),
    gettext_noop("What does not work, and what would make it better."),
    gettext_noop("Break room"),
    gettext_noop("Everything else."),
)


def in_language(text: str) -> str:
    """A name out of a table, translated when we know it; as it is otherwise."""
    return gettext(text) if text else ""
