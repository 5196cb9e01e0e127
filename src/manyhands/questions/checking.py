"""Checking what a worker posted against the form, and reading it into answers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.template.defaultfilters import filesizeformat as filesize
from django.utils.translation import gettext, ngettext

from manyhands.questions.answers import Answer, HandedFile
from manyhands.questions.characters import legal
from manyhands.questions.controls import OTHER_VALUE, Control, control_of, field_names, needs_answer
from manyhands.questions.forms import FileUpload, FreeText, Question, QuestionForm, Selections
from manyhands.questions.patterns import Work, compile_pattern

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,100}(?:\.[0-9]{0,100})?|\.[0-9]{1,100})(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Checked:
    """``answers`` in the form's order, as they were given even where they are wrong.

    ``problems``: question to sentence; empty when the form can be handed in.
    """

    answers: tuple[Answer, ...]
    problems: dict[str, str]

    @property
    def by_question(self) -> dict[str, Answer]:
        """The answers as ``render_form`` takes them."""
        return {answer.question: answer for answer in self.answers}

    @property
    def selections(self) -> dict[str, tuple[str, ...]]:
        """The selections as ``AnswerKey.score`` takes them."""
        return {answer.question: answer.selections or () for answer in self.answers}


def by_field(pairs: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Pairs of field and value, as an answer is kept, as ``check_answers`` takes them."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def check_answers(
    form: QuestionForm,
    posted: Mapping[str, Sequence[str]],
    files: Mapping[str, HandedFile] | None = None,
) -> Checked:
    """Read the posted fields. ``posted``: name to values; names that are no question's are left aside.

    ``files``: what was handed in, by the same names; None where files cannot be, and none is asked for.
    """
    names = field_names(form)
    work = Work()
    answers: list[Answer] = []
    problems: dict[str, str] = {}
    answer: Answer | None
    for question in form.questions:
        name = names[question.identifier]
        values = [_typed(value) for value in posted.get(name.answer, ())]
        if isinstance(question.answer, Selections):
            texts = [_typed(value) for value in posted.get(name.other, ())]
            answer, problem = _selected(question, question.answer, values, "\n".join(texts), work)
        elif isinstance(question.answer, FreeText):
            answer, problem = _written(question, question.answer, "|".join(values), work)
        elif files is None:
            continue
        else:
            answer, problem = _handed(question, question.answer, files.get(name.answer))
        if answer is not None:
            answers.append(answer)
        if problem:
            problems[question.identifier] = problem
    return Checked(tuple(answers), problems)


def _handed(question: Question, spec: FileUpload, file: HandedFile | None) -> tuple[Answer | None, str]:
    """A question without a file has no answer at all: the protocol has no words for an empty one."""
    if file is None:
        return None, gettext("Choose a file.") if needs_answer(question) else ""
    answer = Answer(question.identifier, file_key=file.key, file_bytes=file.bytes, file_name=file.name)
    return answer, file_problem(spec, file.bytes)


def file_problem(spec: FileUpload, size: int) -> str:
    """What is wrong with a file of this size, as a sentence."""
    if size < spec.bytes_min:
        return gettext("The file is smaller than %(least)s.") % {"least": filesize(spec.bytes_min)}
    if size > spec.bytes_max:
        return gettext("The file is larger than %(most)s.") % {"most": filesize(spec.bytes_max)}
    return ""


def _typed(value: str) -> str:
    """Browsers send line ends as two characters and count them as one."""
    return legal(value).replace("\r\n", "\n")


def _written(question: Question, spec: FreeText, text: str, work: Work) -> tuple[Answer, str]:
    if spec.numeric:
        # Digits of full width are what a Japanese keyboard makes.
        text = unicodedata.normalize("NFKC", text).strip()
    answer = Answer(question.identifier, text)
    if not text.strip():
        missing = gettext("Answer this question.") if needs_answer(question) else ""
        if missing or not text:
            return answer, missing
    return answer, _text_problem(spec, text, work)


def _text_problem(spec: FreeText, text: str, work: Work) -> str:
    if spec.numeric:
        if not _NUMBER.fullmatch(text):
            return gettext("Enter a number.")
        number = Decimal(text)
        if spec.value_min is not None and number < spec.value_min:
            return gettext("Enter a number that is not below %(least)d.") % {"least": spec.value_min}
        if spec.value_max is not None and number > spec.value_max:
            return gettext("Enter a number that is not above %(most)d.") % {"most": spec.value_max}
    if len(text) < spec.length_min:
        return ngettext(
            "Write at least %(count)d character.", "Write at least %(count)d characters.", spec.length_min
        ) % {"count": spec.length_min}
    if spec.length_max is not None and len(text) > spec.length_max:
        return ngettext(
            "Write at most %(count)d character.", "Write at most %(count)d characters.", spec.length_max
        ) % {"count": spec.length_max}
    for pattern in spec.patterns:
        if not compile_pattern(pattern.regex, ignore_case=pattern.ignore_case).matches(text, work):
            return pattern.error or gettext("Invalid input supplied.")
    return ""


def _selected(
    question: Question, spec: Selections, values: list[str], other: str, work: Work
) -> tuple[Answer, str]:
    chosen = tuple(choice.identifier for choice in spec.choices if choice.identifier in values)
    control = control_of(spec)
    if spec.other is None or not other.strip() or (control is not Control.CHECKBOX and chosen):
        # Words beside a choice that excludes them were thought better of.
        other = ""
    answer = Answer(question.identifier, selections=chosen, other=other)
    if not (set(values) - {OTHER_VALUE}) <= spec.identifiers:
        return answer, gettext("Choose from the answers that are offered.")
    count = len(chosen) + bool(other)
    if spec.other is not None and not other and control is not Control.SELECT and OTHER_VALUE in values:
        return answer, gettext("Write what your other answer is.")
    if count == 0:
        return answer, gettext("Choose an answer.") if needs_answer(question) else ""
    if count < spec.count_min:
        return answer, ngettext(
            "Choose at least %(count)d answer.", "Choose at least %(count)d answers.", spec.count_min
        ) % {"count": spec.count_min}
    if count > spec.count_max:
        return answer, ngettext(
            "Choose at most %(count)d answer.", "Choose at most %(count)d answers.", spec.count_max
        ) % {"count": spec.count_max}
    return answer, _text_problem(spec.other, other, work) if spec.other and other else ""
