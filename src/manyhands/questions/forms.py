"""What a question is, once read: frozen, validated, and free of anything that could run."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"
HTML_QUESTION = f"{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"
EXTERNAL_QUESTION = f"{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"
QUESTION_FORM_2005 = f"{SCHEMAS}/2005-10-01/QuestionForm.xsd"
QUESTION_FORM_2017 = f"{SCHEMAS}/2017-11-06/QuestionForm.xsd"
ANSWER_KEY = f"{SCHEMAS}/2005-10-01/AnswerKey.xsd"
QUESTION_FORM_ANSWERS = f"{SCHEMAS}/2005-10-01/QuestionFormAnswers.xsd"


@dataclass(frozen=True, slots=True)
class HTMLQuestion:
    """A page written by the requester. ``frame_height`` in pixels; 0 fills the window."""

    html: str
    frame_height: int


@dataclass(frozen=True, slots=True)
class ExternalQuestion:
    """A page on the requester's own server."""

    url: str
    frame_height: int


@dataclass(frozen=True, slots=True)
class Title:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class TextList:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormattedContent:
    """``html`` is safe to show. ``coloured``: it sets colours, so it must stand on a light ground."""

    html: str
    coloured: bool = False


@dataclass(frozen=True, slots=True)
class Binary:
    """A file on the web: shown as a picture or a player, or linked. ``kind``: image, audio, video."""

    kind: str
    subtype: str
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class EmbeddedBinary:
    """The same with a size. ``kind`` is any major MIME type; parameters were for plug-ins."""

    kind: str
    subtype: str
    url: str
    alt: str
    width: str
    height: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """A Flash movie or a Java applet: no browser runs them any more, a notice stands in their place."""

    kind: Literal["Flash", "JavaApplet"]
    address: str


Content = Title | Text | TextList | FormattedContent | Binary | EmbeddedBinary | Application


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that an answer must match somewhere; empty ``error`` is the default text."""

    regex: str
    error: str = ""
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class FreeText:
    numeric: bool = False
    value_min: int | None = None
    value_max: int | None = None
    length_min: int = 0
    length_max: int | None = None
    patterns: tuple[Pattern, ...] = ()
    default: str = ""
    lines: int = 1


class Style(StrEnum):
    """How a requester would like selections shown."""

    RADIOBUTTON = "radiobutton"
    CHECKBOX = "checkbox"
    LIST = "list"
    DROPDOWN = "dropdown"
    COMBOBOX = "combobox"
    MULTICHOOSER = "multichooser"


@dataclass(frozen=True, slots=True)
class Choice:
    """One selection of a question."""

    identifier: str
    content: Text | Binary | FormattedContent


@dataclass(frozen=True, slots=True)
class Selections:
    """``other``: a field for an answer that is not among the choices."""

    choices: tuple[Choice, ...]
    count_min: int = 1
    count_max: int = 1
    style: Style | None = None
    other: FreeText | None = None

    @property
    def identifiers(self) -> frozenset[str]:
        return frozenset(choice.identifier for choice in self.choices)


@dataclass(frozen=True, slots=True)
class FileUpload:
    """One file of so many bytes."""

    bytes_min: int
    bytes_max: int


AnswerSpecification = FreeText | Selections | FileUpload


@dataclass(frozen=True, slots=True)
class Overview:
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Question:
    identifier: str
    display_name: str
    required: bool
    contents: tuple[Content, ...]
    answer: AnswerSpecification


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """``namespace``: which version of the schema it was written in."""

    namespace: str
    parts: tuple[Overview | Question, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(part for part in self.parts if isinstance(part, Question))
