"""Public ids of the forum, and ticket numbers, in paths."""

from manyhands.core import ids
from manyhands.web.converters import PublicId


class ForumThreadPublicId(PublicId):
    kind: ids.Kind = "forum_thread"


class ForumPostPublicId(PublicId):
    kind: ids.Kind = "forum_post"


class TicketNumber:
    """``KLM-482``; small letters are taken for capitals."""

    regex = "[A-Za-z]{3}-[0-9]{3}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value
