"""'Who may do it' as data: what stands in its lines, and what its buttons do to them.

A ``Line`` may be incomplete; ``to_requirements`` is the strict reading of all of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import countries
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import system_types
from manyhands.qualifications.owner_queries import TypeToAsk
from manyhands.qualifications.requirements import Requirement, Score, Values
from manyhands.qualifications.states import Comparator, Guard

# More than may be asked for, so that the rule itself says so.
LINES_READ = 20
LIVES_IN, LIVES_OUTSIDE = "LivesIn", "LivesOutside"
_PLACED = {LIVES_IN: Comparator.IN, LIVES_OUTSIDE: Comparator.NOT_IN}

COMPARATORS = (
    (_("Score"), (
        (Comparator.GREATER_THAN_OR_EQUAL_TO.value, _("at least")),
        (Comparator.LESS_THAN_OR_EQUAL_TO.value, _("at most")),
        (Comparator.GREATER_THAN.value, _("more than")),
        (Comparator.LESS_THAN.value, _("less than")),
        (Comparator.EQUAL_TO.value, _("exactly")),
        (Comparator.NOT_EQUAL_TO.value, _("anything but")),
        (Comparator.IN.value, _("one of")),
        (Comparator.NOT_IN.value, _("none of")),
    )),
    (_("Held or not"), (
        (Comparator.EXISTS.value, _("holds it, whatever the score")),
        (Comparator.DOES_NOT_EXIST.value, _("does not hold it")),
    )),
    (_("Place of residence"), (
        (LIVES_IN, _("lives in")),
        (LIVES_OUTSIDE, _("does not live in")),
    )),
)  # fmt: skip
GUARDS = (
    (Guard.ACCEPT.value, _("may see it and read it, but not accept it")),
    (Guard.PREVIEW_AND_ACCEPT.value, _("may see it in the list, but not read it")),
    (Guard.DISCOVER_PREVIEW_AND_ACCEPT.value, _("does not see it at all")),
)
_VALUELESS = (Comparator.EXISTS, Comparator.DOES_NOT_EXIST)


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement as typed; ``kind`` is the type's public id, ``values`` what is compared with."""

    kind: str = ""
    comparator: str = Comparator.GREATER_THAN_OR_EQUAL_TO
    values: str = ""
    guard: str = Guard.ACCEPT
    errors: Mapping[str, str] = field(default_factory=dict)


def read(posted: Mapping[str, Any]) -> tuple[Line, ...]:
    """What was typed, complete or not. Gaps in the numbering do not matter."""

    def text(name: str) -> str:
        return str(posted.get(name, "")).replace("\0", "").strip()

    return tuple(
        Line(
            text(f"asked-{n}-kind"),
            text(f"asked-{n}-comparator"),
            text(f"asked-{n}-values"),
            text(f"asked-{n}-guard"),
        )
        for n in range(LINES_READ)
        if f"asked-{n}-kind" in posted
    )


def from_requirements(asked: Sequence[Requirement]) -> tuple[Line, ...]:
    """Kept requirements, ready to be changed."""
    return tuple(_line(each) for each in asked)


def _line(asked: Requirement) -> Line:
    comparator = asked.comparator.value
    if asked.qualification_type_id == system_types.LOCALE:
        comparator = next((word for word, same in _PLACED.items() if same == comparator), comparator)
    return Line(
        system_types.public_id(asked.qualification_type_id),
        comparator,
        ", ".join(map(str, asked.values)),
        asked.guard.value,
    )


def changed(lines: tuple[Line, ...], act: str) -> tuple[Line, ...]:
    """The lines after a press of ``add`` or ``remove-2``."""
    if act == "add":
        return (*lines, Line())
    verb, _dash, number = act.partition("-")
    if verb == "remove" and number.isdecimal():
        return tuple(line for place, line in enumerate(lines) if place != int(number))
    return lines


def to_requirements(lines: Sequence[Line]) -> list[Requirement]:
    """The requirements the lines stand for. Raises InvalidInput, fields named by their path."""
    found: dict[str, str] = {}
    asked = []
    for place, line in enumerate(lines):
        faults: dict[str, str] = {}
        requirement = _requirement(line, faults)
        found |= {f"requirements.{place}.{name}": sentence for name, sentence in faults.items()}
        if requirement is not None:
            asked.append(requirement)
    if found:
        raise InvalidInput(found)
    return asked


def _requirement(line: Line, found: dict[str, str]) -> Requirement | None:
    type_id = system_types.from_public_id(line.kind)
    if type_id is None:
        found["qualification_type"] = gettext("Choose a qualification, or remove the line.")
        return None
    is_place = type_id == system_types.LOCALE
    named = _PLACED.get(line.comparator, line.comparator)
    if named not in Comparator.values:
        found["comparator"] = gettext("Choose a comparison.")
        return None
    if line.comparator in _PLACED and not is_place:
        found["comparator"] = gettext("Only the place of residence is compared with places.")
    if line.guard not in Guard.values:
        found["guard"] = gettext("Choose what others may do.")
    comparator = Comparator(named)
    values: Values = ()
    if comparator not in _VALUELESS:
        values = _places(line.values, found) if is_place else _numbers(line.values, found)
    if found:
        return None
    return Requirement(QualificationTypeId(type_id), comparator, values, Guard(line.guard))


def _numbers(text: str, found: dict[str, str]) -> Values:
    parts = re.split(r"[\s,;、，]+", text.strip(" ,;"))
    try:
        values: list[Score] = [int(part) for part in parts if part]
    except ValueError:
        found["values"] = gettext("Scores are whole numbers.")
        return ()
    if not values:
        found["values"] = gettext("Say with which score.")
    return tuple(values)


def _places(text: str, found: dict[str, str]) -> Values:
    """Codes (``DE``, ``US-CA``) or the countries' names, separated by commas."""
    names = {name.casefold(): code for code, name in countries.choices()}
    places: list[Score] = []
    for part in (each.strip() for each in re.split(r"[,;、，\n]", text)):
        if not part:
            continue
        code = names.get(part.casefold(), part.upper())
        if code.partition("-")[0] not in countries.CODES:
            found["values"] = gettext("There is no country “%(name)s”.") % {"name": part}
            return ()
        places.append(code)
    if not places:
        found["values"] = gettext("Say which countries: their names, or two letters such as DE or US-CA.")
    return tuple(places)


def with_errors(lines: Sequence[Line], errors: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines, each with the sentences that name it."""

    def of(place: int) -> dict[str, str]:
        prefix = f"requirements.{place}."
        return {
            path.removeprefix(prefix): sentence
            for path, sentence in errors.items()
            if path.startswith(prefix)
        }

    return tuple(replace(line, errors=of(place)) for place, line in enumerate(lines))


def type_ids(lines: Sequence[Line]) -> list[int]:
    found = (system_types.from_public_id(line.kind) for line in lines)
    return [each for each in found if each is not None]


Option = tuple[str, str]


def grouped(types: Sequence[tuple[TypeToAsk, str]]) -> list[tuple[str, list[Option]]]:
    """The types and their names in words as groups of options: public id and name."""
    own: list[Option] = []
    platforms: list[Option] = []
    computed: list[Option] = []
    for each, name in types:
        group = own if each.is_own else computed if each.id < 0 else platforms
        group.append((system_types.public_id(each.id), name))
    groups = (
        (gettext("Your own"), own),
        (gettext("The platform's"), platforms),
        (gettext("Computed by the platform"), computed),
    )
    return [(title, options) for title, options in groups if options]
