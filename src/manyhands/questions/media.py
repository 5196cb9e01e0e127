"""The contents of questions as HTML: words, lists, pictures, players and links."""

import re
from collections.abc import Iterator
from html import escape

from django.utils.translation import gettext

from manyhands.questions.forms import (
    Application,
    Binary,
    Content,
    EmbeddedBinary,
    FormattedContent,
    Text,
    TextList,
    Title,
)

_SIZE = re.compile(r"[1-9][0-9]{0,3}")
_PLUG_INS = frozenset({"x-shockwave-flash", "x-java-applet", "java-archive", "vnd.adobe.flash.movie"})


def contents(items: tuple[Content, ...], heading: int) -> Iterator[str]:
    for item in items:
        yield _content(item, heading)


def lines(text: str) -> str:
    return escape(text.strip()).replace("\r\n", "\n").replace("\n", "<br>")


def formatted(content: FormattedContent) -> str:
    """What sets colours was made for a light ground, and gets one."""
    light = " mh-light" if content.coloured else ""
    return f'<div class="mh-formatted{light}">{content.html}</div>'


def image(content: Binary | EmbeddedBinary, alt: str, size: str = "") -> str:
    return f'<img src="{escape(content.url)}" alt="{escape(alt)}"{size}>'


def binary(content: Binary | EmbeddedBinary) -> str:
    """A picture, a player, or a link for what browsers cannot be counted on to show."""
    size = ""
    if isinstance(content, EmbeddedBinary):
        size = "".join(
            f' {name}="{value}"'
            for name, value in (("width", content.width), ("height", content.height))
            if _SIZE.fullmatch(value)
        )
    alt = content.alt.strip()
    kind = content.kind.lower()
    if kind == "image":
        return f'<figure class="mh-media">{image(content, alt, size)}</figure>'
    if content.subtype.lower() in _PLUG_INS:
        return _gone()
    link = _link(content.url, alt)
    if kind in {"audio", "video"}:
        size = size if kind == "video" else ""
        label = escape(alt or content.url)
        player = (
            f'<{kind} controls preload="metadata" src="{escape(content.url)}" aria-label="{label}"{size}>'
        )
        return f'<figure class="mh-media">{player}</{kind}><figcaption>{link}</figcaption></figure>'
    return f"<p>{link}</p>"


def _content(item: Content, heading: int) -> str:
    if isinstance(item, Title):
        return f'<h{heading} class="mh-title">{lines(item.text)}</h{heading}>' if item.text.strip() else ""
    if isinstance(item, Text):
        return f"<p>{lines(item.text)}</p>"
    if isinstance(item, TextList):
        return "<ul>" + "".join(f"<li>{lines(each)}</li>" for each in item.items) + "</ul>"
    if isinstance(item, FormattedContent):
        return formatted(item)
    if isinstance(item, Application):
        return _gone()
    return binary(item)


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label or url)}</a>'


def _gone() -> str:
    sentence = gettext("Here stood a program (Flash or Java) that browsers no longer run.")
    return f'<p class="mh-note">{escape(sentence)}</p>'
