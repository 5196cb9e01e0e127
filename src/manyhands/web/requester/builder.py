"""The form builder's page as data: what stands in its fields, and what its buttons do to that.

A ``Draft`` may be incomplete; ``to_spec`` is the strict reading of it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from manyhands.work.layout.form_spec import (
    QUESTIONS_MAX,
    SHOWN_MAX,
    FormSpec,
    QuestionKind,
    ShownKind,
    from_json,
)

KINDS = (
    (QuestionKind.SINGLE_CHOICE, _("One of several options")),
    (QuestionKind.MULTIPLE_CHOICE, _("Any of several options")),
    (QuestionKind.YES_NO, _("Yes or no")),
    (QuestionKind.RATING, _("Rating from 1 to 5")),
    (QuestionKind.SHORT_TEXT, _("One line of text")),
    (QuestionKind.LONG_TEXT, _("Several lines of text")),
    (QuestionKind.NUMBER, _("Number")),
    (QuestionKind.CHECK, _("Attention check: one option is asked for")),
)
SHOWN_KINDS = (
    (ShownKind.TEXT, _("Text")),
    (ShownKind.IMAGE, _("Image (its address)")),
    (ShownKind.LINK, _("Link")),
)
WITH_OPTIONS = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.CHECK})
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class DraftShown:
    column: str = ""
    kind: str = ShownKind.TEXT
    label: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """``options`` is one option a line, ``value | label`` or one word for both."""

    kind: str = QuestionKind.SINGLE_CHOICE
    label: str = ""
    name: str = ""
    help: str = ""
    required: bool = True
    options: str = ""
    check: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def has_options(self) -> bool:
        return self.kind in WITH_OPTIONS


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the builder's fields."""

    title: str = ""
    instructions: str = ""
    shown: tuple[DraftShown, ...] = ()
    questions: tuple[DraftQuestion, ...] = ()


def first(title: str) -> Draft:
    """What a new form starts with."""
    return Draft(
        title=title,
        shown=(DraftShown(column="text"),),
        questions=(DraftQuestion(options="yes | Yes\nno | No"),),
    )


def from_spec(document: object) -> Draft:
    """The saved form, ready to be changed."""
    spec = from_json(document)
    return Draft(
        title=spec.title,
        instructions="\n\n".join(spec.instructions),
        shown=tuple(DraftShown(item.column, item.kind, item.label) for item in spec.shown),
        questions=tuple(
            DraftQuestion(
                kind=question.kind,
                label=question.label,
                name=question.name,
                help=question.help,
                required=question.required,
                options="\n".join(
                    option.label if option.value == option.label else f"{option.value} | {option.label}"
                    for option in question.options
                ),
                check=question.check,
            )
            for question in spec.questions
        ),
    )


def read(posted: Mapping[str, Any]) -> Draft:
    """What was typed, complete or not. Gaps in the numbering do not matter."""

    def text(name: str) -> str:
        return str(posted.get(name, "")).replace("\r\n", "\n")

    return Draft(
        title=text("title"),
        instructions=text("instructions"),
        shown=tuple(
            DraftShown(text(f"shown-{n}-column"), text(f"shown-{n}-kind"), text(f"shown-{n}-label"))
            for n in range(SHOWN_MAX)
            if f"shown-{n}-column" in posted
        ),
        questions=tuple(
            DraftQuestion(
                kind=text(f"question-{n}-kind"),
                label=text(f"question-{n}-label"),
                name=text(f"question-{n}-name"),
                help=text(f"question-{n}-help"),
                required=f"question-{n}-required" in posted,
                options=text(f"question-{n}-options"),
                check=text(f"question-{n}-check").strip(),
            )
            for n in range(QUESTIONS_MAX)
            if f"question-{n}-label" in posted
        ),
    )


def changed(draft: Draft, act: str) -> Draft:
    """The draft after a press of ``add-question``, ``remove-question-2``, ``up-shown-1`` and their kin."""
    verb, _dash, rest = act.partition("-")
    what, _dash, number = rest.partition("-")
    if what == "question":
        questions = _moved(draft.questions, verb, number, DraftQuestion(), QUESTIONS_MAX)
        return replace(draft, questions=questions)
    if what == "shown":
        return replace(draft, shown=_moved(draft.shown, verb, number, DraftShown(), SHOWN_MAX))
    return draft


def _moved(items: tuple[Any, ...], verb: str, number: str, blank: Any, most: int) -> tuple[Any, ...]:
    listed = list(items)
    index = int(number) if number.isdigit() else -1
    if verb == "add" and len(listed) < most:
        listed.append(blank)
    elif verb == "remove" and 0 <= index < len(listed):
        del listed[index]
    elif verb == "up" and 0 < index < len(listed):
        listed[index - 1 : index + 1] = [listed[index], listed[index - 1]]
    elif verb == "down" and 0 <= index < len(listed) - 1:
        listed[index : index + 2] = [listed[index + 1], listed[index]]
    return tuple(listed)


def to_spec(draft: Draft) -> FormSpec:
    """The form the draft stands for; a question without a name is named after its label.

    Raises InvalidInput, fields named by their path.
    """
    taken = {question.name.strip() for question in draft.questions if question.name.strip()}
    names = []
    for number, question in enumerate(draft.questions, start=1):
        name = question.name.strip() or _name_for(question.label, number, taken)
        taken.add(name)
        names.append(name)
    return from_json(
        {
            "title": draft.title,
            "instructions": _PARAGRAPHS.split(draft.instructions.strip()),
            "shown": [
                {"column": _bare(item.column), "kind": item.kind, "label": item.label} for item in draft.shown
            ],
            "questions": [
                {
                    "kind": question.kind,
                    "name": name,
                    "label": question.label,
                    "help": question.help,
                    "required": question.required,
                    "options": _options(question.options) if question.has_options else [],
                    "check": question.check if question.kind == QuestionKind.CHECK else "",
                }
                for question, name in zip(draft.questions, names, strict=True)
            ],
        }
    )


def document(text: str) -> Any:
    """The JSON text of a form as plain data, for the database."""
    return json.loads(text)


def _bare(column: str) -> str:
    """The column, also when it was typed as a placeholder."""
    return column.strip().removeprefix("${").removesuffix("}")


def _options(text: str) -> list[dict[str, str]]:
    options = []
    for line in text.split("\n"):
        value, bar, label = line.partition("|")
        if line.strip():
            options.append({"value": value.strip(), "label": (label if bar else value).strip()})
    return options


def _name_for(label: str, number: int, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z0-9]+", label.lower())[:4]
    name = "_".join(words)
    if not name or not name[0].isalpha():
        name = f"question_{number}"
    return name if name not in taken else f"{name}_{number}"


def with_errors(draft: Draft, errors: Mapping[str, str]) -> Draft:
    """The draft with each error at the question or column it names by its path."""

    def of(prefix: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for path, sentence in errors.items():
            if path.startswith(prefix):
                found.setdefault(path.removeprefix(prefix).split(".")[0], sentence)
        return found

    return replace(
        draft,
        shown=tuple(replace(item, errors=of(f"shown.{n}.")) for n, item in enumerate(draft.shown)),
        questions=tuple(
            replace(item, errors=of(f"questions.{n}.")) for n, item in enumerate(draft.questions)
        ),
    )
