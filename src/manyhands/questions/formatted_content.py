"""FormattedContent: a subset of XHTML, checked strictly and written out again as HTML that is safe to show.

Only what the tables below name gets through. What would reach outside its place in our page is accepted
and left out (keys, tab order, targets), and names are kept apart from the page's own.
"""

from html import escape

import nh3

from manyhands.questions.addresses import is_address
from manyhands.questions.document import Document, Node, Run, parse_formatted
from manyhands.questions.forms import FormattedContent
from manyhands.questions.grammar import Grammar

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SCHEMES = frozenset({"http", "https", "mailto"})
_NAME_PREFIX = "content-"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALIGNMENT = _words("align char charoff valign")
_CELL = _words("abbr axis headers scope rowspan colspan nowrap bgcolor width height") | _ALIGNMENT

# Element to the attributes of its own; ``title``, ``lang`` and ``dir`` come with all but three.
_OWN: dict[str, frozenset[str]] = {
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6"), _words("align")),
    **dict.fromkeys(
        _words("dt dd center em strong code cite sub sup i b big small u s strike"), frozenset[str]()
    ),
    "ul": _words("type compact"),
    "ol": _words("type compact start"),
    "li": _words("type value"),
    "dl": _words("compact"),
    "hr": _words("align noshade size width"),
    "pre": frozenset({"width", _XML_SPACE}),
    "blockquote": _words("cite"),
    "q": _words("cite"),
    "ins": _words("cite datetime"),
    "del": _words("cite datetime"),
    "a": _words("charset type name href hreflang rel rev shape coords target accesskey tabindex"),
    "br": _words("clear"),
    "font": _words("size color face"),
    "img": _words("src alt name longdesc height width usemap ismap align border hspace vspace"),
    "map": _words("id name"),
    "area": _words("shape coords href nohref alt target accesskey tabindex"),
    "table": _words("summary width border frame rules cellspacing cellpadding align bgcolor"),
    "thead": _ALIGNMENT,
    "tfoot": _ALIGNMENT,
    "tbody": _ALIGNMENT,
    "colgroup": _words("span width") | _ALIGNMENT,
    "col": _words("span width") | _ALIGNMENT,
    "tr": _words("bgcolor") | _ALIGNMENT,
    "th": _CELL,
    "td": _CELL,
}
_WITHOUT_COMMON = _words("br font map")
_ALLOWED = {
    name: own if name in _WITHOUT_COMMON else own | _words("title lang dir") for name, own in _OWN.items()
}
_REQUIRED = {
    "img": _words("src alt"),
    "map": _words("id name"),
    "area": _words("alt"),
}
_EMPTY = _words("br hr img area col")
_ADDRESSES = _words("href src cite longdesc")
_COLOURS = _words("color bgcolor")
_NOT_WRITTEN = _words("accesskey tabindex target rel rev charset longdesc headers axis") | {_XML_SPACE}
_WRITTEN = {
    name: set((attributes - _NOT_WRITTEN) | (_words("target rel") if name in {"a", "area"} else set()))
    for name, attributes in _ALLOWED.items()
}


def parse_formatted_content(document: Document, node: Node) -> FormattedContent:
    """Read the XHTML that stands as text in an element of a question. Raises QuestionInvalid."""
    writer = _Writer(parse_formatted(document, node))
    writer.content(writer.document.root)
    safe = nh3.clean(
        "".join(writer.out),
        tags=set(_OWN),
        attributes=_WRITTEN,
        url_schemes=set(_SCHEMES),
        link_rel=None,
        strip_comments=True,
    )
    return FormattedContent(safe, writer.coloured)


class _Writer(Grammar):
    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.out: list[str] = []
        self.coloured = False

    def content(self, node: Node) -> None:
        for item in node.content:
            if isinstance(item, Run):
                self.out.append(escape(item.text, quote=False))
            else:
                self._element(item)

    def _element(self, node: Node) -> None:
        if node.name not in _OWN or node.namespace != self.document.root.namespace:
            raise self.invalid(
                node,
                f"cvc-complex-type.2.4.a: Invalid content was found starting with element '{node.name}'."
                " FormattedContent does not allow it.",
            )
        attributes = self.attributes(node, _ALLOWED[node.name], sorted(_REQUIRED.get(node.name, ())))
        self.out.append(f"<{node.name}")
        for name, value in attributes.items():
            self._attribute(node, name, value)
        if node.name in {"a", "area"} and not attributes.get("href", "#").startswith("#"):
            self.out.append(' target="_blank" rel="noopener noreferrer"')
        self.out.append(">")
        if node.name in _EMPTY:
            self.empty(node)
            return
        self.content(node)
        self.out.append(f"</{node.name}>")

    def _attribute(self, node: Node, name: str, value: str) -> None:
        if name in _ADDRESSES:
            value = value.strip()
            within = value.startswith("#") and name == "href"
            if not within and not is_address(value, _SCHEMES if name == "href" else _SCHEMES - {"mailto"}):
                raise self.invalid(
                    node,
                    f"cvc-pattern-valid: The attribute '{name}' of element '{node.name}' must be an absolute"
                    " address with http, https or mailto.",
                )
        if name in _NOT_WRITTEN or name not in _ALLOWED[node.name]:
            return
        if name in {"id", "name"}:
            value = _NAME_PREFIX + value
        elif name in {"href", "usemap"} and value.startswith("#"):
            value = f"#{_NAME_PREFIX}{value[1:]}"
        self.coloured = self.coloured or name in _COLOURS
        self.out.append(f' {name}="{escape(value)}"')
