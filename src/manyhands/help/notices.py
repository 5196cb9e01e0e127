"""Mail to whoever asked, in their language. It is a row of the caller's transaction, sent by a job.

What a stranger typed is never mailed to the address they typed: the help desk is no way to send
words to others.
"""

from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from manyhands.help import replies
from manyhands.help.models import Ticket
from manyhands.help.states import Topic


def received(ticket: Ticket) -> None:
    """We have your question, and this is its number."""
    with translation.override(ticket.language):
        lines = [
            gettext("We have your question. Its number is %(number)s.") % {"number": ticket.number},
            gettext("We answer to this address. You can read the answer and write more here:"),
            address_of(ticket),
        ]
        if ticket.topic == Topic.TRAINING:
            lines += [
                gettext(
                    "Until then: courses are listed under learning, and every task has its instructions."
                ),
                _on_site(reverse("help_learning")),
            ]
        lines.append(
            gettext("If you have not asked us anything, somebody mistyped an address: ignore this mail.")
        )
        _send(ticket, gettext("We have your question"), lines)


def answered(ticket: Ticket, words: str) -> None:
    """The staff's answer, to be answered by mail or on the site."""
    with translation.override(ticket.language):
        lines = [words, gettext("The whole conversation, and a place to write more:"), address_of(ticket)]
        if settings.HELP_ADDRESS:
            lines.insert(0, replies.cut_line(ticket.number))
            lines.insert(1, gettext("To answer, write above the line."))
        _send(ticket, ticket.subject, lines)


def address_of(ticket: Ticket) -> str:
    """The page of a ticket for whoever asked."""
    if ticket.asker_id is not None:
        return _on_site(reverse("help_question", args=[ticket.number]))
    return _on_site(reverse("help_guest", args=[ticket.number, replies.guest_mark(ticket.number)]))


def _send(ticket: Ticket, subject: str, paragraphs: list[str]) -> None:
    send_mail(
        replies.subject(ticket.number, subject),
        "\n\n".join(paragraphs) + "\n",
        replies.sender(ticket.number),
        [ticket.email],
    )


def _on_site(path: str) -> str:
    return urljoin(f"{settings.SITE_ORIGIN}/", path)
