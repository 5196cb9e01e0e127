"""Walking a document by a grammar: children in order, simple types, and errors like a validator's."""

import re
from collections.abc import Collection, Mapping

from manyhands.questions.addresses import is_address
from manyhands.questions.document import Document, Node, Run
from manyhands.questions.errors import QuestionInvalid

INT_MIN = -(2**31)
INT_MAX = 2**31 - 1
_SPACE = " \t\r\n"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class Children:
    """The children of an element, taken in the order the grammar has them."""

    def __init__(self, grammar: "Grammar", node: Node) -> None:
        for run in node.runs:
            if run.text.strip(_SPACE):
                raise grammar.invalid(
                    _first_visible(run),
                    f"cvc-complex-type.2.3: Element '{node.name}' cannot have character [children], because"
                    " the type's content type is element-only.",
                )
        self._grammar = grammar
        self._node = node
        self._left = list(node.children)[::-1]
        self._possible: list[str] = []

    def maybe(self, *names: str) -> Node | None:
        """The next child when it is one of these."""
        if self._left and self._left[-1].name in names and self._left[-1].namespace == self._node.namespace:
            self._possible.clear()
            return self._left.pop()
        self._possible += [name for name in names if name not in self._possible]
        return None

    def one(self, *names: str) -> Node:
        """The next child, which must be one of these."""
        found = self.maybe(*names)
        if found is None:
            raise self._unexpected()
        return found

    def any(self, *names: str) -> list[Node]:
        """All that follow of these, perhaps none."""
        found: list[Node] = []
        while node := self.maybe(*names):
            found.append(node)
        return found

    def some(self, *names: str) -> list[Node]:
        """All that follow of these, at least one."""
        return [self.one(*names), *self.any(*names)]

    def end(self) -> None:
        if self._left:
            raise self._unexpected()

    def _unexpected(self) -> QuestionInvalid:
        expected = "{" + ", ".join(self._possible) + "}"
        if not self._left:
            return self._grammar.invalid(
                self._node,
                f"cvc-complex-type.2.4.b: The content of element '{self._node.name}' is not complete."
                f" One of '{expected}' is expected.",
            )
        found = self._left[-1]
        start = f"Invalid content was found starting with element '{found.name}'."
        if not self._possible:
            reason = f"cvc-complex-type.2.4.d: {start} No child element is expected at this point."
        else:
            reason = f"cvc-complex-type.2.4.a: {start} One of '{expected}' is expected."
        return self._grammar.invalid(found, reason)


class Grammar:
    """What the grammars of all formats share; each format is a subclass."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def invalid(self, at: Node | Run, reason: str) -> QuestionInvalid:
        return self.document.invalid(at, reason)

    def root(self, names: Mapping[str, Collection[str]]) -> Node:
        """The root element. ``names``: name of the element to the namespaces it may have."""
        root = self.document.root
        if root.namespace not in names.get(root.name, ()):
            raise self.invalid(
                root,
                f"cvc-elt.1: Cannot find the declaration of element '{root.name}' in the namespace"
                f" '{root.namespace}'.",
            )
        return root

    def children(self, node: Node) -> Children:
        self.attributes(node)
        return Children(self, node)

    def attributes(
        self, node: Node, allowed: Collection[str] = (), required: Collection[str] = ()
    ) -> dict[str, str]:
        for name in node.attributes:
            if name not in allowed and not name.startswith(_INSTANCE):
                raise self.invalid(
                    node,
                    f"cvc-complex-type.3.2.2: Attribute '{name}' is not allowed to appear in element"
                    f" '{node.name}'.",
                )
        for name in required:
            if name not in node.attributes:
                raise self.invalid(
                    node, f"cvc-complex-type.4: Attribute '{name}' must appear on element '{node.name}'."
                )
        return node.attributes

    def empty(self, node: Node) -> None:
        if any(isinstance(item, Node) or item.text.strip(_SPACE) for item in node.content):
            raise self.invalid(
                node,
                f"cvc-complex-type.2.1: Element '{node.name}' must have no character or element information"
                " item [children], because the type's content type is empty.",
            )

    def string(self, node: Node) -> str:
        self.attributes(node)
        for child in node.children:
            raise self.invalid(
                child,
                f"cvc-type.3.1.2: Element '{node.name}' is a simple type, so it must have no element"
                " information item [children].",
            )
        return node.text

    def token(self, node: Node) -> str:
        """A string whose outer spaces do not count."""
        return self.string(node).strip(_SPACE)

    def identifier(self, node: Node) -> str:
        """A name to be posted by a form: not empty, on one line."""
        value = self.token(node)
        if not value:
            raise self.invalid(
                node,
                f"cvc-minLength-valid: Value '' with length = '0' is not facet-valid with respect to minLength"
                f" '1' for type '{node.name}'.",
            )
        if any(character in value for character in "\t\r\n"):
            raise self.invalid(node, f"cvc-pattern-valid: The value of '{node.name}' must stand on one line.")
        return value

    def boolean(self, node: Node) -> bool:
        value = self.token(node)
        if value not in {"true", "false", "1", "0"}:
            raise self.invalid(
                node, f"cvc-datatype-valid.1.2.1: '{_short(value)}' is not a valid value for 'boolean'."
            )
        return value in {"true", "1"}

    def enumeration(self, node: Node, values: tuple[str, ...]) -> str:
        value = self.token(node)
        if value not in values:
            raise self.invalid(
                node,
                f"cvc-enumeration-valid: Value '{_short(value)}' is not facet-valid with respect to"
                f" enumeration '[{', '.join(values)}]'. It must be a value from the enumeration.",
            )
        return value

    def integer(self, node: Node, low: int = INT_MIN, high: int = INT_MAX) -> int:
        return self.whole_number(node, node.name, self.token(node), low, high)

    def whole_number(self, node: Node, name: str, value: str, low: int, high: int) -> int:
        """``name``: the element or attribute that the value stands in."""
        value = value.strip(_SPACE)
        if not _INTEGER.fullmatch(value):
            raise self.invalid(
                node, f"cvc-datatype-valid.1.2.1: '{_short(value)}' is not a valid value for 'integer'."
            )
        number = int(value)
        if not low <= number <= high:
            facet, bound = ("minInclusive", low) if number < low else ("maxInclusive", high)
            raise self.invalid(
                node,
                f"cvc-{facet}-valid: Value '{value}' is not facet-valid with respect to {facet} '{bound}' for"
                f" type '{name}'.",
            )
        return number

    def address(self, node: Node, schemes: Collection[str]) -> str:
        value = self.token(node)
        if not is_address(value, schemes):
            wanted = " or ".join(f"{scheme}://" for scheme in sorted(schemes))
            raise self.invalid(
                node,
                f"cvc-pattern-valid: Value '{_short(value)}' is not an absolute address that begins with"
                f" {wanted} (element '{node.name}').",
            )
        return value


def _short(value: str) -> str:
    return value if len(value) <= 100 else value[:100] + "…"


def _first_visible(run: Run) -> Run:
    hidden = len(run.text) - len(run.text.lstrip(_SPACE))
    return Run(run.text[hidden:], run.at + hidden)
