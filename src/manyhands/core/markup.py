"""HTML of strangers, before a tree is made of it."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

# More on one element is an attack: the tree's cost grows with their square (100,000 take a minute).
ATTRIBUTES_MAX = 1_000
# So short a text cannot hold enough of them to matter.
_SHORT_BYTES = 4_000


def is_treacherous(html: bytes) -> bool:
    """Whether an element has more than ``ATTRIBUTES_MAX`` attributes. Linear in the length, makes no tree."""
    if len(html) < _SHORT_BYTES:
        return False
    count = _Count()
    parser = etree.HTMLParser(target=count, encoding="utf-8")
    parser.feed(html)
    parser.close()
    return count.most > ATTRIBUTES_MAX


class _Count:
    """A parser's target: the most attributes of one element."""

    def __init__(self) -> None:
        self.most = 0

    def start(self, tag: str | bytes, attributes: Mapping[Any, Any]) -> None:  # noqa: ARG002 - lxml calls it so
        self.most = max(self.most, len(attributes))

    def end(self, tag: str | bytes) -> None: ...

    def data(self, data: str | bytes) -> None: ...

    def comment(self, text: str | bytes) -> None: ...

    def close(self) -> None: ...
