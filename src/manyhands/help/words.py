"""What people write, made safe to keep: bounded, without control characters. Nothing is escaped here:

pages escape when they show it.
"""

import re
import unicodedata

from manyhands.help.errors import NothingSaid, TooLong

TICKET_MAX = 10_000
POST_MAX = 10_000
TITLE_MAX = 150
REASON_MAX = 500
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{4,}")


def clean(raw: str, *, maximum: int) -> str:
    """Text of several lines. Raises NothingSaid, TooLong."""
    text = _CONTROLS.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLANK_LINES.sub("\n\n\n", text).strip()
    if not visible(text):
        raise NothingSaid
    if len(text) > maximum:
        raise TooLong(maximum=maximum)
    return text


def one_line(raw: str, *, maximum: int) -> str:
    """Text of one line. Raises NothingSaid, TooLong."""
    return clean(" ".join(raw.split()), maximum=maximum)


def shortened(raw: str, *, maximum: int) -> str:
    """The beginning of a text on one line; may be empty."""
    text = " ".join(_CONTROLS.sub(" ", raw).split())
    return text if len(text) <= maximum else text[: maximum - 1].rstrip() + "…"


def visible(text: str) -> bool:
    """Whether anything of the text can be seen: zero-width characters and fillers cannot."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
