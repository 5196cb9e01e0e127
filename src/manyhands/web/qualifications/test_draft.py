"""The test builder's fields as data, and what its buttons do to them.

A ``Draft`` may be incomplete; ``questions.builder`` judges it and writes the XML that is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from manyhands.questions import builder
from manyhands.questions.builder import TestQuestionKind

KINDS = (
    (TestQuestionKind.SINGLE_CHOICE.value, _("One of several options")),
    (TestQuestionKind.MULTIPLE_CHOICE.value, _("Any of several options")),
    (TestQuestionKind.FREE_TEXT.value, _("Text, graded by you")),
)
_PARAGRAPHS = re.compile(r"\n\s*\n")
# More than the rules allow, so that they say so themselves.
_QUESTIONS_READ, _OPTIONS_READ = builder.QUESTIONS_MAX + 1, builder.OPTIONS_MAX + 1


@dataclass(frozen=True, slots=True)
class DraftOption:
    label: str = ""
    right: bool = False
    identifier: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """``points`` is text as typed."""

    kind: str = TestQuestionKind.SINGLE_CHOICE.value
    text: str = ""
    points: str = "1"
    required: bool = True
    identifier: str = ""
    options: tuple[DraftOption, ...] = (DraftOption(), DraftOption())
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    title: str = ""
    instructions: str = ""
    questions: tuple[DraftQuestion, ...] = ()
    error: str = ""


FIRST = Draft(questions=(DraftQuestion(),))


def from_spec(spec: builder.TestSpec) -> Draft:
    """A kept test, ready to be changed."""
    return Draft(
        spec.title,
        "\n\n".join(spec.instructions),
        tuple(
            DraftQuestion(
                each.kind.value,
                each.text,
                str(each.points),
                each.required,
                each.identifier,
                tuple(DraftOption(one.label, one.right, one.identifier) for one in each.options),
            )
            for each in spec.questions
        ),
    )


def read(posted: Mapping[str, Any]) -> Draft:
    """What was typed, complete or not. Gaps in the numbering do not matter."""

    def text(name: str) -> str:
        return str(posted.get(name, "")).replace("\r\n", "\n").replace("\0", "")

    def options(n: int) -> tuple[DraftOption, ...]:
        return tuple(
            DraftOption(text(f"q-{n}-o-{m}-label"), f"q-{n}-o-{m}-right" in posted, text(f"q-{n}-o-{m}-id"))
            for m in range(_OPTIONS_READ)
            if f"q-{n}-o-{m}-label" in posted
        )

    questions = tuple(
        DraftQuestion(
            text(f"q-{n}-kind"),
            text(f"q-{n}-text"),
            text(f"q-{n}-points"),
            f"q-{n}-required" in posted,
            text(f"q-{n}-id"),
            options(n),
        )
        for n in range(_QUESTIONS_READ)
        if f"q-{n}-text" in posted
    )
    return Draft(text("test_title"), text("test_instructions"), questions)


def changed(draft: Draft, act: str) -> Draft:
    """The draft after ``add-question``, ``remove-question-2``, ``add-option-2`` or ``remove-option-2-1``."""
    verb, _dash, rest = act.partition("-")
    what, _dash, number = rest.partition("-")
    places = [int(part) for part in number.split("-") if part.isdecimal()]
    questions = list(draft.questions)
    if (verb, what) == ("add", "question"):
        questions.append(DraftQuestion())
    elif not places or places[0] >= len(questions):
        return draft
    elif (verb, what) == ("remove", "question"):
        del questions[places[0]]
    elif (verb, what) == ("add", "option"):
        asked = questions[places[0]]
        questions[places[0]] = replace(asked, options=(*asked.options, DraftOption()))
    elif (verb, what) == ("remove", "option") and len(places) == 2:
        asked = questions[places[0]]
        left = tuple(one for place, one in enumerate(asked.options) if place != places[1])
        questions[places[0]] = replace(asked, options=left)
    return replace(draft, questions=tuple(questions))


def to_spec(draft: Draft) -> builder.TestSpec:
    """The test the draft stands for; ``builder.problems`` says whether it is one."""
    paragraphs = _PARAGRAPHS.split(draft.instructions.strip())
    return builder.TestSpec(
        draft.title.strip(),
        tuple(each.strip() for each in paragraphs if each.strip()),
        tuple(_question(each) for each in draft.questions),
    )


def _question(each: DraftQuestion) -> builder.TestQuestion:
    known = each.kind in set(TestQuestionKind)
    kind = TestQuestionKind(each.kind) if known else TestQuestionKind.SINGLE_CHOICE
    has_options = kind is not TestQuestionKind.FREE_TEXT
    options = tuple(builder.TestOption(one.label.strip(), one.right, one.identifier) for one in each.options)
    points = int(each.points) if each.points.strip().isdecimal() and len(each.points) < 9 else 0
    return builder.TestQuestion(
        kind, each.text.strip(), options if has_options else (), points, each.required, each.identifier
    )


def with_errors(draft: Draft, errors: Mapping[str, str]) -> Draft:
    """The draft, each part with the sentence whose path names it."""

    def question(n: int, each: DraftQuestion) -> DraftQuestion:
        prefix = f"questions.{n}."
        of_it = {name.removeprefix(prefix): said for name, said in errors.items() if name.startswith(prefix)}
        options = tuple(
            replace(one, error=of_it.get(f"options.{m}", "")) for m, one in enumerate(each.options)
        )
        return replace(each, errors=of_it, options=options)

    questions = tuple(question(n, each) for n, each in enumerate(draft.questions))
    return replace(draft, questions=questions, error=errors.get("questions", ""))
