"""Requirements: what work may ask of a worker's qualifications, and whether a worker meets it.

The comparison stands twice: here, for judging thousands of groups at once in memory, and in the database
as ``requirement_met``, for the statements that accept. A property test holds them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from manyhands.core.errors import InvalidInput
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import system_types
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import Comparator, Guard, ScoreKind, TypeStatus

REQUIREMENTS_MAX = 10
INTEGERS_MAX = 15
LOCALES_MAX = 30
# What a column of whole numbers holds.
INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1

Score = int | str
Values = tuple[Score, ...]

_WITHOUT_VALUES = (Comparator.EXISTS, Comparator.DOES_NOT_EXIST)
_OF_SETS = (Comparator.EQUAL_TO, Comparator.NOT_EQUAL_TO, Comparator.IN, Comparator.NOT_IN)
_SEVERAL = (Comparator.IN, Comparator.NOT_IN)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition. ``values``: whole numbers, or places ``US`` and ``US-CA`` for the locale type."""

    qualification_type_id: QualificationTypeId
    comparator: Comparator
    values: Values = ()
    guard: Guard = Guard.ACCEPT

    def as_json(self) -> list[Any]:
        """As projects keep it and digests of groups see it."""
        return [self.qualification_type_id, self.comparator.value, list(self.values), self.guard.value]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> "Requirement":
        type_id, comparator, values, guard = kept
        return cls(QualificationTypeId(type_id), Comparator(comparator), tuple(values), Guard(guard))


def is_met(comparator: str, values: Sequence[Score], held: Score | None) -> bool:
    """Whether what a worker holds meets a condition (MTurk API, QualificationRequirement).

    ``held``: a score, a place, or None without the qualification, which meets DoesNotExist only.
    """
    if comparator == Comparator.DOES_NOT_EXIST:
        return held is None
    if held is None:
        return False
    if comparator == Comparator.EXISTS:
        return True
    if comparator in (Comparator.EQUAL_TO, Comparator.IN):
        return _is_among(values, held)
    if comparator in (Comparator.NOT_EQUAL_TO, Comparator.NOT_IN):
        return not _is_among(values, held)
    wanted = values[0]
    if isinstance(held, str) or isinstance(wanted, str):
        return False
    if comparator == Comparator.LESS_THAN:
        return held < wanted
    if comparator == Comparator.LESS_THAN_OR_EQUAL_TO:
        return held <= wanted
    if comparator == Comparator.GREATER_THAN:
        return held > wanted
    return held >= wanted


def _is_among(values: Sequence[Score], held: Score) -> bool:
    """A place is among its country's: {US} matches US-CA, {US-CA} does not match US."""
    return held in values or (isinstance(held, str) and held.split("-")[0] in values)


def meets(requirements: Sequence[Requirement], held: Mapping[int, Score]) -> bool:
    """Whether a worker who holds this meets all of them."""
    return all(
        is_met(each.comparator, each.values, held.get(each.qualification_type_id)) for each in requirements
    )


def checked(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """These requirements, each once, when work may ask for them.

    One read. Raises InvalidInput that names the place (``requirements.0.values``) and the rule: at most
    ten, each of an active type, with the values its comparator takes.
    """
    if len(requirements) > REQUIREMENTS_MAX:
        too_many = gettext("At most %(count)s requirements.") % {"count": REQUIREMENTS_MAX}
        raise InvalidInput({"requirements": too_many})
    kinds = dict(
        QualificationType.objects.filter(
            pk__in=[each.qualification_type_id for each in requirements], status=TypeStatus.ACTIVE
        ).values_list("pk", "score_kind")
    )
    found: dict[str, str] = {}
    for place, each in enumerate(requirements):
        kind = kinds.get(each.qualification_type_id)
        if kind is None:
            found[f"requirements.{place}.qualification_type"] = gettext(
                "There is no such qualification, or it is not active."
            )
        elif sentence := _fault(each, kind):
            found[f"requirements.{place}.values"] = sentence
    if found:
        raise InvalidInput(found)
    return tuple(dict.fromkeys(requirements))


def _fault(requirement: Requirement, kind: str) -> str | None:
    """What is wrong with the values, as a sentence."""
    comparator, values = requirement.comparator, requirement.values
    if comparator in _WITHOUT_VALUES:
        return gettext("Exists and DoesNotExist take no value.") if values else None
    if requirement.qualification_type_id == system_types.MASTERS:
        return gettext("Masters is either held or not: use Exists or DoesNotExist.")
    if kind == ScoreKind.LOCALE:
        return _fault_of_places(comparator, values)
    several = comparator in _SEVERAL
    if not values or len(values) > (INTEGERS_MAX if several else 1):
        return (
            gettext("From 1 to %(count)s whole numbers.") % {"count": INTEGERS_MAX}
            if several
            else gettext("One whole number.")
        )
    if not all(isinstance(value, int) and INTEGER_MIN <= value <= INTEGER_MAX for value in values):
        return gettext("Scores are whole numbers.")
    return None


def _fault_of_places(comparator: Comparator, values: Values) -> str | None:
    if comparator not in _OF_SETS:
        return gettext("Places can be equal, not equal, in or not in a list, but not greater or less.")
    if not 1 <= len(values) <= LOCALES_MAX:
        return gettext("From 1 to %(count)s places.") % {"count": LOCALES_MAX}
    if not all(isinstance(value, str) and _is_place(value) for value in values):
        return gettext("A place is a country's two letters, with a state's only for the USA: DE, US, US-CA.")
    return None


def _is_place(value: str) -> bool:
    country, _, state = value.partition("-")
    is_country = len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
    is_state = len(state) == 2 and state.isascii() and state.isalpha() and state.isupper()
    return is_country and ("-" not in value or (country == "US" and is_state))
