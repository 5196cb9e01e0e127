"""Reading questions: HTMLQuestion, ExternalQuestion and both versions of QuestionForm."""

import re
from functools import lru_cache

from manyhands.questions import forms
from manyhands.questions.addresses import WEB
from manyhands.questions.document import Document, Node, parse_document
from manyhands.questions.errors import HTMLInvalid
from manyhands.questions.formatted_content import parse_formatted_content
from manyhands.questions.forms import (
    AnswerSpecification,
    Application,
    Binary,
    Choice,
    Content,
    EmbeddedBinary,
    ExternalQuestion,
    FileUpload,
    FormattedContent,
    FreeText,
    HTMLQuestion,
    Overview,
    Pattern,
    Question,
    QuestionForm,
    Selections,
    Style,
    Text,
    TextList,
    Title,
)
from manyhands.questions.grammar import INT_MAX, INT_MIN, Grammar
from manyhands.questions.patterns import PatternInvalid, compile_pattern

FILE_BYTES_MAX = 2_000_000_000
_ROOTS = {
    "HTMLQuestion": (forms.HTML_QUESTION,),
    "ExternalQuestion": (forms.EXTERNAL_QUESTION,),
    "QuestionForm": (forms.QUESTION_FORM_2005, forms.QUESTION_FORM_2017),
}
_TEST_ROOTS = {"QuestionForm": _ROOTS["QuestionForm"]}
_STYLES = tuple(style.value for style in Style)
# A page can only be answered through one of these; what a script makes later cannot be known.
_ANSWERABLE = re.compile(r"<(form|input|select|textarea|button|script|crowd-[a-z-]+)\b", re.IGNORECASE)


def parse_question(text: str, *, allow_http: bool = False) -> HTMLQuestion | ExternalQuestion | QuestionForm:
    """Read the question of a HIT. ``allow_http``: for development, external pages without TLS.

    Raises QuestionInvalid, and its subclass HTMLInvalid for the page inside an HTMLQuestion.
    """
    document = parse_document(text)
    reader = _Reader(document)
    root = reader.root(_ROOTS)
    if root.name == "HTMLQuestion":
        return reader.html_question(root)
    if root.name == "ExternalQuestion":
        return reader.external_question(root, allow_http=allow_http)
    return reader.question_form(root)


def parse_test(text: str) -> QuestionForm:
    """Read a qualification test, which only a QuestionForm can be. Raises QuestionInvalid."""
    reader = _Reader(parse_document(text))
    return reader.question_form(reader.root(_TEST_ROOTS))


@lru_cache(maxsize=64)
def kept_form(text: str) -> QuestionForm:
    """The QuestionForm of a HIT that was taken before: the answers to one HIT are all read by the same."""
    return parse_test(text)


class _Reader(Grammar):
    def html_question(self, node: Node) -> HTMLQuestion:
        children = self.children(node)
        content = children.one("HTMLContent")
        height = children.one("FrameHeight")
        children.end()
        html = self.string(content)
        if not _ANSWERABLE.search(html):
            line, column = self.document.place(next((run.at for run in content.runs), content.at))
            raise HTMLInvalid(line, column, "The page has no form, so it cannot be answered.")
        return HTMLQuestion(html, self.integer(height, 0))

    def external_question(self, node: Node, *, allow_http: bool) -> ExternalQuestion:
        children = self.children(node)
        url = children.one("ExternalURL")
        height = children.one("FrameHeight")
        children.end()
        schemes = WEB if allow_http else frozenset({"https"})
        return ExternalQuestion(self.address(url, schemes), self.integer(height, 0))

    def question_form(self, node: Node) -> QuestionForm:
        children = self.children(node)
        reader = _FormReader(self.document, legacy=node.namespace == forms.QUESTION_FORM_2005)
        parts = tuple(reader.part(part) for part in children.some("Overview", "Question"))
        children.end()
        if not any(isinstance(part, Question) for part in parts):
            raise self.invalid(node, "A QuestionForm without a Question cannot be answered.")
        return QuestionForm(node.namespace, parts)


