"""How a form's questions become form fields: which control, and under which names it posts."""

from dataclasses import dataclass
from enum import StrEnum

from manyhands.questions.forms import FileUpload, FreeText, Question, QuestionForm, Selections, Style, Text

# Posted by an 'other' choice itself; no SelectionIdentifier is empty. The text has a field of its own.
OTHER_VALUE = ""
_PROTOCOL_NAMES = frozenset({"assignmentId", "hitId", "turkSubmitTo", "workerId", "csrfmiddlewaretoken"})
_OUR_PREFIX = "manyhands"


class Control(StrEnum):
    """What selections are made with."""

    RADIO = "radio"
    CHECKBOX = "checkbox"
    SELECT = "select"


@dataclass(frozen=True, slots=True)
class FieldNames:
    """``other``: the text beside an 'other' choice."""

    answer: str
    other: str


def field_names(form: QuestionForm) -> dict[str, FieldNames]:
    """Question to the names its fields post: its identifier, and ``identifier/other``.

    Names that the protocol or the page uses itself, and names that would meet, are moved out of the way.
    """
    taken = {question.identifier for question in form.questions}
    names: dict[str, FieldNames] = {}
    for question in form.questions:
        answer = question.identifier
        if answer in _PROTOCOL_NAMES or answer.startswith(_OUR_PREFIX):
            answer = _free(f"question/{answer}", taken)
        names[question.identifier] = FieldNames(answer, _free(f"{question.identifier}/other", taken))
    return names


def control_of(selections: Selections) -> Control:
    """The control that the suggestion comes to, where it can hold these choices and this count."""
    if selections.count_max > 1 or selections.style is Style.CHECKBOX:
        return Control.CHECKBOX
    plain = all(isinstance(choice.content, Text) for choice in selections.choices)
    if plain and selections.style in {Style.DROPDOWN, Style.COMBOBOX, Style.LIST, Style.MULTICHOOSER}:
        return Control.SELECT
    return Control.RADIO


def needs_answer(question: Question) -> bool:
    """Whether the form cannot be handed in without an answer here."""
    if isinstance(question.answer, FreeText):
        return question.required or question.answer.length_min > 0
    return question.required


def file_fields(form: QuestionForm) -> dict[str, FileUpload]:
    """The fields that take a file, by the names they post."""
    names = field_names(form)
    return {
        names[question.identifier].answer: question.answer
        for question in form.questions
        if isinstance(question.answer, FileUpload)
    }


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "/"
    taken.add(name)
    return name
