"""The form builder's document: what a requester put together by hand, typed, to and from JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext

from manyhands.core.errors import InvalidInput
from manyhands.work.layout.fields import RESERVED_NAMES

TITLE_CHARACTERS_MAX = 200
PARAGRAPH_CHARACTERS_MAX = 5_000
LABEL_CHARACTERS_MAX = 1_000
PARAGRAPHS_MAX = 100
SHOWN_MAX = 50
QUESTIONS_MAX = 100
OPTIONS_MAX = 50

Item = TypeVar("Item")
Kind = TypeVar("Kind", bound=StrEnum)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


class QuestionKind(StrEnum):
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    YES_NO = "yes_no"
    RATING = "rating"  # 1 to 5
    CHECK = "check"  # an attention check: one of several options, of which one is asked for


class ShownKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    LINK = "link"


_WITH_OPTIONS = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.CHECK})


@dataclass(frozen=True, slots=True)
class Option:
    """``value`` is what the results hold, ``label`` what the worker reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of the row, shown above the questions."""

    column: str
    kind: ShownKind
    label: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """``name`` heads the column of the results. ``help`` stands under the label.

    ``check``: the value that an attention check asks for; workers never get it.
    """

    kind: QuestionKind
    name: str
    label: str
    help: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    check: str = ""


@dataclass(frozen=True, slots=True)
class FormSpec:
    """``instructions`` are plain paragraphs. All texts may hold ``${placeholders}``."""

    title: str
    instructions: tuple[str, ...]
    shown: tuple[ShownColumn, ...]
    questions: tuple[Question, ...]


def to_json(spec: FormSpec) -> str:
    return json.dumps(asdict(spec), ensure_ascii=False)


def from_json(document: str | bytes | object) -> FormSpec:
    """Read a form from JSON text, or from what JSON text was parsed to.

    Raises InvalidInput; fields are named by their path, such as ``questions.0.label``.
    """
    if isinstance(document, (str, bytes)):
        try:
            document = json.loads(document)
        except ValueError:
            raise InvalidInput({"form": gettext("The form cannot be read.")}) from None
    reader = _Reader()
    spec = reader.form(document)
    if reader.errors:
        raise InvalidInput(reader.errors)
    return spec


class _Reader:
    """Reads on after a mistake, so that all of them are named at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def form(self, document: object) -> FormSpec:
        data = self._object(document, "form")
        spec = FormSpec(
            title=self._text(data, "title", "title", TITLE_CHARACTERS_MAX, needed=True),
            instructions=tuple(
                text
                for text in self._list(data, "instructions", "instructions", PARAGRAPHS_MAX, self._paragraph)
                if text
            ),
            shown=tuple(self._list(data, "shown", "shown", SHOWN_MAX, self._shown)),
            questions=tuple(self._list(data, "questions", "questions", QUESTIONS_MAX, self._question)),
        )
        if not spec.questions and "questions" not in self.errors:
            self.errors["questions"] = gettext("Ask at least one question.")
        self._refuse_doubles(
            "questions.%d.name",
            [question.name for question in spec.questions],
            gettext("Two questions have this name."),
        )
        return spec

    def _paragraph(self, item: object, path: str) -> str:
        if not isinstance(item, str):
            self.errors[path] = gettext("Enter text.")
            return ""
        return self._checked_length(item.strip(), path, PARAGRAPH_CHARACTERS_MAX)

    def _shown(self, item: object, path: str) -> ShownColumn:
        data = self._object(item, path)
        kind = self._choice(data, "kind", f"{path}.kind", ShownKind, ShownKind.TEXT)
        return ShownColumn(
            column=self._name(data, "column", f"{path}.column"),
            kind=kind,
            label=self._text(data, "label", f"{path}.label", LABEL_CHARACTERS_MAX),
        )

    def _question(self, item: object, path: str) -> Question:
        data = self._object(item, path)
        kind = self._choice(data, "kind", f"{path}.kind", QuestionKind, QuestionKind.SHORT_TEXT)
        options = tuple(self._list(data, "options", f"{path}.options", OPTIONS_MAX, self._option))
        if kind in _WITH_OPTIONS:
            if len(options) < 2:
                self.errors.setdefault(f"{path}.options", gettext("Offer at least two options."))
            self._refuse_doubles(
                f"{path}.options.%d.value",
                [option.value for option in options],
                gettext("Two options have this value."),
            )
        check = self._text(data, "check", f"{path}.check", LABEL_CHARACTERS_MAX)
        if kind is QuestionKind.CHECK and check not in [option.value for option in options]:
            self.errors.setdefault(f"{path}.check", gettext("Say which of the options is asked for."))
        name = self._name(data, "name", f"{path}.name")
        if name in RESERVED_NAMES:
            self.errors[f"{path}.name"] = gettext("This name is taken by the platform; choose another.")
        return Question(
            kind=kind,
            name=name,
            label=self._text(data, "label", f"{path}.label", LABEL_CHARACTERS_MAX, needed=True),
            help=self._text(data, "help", f"{path}.help", LABEL_CHARACTERS_MAX),
            required=data.get("required", True) is not False,
            options=options if kind in _WITH_OPTIONS else (),
            check=check if kind is QuestionKind.CHECK else "",
        )

    def _option(self, item: object, path: str) -> Option:
        if isinstance(item, str):
            item = {"value": item, "label": item}
        data = self._object(item, path)
        label = self._text(data, "label", f"{path}.label", LABEL_CHARACTERS_MAX)
        value = self._text(data, "value", f"{path}.value", LABEL_CHARACTERS_MAX) or label
        if not value:
            self.errors.setdefault(f"{path}.label", gettext("Enter text."))
        return Option(value, label or value)

    def _object(self, item: object, path: str) -> dict[str, Any]:
        if isinstance(item, dict):
            return item
        self.errors[path] = gettext("The form cannot be read.")
        return {}

    def _list(
        self,
        data: dict[str, Any],
        key: str,
        path: str,
        most: int,
        read: Callable[[object, str], Item],
    ) -> list[Item]:
        items = data.get(key) or []
        if not isinstance(items, list):
            self.errors[path] = gettext("The form cannot be read.")
            return []
        if len(items) > most:
            self.errors[path] = gettext("There are more than %(limit)d.") % {"limit": most}
        return [read(item, f"{path}.{index}") for index, item in enumerate(items[:most])]

    def _text(self, data: dict[str, Any], key: str, path: str, most: int, *, needed: bool = False) -> str:
        value = data.get(key) or ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.errors[path] = gettext("Enter text.")
            return ""
        return self._checked_length(value.strip(), path, most)

    def _checked_length(self, value: str, path: str, most: int) -> str:
        if len(value) > most:
            self.errors[path] = gettext("Use at most %(limit)d characters.") % {"limit": most}
        return value.replace("\x00", "")

    def _name(self, data: dict[str, Any], key: str, path: str) -> str:
        value = data.get(key)
        if isinstance(value, str) and _NAME.fullmatch(value.strip()):
            return value.strip()
        self.errors[path] = gettext(
            "Enter a name of Latin letters, digits, dots, hyphens and underscores that begins with a letter."
        )
        return ""

    def _choice(self, data: dict[str, Any], key: str, path: str, kinds: type[Kind], fallback: Kind) -> Kind:
        try:
            return kinds(str(data.get(key)))
        except ValueError:
            self.errors[path] = gettext("Choose one of the kinds offered.")
            return fallback

    def _refuse_doubles(self, path: str, values: list[str], sentence: str) -> None:
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value and value in seen:
                self.errors.setdefault(path % index, sentence)
            seen.add(value)
