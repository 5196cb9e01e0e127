"""Where notices lead, by the names of pages: the one place of this domain that knows them.

Mail carries whole addresses, because its reader is not on the site.
"""

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from manyhands.core import ids
from manyhands.messaging.states import Side


def entry(notice_id: int, side: str) -> str:
    """The page of an inbox's entry."""
    name = "requester_message" if side == Side.REQUESTER else "message"
    return reverse(name, args=[ids.encode("notice", notice_id)])


def page(name: str, *arguments: str) -> str:
    """A page by name; empty where the site has none."""
    try:
        return reverse(name, args=list(arguments))
    except NoReverseMatch:
        return ""


def whole(path: str) -> str:
    return f"{settings.SITE_ORIGIN}{path}"


def unsubscribe(token: str) -> str:
    return whole(reverse("unsubscribe", args=[token]))