class _FormReader(Grammar):
    """``legacy``: the version of 2005, with applications and uploads."""

    def __init__(self, document: Document, *, legacy: bool) -> None:
        super().__init__(document)
        self._contents: tuple[str, ...] = (
            "Title",
            "Text",
            "List",
            "FormattedContent",
            "Binary",
            "EmbeddedBinary",
        )
        self._answers: tuple[str, ...] = ("FreeTextAnswer", "SelectionAnswer")
        if legacy:
            self._contents += ("Application",)
            self._answers += ("FileUploadAnswer",)
        self._identifiers: set[str] = set()

    def part(self, node: Node) -> Overview | Question:
        return self._question(node) if node.name == "Question" else Overview(self._contents_of(node))

    def _question(self, node: Node) -> Question:
        children = self.children(node)
        identifier = self._unique(children.one("QuestionIdentifier"), self._identifiers)
        display_name = children.maybe("DisplayName")
        required = children.maybe("IsRequired")
        content = children.one("QuestionContent")
        answer = children.one("AnswerSpecification")
        children.end()
        return Question(
            identifier=identifier,
            display_name=self.token(display_name) if display_name else "",
            required=self.boolean(required) if required else False,
            contents=self._contents_of(content),
            answer=self._answer(answer),
        )

    def _unique(self, node: Node, taken: set[str]) -> str:
        identifier = self.identifier(node)
        if identifier in taken:
            raise self.invalid(
                node,
                f"cvc-identity-constraint.4.1: Duplicate unique value [{identifier}] declared for identity"
                f" constraint of element '{node.name}'.",
            )
        taken.add(identifier)
        return identifier

    def _contents_of(self, node: Node) -> tuple[Content, ...]:
        children = self.children(node)
        contents = tuple(self._content(child) for child in children.some(*self._contents))
        children.end()
        return contents

    def _content(self, node: Node) -> Content:
        if node.name == "Title":
            return Title(self.string(node))
        if node.name == "List":
            children = self.children(node)
            items = tuple(self.string(item) for item in children.some("ListItem"))
            children.end()
            return TextList(items)
        if node.name == "EmbeddedBinary":
            return self._embedded_binary(node)
        if node.name == "Application":
            return self._application(node)
        return self._choice_content(node)

    def _choice_content(self, node: Node) -> Text | Binary | FormattedContent:
        if node.name == "Text":
            return Text(self.string(node))
        if node.name == "FormattedContent":
            self.string(node)
            return parse_formatted_content(self.document, node)
        children = self.children(node)
        kind, subtype = self._mime_type(children.one("MimeType"))
        url = self.address(children.one("DataURL"), WEB)
        alt = self.string(children.one("AltText"))
        children.end()
        return Binary(kind, subtype, url, alt)

    def _mime_type(self, node: Node) -> tuple[str, str]:
        children = self.children(node)
        kind = self.enumeration(children.one("Type"), ("image", "audio", "video"))
        subtype = children.maybe("SubType")
        children.end()
        return kind, self.token(subtype) if subtype else ""

    def _embedded_binary(self, node: Node) -> EmbeddedBinary:
        children = self.children(node)
        mime = self.children(children.one("EmbeddedMimeType"))
        kind, subtype = self.token(mime.one("Type")), self.token(mime.one("SubType"))
        mime.end()
        url = self.address(children.one("DataURL"), WEB)
        alt = self.string(children.one("AltText"))
        width, height = self.token(children.one("Width")), self.token(children.one("Height"))
        parameters = tuple(self._parameter(each) for each in children.any("ApplicationParameter"))
        children.end()
        return EmbeddedBinary(kind, subtype, url, alt, width, height, parameters)

    def _parameter(self, node: Node) -> tuple[str, str]:
        children = self.children(node)
        parameter = self.string(children.one("Name")), self.string(children.one("Value"))
        children.end()
        return parameter

    def _application(self, node: Node) -> Application:
        children = self.children(node)
        program = children.one("Flash", "JavaApplet")
        children.end()
        parts = self.children(program)
        if program.name == "Flash":
            address = self.address(parts.one("FlashMovieURL"), WEB)
        else:
            address = self.address(parts.one("AppletPath"), WEB)
            self.string(parts.one("AppletFilename"))
        for name in ("Width", "Height"):
            self.string(parts.one(name))
        for parameter in parts.any("ApplicationParameter"):
            self._parameter(parameter)
        parts.end()
        return Application("Flash" if program.name == "Flash" else "JavaApplet", address)

    def _answer(self, node: Node) -> AnswerSpecification:
        children = self.children(node)
        answer = children.one(*self._answers)
        children.end()
        if answer.name == "FreeTextAnswer":
            return self._free_text(answer)
        if answer.name == "SelectionAnswer":
            return self._selections(answer)
        sizes = self.children(answer)
        bytes_max = self.integer(sizes.one("MaxFileSizeInBytes"), 1, FILE_BYTES_MAX)
        least = sizes.one("MinFileSizeInBytes")
        bytes_min = self.integer(least, 1, FILE_BYTES_MAX)
        sizes.end()
        self._ordered(least, "MinFileSizeInBytes", bytes_min, "MaxFileSizeInBytes", bytes_max)
        return FileUpload(bytes_min, bytes_max)

    def _free_text(self, node: Node) -> FreeText:
        children = self.children(node)
        constraints = children.maybe("Constraints")
        default = children.maybe("DefaultText")
        lines = children.maybe("NumberOfLinesSuggestion")
        children.end()
        text = self._constraints(constraints) if constraints else FreeText()
        return FreeText(
            numeric=text.numeric,
            value_min=text.value_min,
            value_max=text.value_max,
            length_min=text.length_min,
            length_max=text.length_max,
            patterns=text.patterns,
            default=self.string(default) if default else "",
            lines=self.integer(lines, 1) if lines else 1,
        )

    def _constraints(self, node: Node) -> FreeText:
        children = self.children(node)
        numeric = children.maybe("IsNumeric")
        length = children.maybe("Length")
        patterns = tuple(self._pattern(each) for each in children.any("AnswerFormatRegex"))
        children.end()
        value_min = value_max = length_max = None
        length_min = 0
        if numeric:
            value_min = self._bound(numeric, "minValue", INT_MIN)
            value_max = self._bound(numeric, "maxValue", INT_MIN)
            self.attributes(numeric, {"minValue", "maxValue"})
            self.empty(numeric)
            self._ordered(numeric, "minValue", value_min, "maxValue", value_max)
        if length:
            length_min = self._bound(length, "minLength", 0) or 0
            length_max = self._bound(length, "maxLength", 1)
            self.attributes(length, {"minLength", "maxLength"})
            self.empty(length)
            self._ordered(length, "minLength", length_min, "maxLength", length_max)
        return FreeText(numeric is not None, value_min, value_max, length_min, length_max, patterns)

    def _bound(self, node: Node, name: str, low: int) -> int | None:
        value = node.attributes.get(name)
        return None if value is None else self.whole_number(node, name, value, low, INT_MAX)

    def _ordered(self, node: Node, low_name: str, low: int | None, high_name: str, high: int | None) -> None:
        if low is not None and high is not None and low > high:
            raise self.invalid(node, f"{low_name} '{low}' is greater than {high_name} '{high}'.")

    def _pattern(self, node: Node) -> Pattern:
        attributes = self.attributes(node, {"regex", "errorText", "flags"}, ["regex"])
        self.empty(node)
        flags = attributes.get("flags", "")
        if flags not in {"", "i"}:
            raise self.invalid(
                node,
                f"cvc-enumeration-valid: Value '{flags[:100]}' is not facet-valid with respect to enumeration"
                " '[i]'. It must be a value from the enumeration.",
            )
        try:
            compile_pattern(attributes["regex"], ignore_case=flags == "i")
        except PatternInvalid as error:
            raise self.invalid(
                node, f"cvc-pattern-valid: The regular expression cannot be used: {error}"
            ) from None
        return Pattern(attributes["regex"], attributes.get("errorText", ""), flags == "i")

    def _selections(self, node: Node) -> Selections:
        children = self.children(node)
        least = children.maybe("MinSelectionCount")
        most = children.maybe("MaxSelectionCount")
        style = children.maybe("StyleSuggestion")
        listed = self.children(children.one("Selections"))
        children.end()
        taken: set[str] = set()
        choices = tuple(self._choice(each, taken) for each in listed.some("Selection"))
        other = listed.maybe("OtherSelection")
        listed.end()
        count_min = self.integer(least, 0) if least else 1
        count_max = self.integer(most, 1) if most else 1
        self._ordered(least or most or node, "MinSelectionCount", count_min, "MaxSelectionCount", count_max)
        offered = len(choices) + (other is not None)
        self._ordered(least or node, "MinSelectionCount", count_min, "the number of selections", offered)
        return Selections(
            choices=choices,
            count_min=count_min,
            count_max=count_max,
            style=Style(self.enumeration(style, _STYLES)) if style else None,
            other=self._free_text(other) if other else None,
        )

    def _choice(self, node: Node, taken: set[str]) -> Choice:
        children = self.children(node)
        identifier = self._unique(children.one("SelectionIdentifier"), taken)
        content = children.one("Text", "Binary", "FormattedContent")
        children.end()
        return Choice(identifier, self._choice_content(content))
