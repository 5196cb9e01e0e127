"""A small HTML tokenizer that keeps source positions, so that a template can be changed by splicing.

A parser that builds a tree repairs, reorders and re-escapes what it reads, placeholders included;
templates of requesters must come out as they were written. This one only says where the tags,
attributes and raw text (scripts, styles) lie. It follows the tokenizer of the HTML standard as far as
templates need, and must not decide anything about meaning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_TAG_OPEN = re.compile(r"<(?:(?P<close>/)?(?P<name>[A-Za-z][^\s/>]*)|(?P<comment>!--)|(?P<bogus>[!?/]))")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<name>=?[^\s/>=]+|=)"""
    r"""(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"'][^\s>]*)))?"""
)
_QUOTE_WITHOUT_END = re.compile(r"""\s*=\s*["']""")
_TAG_END = re.compile(r"[\s/]*>")
_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """``start`` to ``end`` is the value in the source, without quotes; ``quote`` is '' when it has none."""

    name: str
    value: str
    name_start: int
    name_end: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Tag:
    """``<name …>`` or ``</name>``; ``start`` to ``end`` covers both angle brackets."""

    name: str
    start: int
    end: int
    closing: bool
    attributes: tuple[Attribute, ...] = ()

    def get(self, name: str) -> str | None:
        """The value of an attribute, character references resolved; None when it is absent."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        return None

    def has(self, name: str) -> bool:
        return self.get(name) is not None


@dataclass(frozen=True, slots=True)
class RawText:
    """What stands between ``<name>`` and ``</name>`` of an element whose text is not markup."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Something begins here and never ends: what follows cannot be understood."""

    what: str
    start: int


Token = Tag | RawText | Broken


def scan(html: str) -> Iterator[Token]:
    """The tags and raw texts of ``html`` in order. Comments and declarations are passed over."""
    position = 0
    while found := _TAG_OPEN.search(html, position):
        start = found.start()
        if found["comment"]:
            end = html.find("-->", found.end() - 2)
            if end < 0:
                yield Broken("<!--", start)
                return
            position = end + 3
        elif found["bogus"]:
            end = html.find(">", found.end())
            if end < 0:
                yield Broken(found[0], start)
                return
            position = end + 1
        else:
            tag = _tag(html, found)
            yield tag
            if isinstance(tag, Broken):
                return
            position = tag.end
            if tag.name in _RAW_TEXT and not tag.closing:
                text = _raw_text(html, tag)
                yield text
                if isinstance(text, Broken):
                    return
                position = text.end


def line_of(html: str, position: int) -> int:
    """The line of a position, counted from 1."""
    return html.count("\n", 0, position) + 1


def _tag(html: str, found: re.Match[str]) -> Tag | Broken:
    attributes: dict[str, Attribute] = {}
    position = found.end()
    while not (end := _TAG_END.match(html, position)):
        attribute = _ATTRIBUTE.match(html, position)
        if attribute is None or _QUOTE_WITHOUT_END.match(html, attribute.end()):
            return Broken(f"<{found['name']}", found.start())
        if (name := attribute["name"].lower()) not in attributes:
            attributes[name] = _attribute(attribute)
        position = attribute.end()
    return Tag(
        found["name"].lower(), found.start(), end.end(), bool(found["close"]), tuple(attributes.values())
    )


def _attribute(found: re.Match[str]) -> Attribute:
    group = next((group for group in ("double", "single", "bare") if found[group] is not None), None)
    start, end = found.span(group) if group else (found.end(), found.end())
    return Attribute(
        name=found["name"].lower(),
        value=unescape(found[group]) if group else "",
        name_start=found.start("name"),
        name_end=found.end("name"),
        start=start,
        end=end,
        quote={"double": '"', "single": "'"}.get(group or "", ""),
    )


def _raw_text(html: str, tag: Tag) -> RawText | Broken:
    end = re.compile(rf"</{re.escape(tag.name)}(?=[\s/>])", re.IGNORECASE).search(html, tag.end)
    return RawText(tag.name, tag.end, end.start()) if end else Broken(f"<{tag.name}>", tag.start)
