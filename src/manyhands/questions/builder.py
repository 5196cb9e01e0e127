"""The test builder's plain form: a few kinds of questions, to and from the XML that is stored.

The XML is what counts. A test whose XML holds more than this form can show is not opened by the builder.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext

from manyhands.questions import forms
from manyhands.questions.answer_key import AnswerKey, parse_answer_key
from manyhands.questions.characters import escaped
from manyhands.questions.forms import (
    Choice,
    FreeText,
    Overview,
    Question,
    QuestionForm,
    Selections,
    Text,
    Title,
)
from manyhands.questions.parsing import parse_test

TEXT_CHARACTERS_MAX = 5_000
QUESTIONS_MAX = 100
OPTIONS_MAX = 50
POINTS_MAX = 1_000


class TestQuestionKind(StrEnum):
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    FREE_TEXT = "free_text"


@dataclass(frozen=True, slots=True)
class TestOption:
    """``identifier`` is kept when a test is edited; empty gets a free one when it is written."""

    label: str
    right: bool = False
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class TestQuestion:
    """``points`` count only where an option is right. ``options`` are empty for free text."""

    kind: TestQuestionKind
    text: str
    options: tuple[TestOption, ...] = ()
    points: int = 1
    required: bool = True
    identifier: str = ""

    @property
    def graded(self) -> bool:
        return any(option.right for option in self.options)


@dataclass(frozen=True, slots=True)
class TestSpec:
    """``instructions``: paragraphs, above the questions."""

    title: str
    instructions: tuple[str, ...]
    questions: tuple[TestQuestion, ...]


def problems(spec: TestSpec) -> dict[str, str]:
    """What must change before the test can be saved: path such as ``questions.0.text`` to sentence."""
    found: dict[str, str] = {}
    if not spec.questions:
        found["questions"] = gettext("Ask at least one question.")
    if len(spec.questions) > QUESTIONS_MAX:
        found["questions"] = gettext("There are more than %(limit)d.") % {"limit": QUESTIONS_MAX}
    found.update(_text_problem("title", spec.title, needed=False))
    for index, paragraph in enumerate(spec.instructions):
        found.update(_text_problem(f"instructions.{index}", paragraph, needed=False))
    for index, question in enumerate(spec.questions):
        found.update(_question_problems(f"questions.{index}", question))
    return found


def to_question_form(spec: TestSpec) -> str:
    """The test as a QuestionForm."""
    spec = _identified(spec)
    lines = [f'<QuestionForm xmlns="{forms.QUESTION_FORM_2017}">']
    if spec.title or spec.instructions:
        lines.append("<Overview>")
        lines += [f"<Title>{escaped(spec.title)}</Title>"] if spec.title else []
        lines += [f"<Text>{escaped(paragraph)}</Text>" for paragraph in spec.instructions]
        lines.append("</Overview>")
    for question in spec.questions:
        lines += _question_lines(question)
    return "\n".join([*lines, "</QuestionForm>", ""])


def to_answer_key(spec: TestSpec) -> str | None:
    """The key of the test: the share of points reached, in percent. None where a person must grade.

    That is: with free text in the test, or with no right option in it.
    """
    spec = _identified(spec)
    graded = [question for question in spec.questions if question.graded]
    if not graded or any(question.kind is TestQuestionKind.FREE_TEXT for question in spec.questions):
        return None
    lines = [f'<AnswerKey xmlns="{forms.ANSWER_KEY}">']
    for question in graded:
        lines += ["<Question>", _identifier("Question", question.identifier), "<AnswerOption>"]
        lines += [_identifier("Selection", option.identifier) for option in question.options if option.right]
        lines += [f"<AnswerScore>{question.points:d}</AnswerScore>", "</AnswerOption>", "</Question>"]
    most = sum(question.points for question in graded)
    lines += [
        "<QualificationValueMapping>",
        f"<PercentageMapping><MaximumSummedScore>{most:d}</MaximumSummedScore></PercentageMapping>",
        "</QualificationValueMapping>",
        "</AnswerKey>",
        "",
    ]
    return "\n".join(lines)


def from_xml(form: str, key: str | None = None) -> TestSpec | None:
    """Read a stored test back. None when it holds more than the builder can show.

    Raises QuestionInvalid when it is no test at all.
    """
    parsed = parse_test(form)
    parsed_key = parse_answer_key(key, parsed) if key else None
    spec = _spec(parsed, parsed_key)
    if spec is None:
        return None
    # What the builder would write must mean the same, whatever was left aside on the way.
    written = parse_test(to_question_form(spec))
    written_key = to_answer_key(spec)
    same_form = replace(written, namespace=parsed.namespace) == parsed
    same_key = (parse_answer_key(written_key, written) if written_key else None) == parsed_key
    return spec if same_form and same_key else None


def _text_problem(path: str, text: str, *, needed: bool) -> Iterator[tuple[str, str]]:
    if needed and not text.strip():
        yield path, gettext("Enter text.")
    elif len(text) > TEXT_CHARACTERS_MAX:
        yield path, gettext("Use at most %(limit)d characters.") % {"limit": TEXT_CHARACTERS_MAX}


def _question_problems(path: str, question: TestQuestion) -> Iterator[tuple[str, str]]:
    yield from _text_problem(f"{path}.text", question.text, needed=True)
    if question.kind is TestQuestionKind.FREE_TEXT:
        return
    for index, option in enumerate(question.options):
        yield from _text_problem(f"{path}.options.{index}", option.label, needed=True)
    if len(question.options) < 2:
        yield f"{path}.options", gettext("Offer at least two options.")
    elif len(question.options) > OPTIONS_MAX:
        yield f"{path}.options", gettext("There are more than %(limit)d.") % {"limit": OPTIONS_MAX}
    elif (
        question.kind is TestQuestionKind.SINGLE_CHOICE
        and sum(option.right for option in question.options) > 1
    ):
        yield f"{path}.options", gettext("Only one option can be right where one is chosen.")
    if question.graded and not 1 <= question.points <= POINTS_MAX:
        yield f"{path}.points", gettext("Enter a number from 1 to %(limit)d.") % {"limit": POINTS_MAX}


def _identified(spec: TestSpec) -> TestSpec:
    """The test with an identifier for everything; those that are there stay."""
    numbers = _free({question.identifier for question in spec.questions}, "q")
    questions = []
    for question in spec.questions:
        letters = _free({option.identifier for option in question.options}, "a")
        options = tuple(
            replace(option, identifier=option.identifier or next(letters)) for option in question.options
        )
        identifier = question.identifier or next(numbers)
        questions.append(replace(question, identifier=identifier, options=options))
    return replace(spec, questions=tuple(questions))


def _free(taken: set[str], prefix: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"{prefix}{number}" not in taken:
            yield f"{prefix}{number}"


def _identifier(kind: str, value: str) -> str:
    return f"<{kind}Identifier>{escaped(value)}</{kind}Identifier>"


def _question_lines(question: TestQuestion) -> Iterator[str]:
    yield "<Question>"
    yield _identifier("Question", question.identifier)
    yield f"<IsRequired>{'true' if question.required else 'false'}</IsRequired>"
    yield f"<QuestionContent><Text>{escaped(question.text)}</Text></QuestionContent>"
    yield "<AnswerSpecification>"
    if question.kind is TestQuestionKind.FREE_TEXT:
        yield "<FreeTextAnswer><NumberOfLinesSuggestion>4</NumberOfLinesSuggestion></FreeTextAnswer>"
    else:
        yield from _selection_lines(question)
    yield "</AnswerSpecification>"
    yield "</Question>"


def _selection_lines(question: TestQuestion) -> Iterator[str]:
    single = question.kind is TestQuestionKind.SINGLE_CHOICE
    most = 1 if single else len(question.options)
    yield "<SelectionAnswer>"
    yield f"<MinSelectionCount>{int(question.required)}</MinSelectionCount>"
    yield f"<MaxSelectionCount>{most}</MaxSelectionCount>"
    yield f"<StyleSuggestion>{'radiobutton' if single else 'checkbox'}</StyleSuggestion>"
    yield "<Selections>"
    for option in question.options:
        identifier = _identifier("Selection", option.identifier)
        yield f"<Selection>{identifier}<Text>{escaped(option.label)}</Text></Selection>"
    yield "</Selections>"
    yield "</SelectionAnswer>"


def _spec(form: QuestionForm, key: AnswerKey | None) -> TestSpec | None:
    """What the builder can show of a test. The caller compares; only what has no place at all is None."""
    title = ""
    instructions: tuple[str, ...] = ()
    if isinstance(form.parts[0], Overview):
        contents = form.parts[0].contents
        title = next((each.text for each in contents if isinstance(each, Title)), "")
        instructions = tuple(each.text for each in contents if isinstance(each, Text))
    questions = [_question(question, key) for question in form.questions]
    known = tuple(question for question in questions if question is not None)
    return TestSpec(title, instructions, known) if len(known) == len(questions) else None


def _question(question: Question, key: AnswerKey | None) -> TestQuestion | None:
    text = "\n".join(each.text for each in question.contents if isinstance(each, Text))
    answer = question.answer
    if isinstance(answer, FreeText):
        kind = TestQuestionKind.FREE_TEXT
        return TestQuestion(kind, text, required=question.required, identifier=question.identifier)
    if not isinstance(answer, Selections):
        return None
    radio = answer.style is forms.Style.RADIOBUTTON
    kind = TestQuestionKind.SINGLE_CHOICE if radio else TestQuestionKind.MULTIPLE_CHOICE
    right, points = _right(question.identifier, key)
    options = tuple(
        TestOption(_label(choice), choice.identifier in right, choice.identifier) for choice in answer.choices
    )
    return TestQuestion(kind, text, options, points, question.required, question.identifier)


def _right(identifier: str, key: AnswerKey | None) -> tuple[frozenset[str], int]:
    for question in key.questions if key else ():
        if question.identifier == identifier:
            return question.options[0].selections, question.options[0].score
    return frozenset(), 1


def _label(choice: Choice) -> str:
    return choice.content.text if isinstance(choice.content, Text) else ""
