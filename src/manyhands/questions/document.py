"""Reading XML safely, with every element's place in the text.

Expat instead of a tree library, because errors must name line *and* column. There is no DTD, so there are
no entities to expand and nothing to fetch; size is checked before parsing and depth while parsing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from manyhands.questions.errors import QuestionInvalid

QUESTION_BYTES_MAX = 65_535
DEPTH_MAX = 64
_XHTML = "http://www.w3.org/1999/xhtml"
_WRAPPER = f'<FormattedContent xmlns="{_XHTML}">'


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text. ``at``: its first byte in the source."""

    text: str
    at: int


@dataclass(slots=True)
class Node:
    """An element. Attributes of a namespace are named ``{namespace}name``."""

    namespace: str
    name: str
    attributes: dict[str, str]
    at: int
    content: list["Node | Run"] = field(default_factory=list)

    @property
    def children(self) -> Iterator["Node"]:
        return (item for item in self.content if isinstance(item, Node))

    @property
    def runs(self) -> Iterator[Run]:
        return (item for item in self.content if isinstance(item, Run))

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text. ``place`` turns an offset in bytes into line and column."""

    root: Node
    place: Callable[[int], tuple[int, int]]

    def invalid(self, at: Node | Run, reason: str) -> QuestionInvalid:
        """The refusal that points at an element or a piece of text."""
        line, column = self.place(at.at)
        return QuestionInvalid(line, column, reason)


def parse_document(text: str, *, bytes_max: int = QUESTION_BYTES_MAX) -> Document:
    """Parse the XML of a question, an answer key or answers. Raises QuestionInvalid."""
    if len(text) > bytes_max:
        raise _too_long(len(text), bytes_max)
    try:
        source = text.encode()
    except UnicodeEncodeError as error:
        line, column = _place_in(text[: error.start])
        raise QuestionInvalid(line, column, "The text holds half of a surrogate pair.") from None
    if len(source) > bytes_max:
        raise _too_long(len(source), bytes_max)
    begin = len(source) - len(text.lstrip("\ufeff \t\r\n").encode())

    def place(at: int) -> tuple[int, int]:
        return _place_in(source[: begin + at].decode(errors="ignore"))

    return Document(_Builder(place, strict=False).build(source[begin:]), place)


def parse_formatted(document: Document, node: Node) -> Document:
    """Parse the XHTML that stands as text in an element. Raises QuestionInvalid."""
    runs = list(node.runs)
    inner = f"{_WRAPPER}{node.text}</FormattedContent>".encode()

    def place(at: int) -> tuple[int, int]:
        left = at - len(_WRAPPER)
        for run in runs:
            size = len(run.text.encode())
            if left < size:
                return document.place(run.at + max(left, 0))
            left -= size
        return document.place(runs[-1].at + len(runs[-1].text.encode()) if runs else node.at)

    return Document(_Builder(place, strict=True).build(inner), place)


class _Builder:
    """``strict``: comments and processing instructions are refused instead of left out."""

    def __init__(self, place: Callable[[int], tuple[int, int]], *, strict: bool) -> None:
        self._place = place
        self._top = Node("", "", {}, 0)
        self._open = [self._top]
        # The encoding is given, because the text's own declaration speaks of bytes that are gone.
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        if strict:
            parser.CommentHandler = self._comment
            parser.ProcessingInstructionHandler = self._instruction

    def build(self, source: bytes) -> Node:
        try:
            self._parser.Parse(source, True)
        except expat.ExpatError as error:
            reason = f"The XML is not well-formed: {expat.ErrorString(error.code)}."
            raise self._invalid(reason, self._parser.ErrorByteIndex) from None
        return next(self._top.children)

    def _invalid(self, reason: str, at: int | None = None) -> QuestionInvalid:
        line, column = self._place(self._parser.CurrentByteIndex if at is None else at)
        return QuestionInvalid(line, column, reason)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEPTH_MAX:
            raise self._invalid(f"Elements are nested more than {DEPTH_MAX} deep.")
        namespace, _, local = name.rpartition(" ")
        named = {_bracketed(key): value for key, value in attributes.items()}
        node = Node(namespace, local, named, self._parser.CurrentByteIndex)
        self._open[-1].content.append(node)
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        self._open[-1].content.append(Run(text, self._parser.CurrentByteIndex))

    def _doctype(self, *_declared: object) -> None:
        raise self._invalid("A document type declaration (DOCTYPE) is not allowed.")

    def _comment(self, _text: str) -> None:
        raise self._invalid("Comments are not allowed in FormattedContent.")

    def _instruction(self, *_parts: str) -> None:
        raise self._invalid("Processing instructions are not allowed in FormattedContent.")


def _bracketed(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return f"{{{namespace}}}{local}" if namespace else local


def _place_in(head: str) -> tuple[int, int]:
    """Line and column of what follows ``head``, from 1."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    return head.count("\n") + 1, len(head) - head.rfind("\n")


def _too_long(size: int, bytes_max: int) -> QuestionInvalid:
    return QuestionInvalid(1, 1, f"The text has {size} bytes; at most {bytes_max} are allowed.")
