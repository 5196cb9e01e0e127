"""Qualifications and requirements as people read them: one place for workers, requesters and operators."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import countries
from manyhands.qualifications import system_types
from manyhands.qualifications.requirements import Requirement, Score
from manyhands.qualifications.states import Comparator, Guard
from manyhands.web import qualification_names

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_COMPARED: "dict[str, StrPromise]" = {
    Comparator.LESS_THAN: _("%(name)s: less than %(scores)s"),
    Comparator.LESS_THAN_OR_EQUAL_TO: _("%(name)s: at most %(scores)s"),
    Comparator.GREATER_THAN: _("%(name)s: more than %(scores)s"),
    Comparator.GREATER_THAN_OR_EQUAL_TO: _("%(name)s: at least %(scores)s"),
    Comparator.EQUAL_TO: _("%(name)s: exactly %(scores)s"),
    Comparator.NOT_EQUAL_TO: _("%(name)s: other than %(scores)s"),
    Comparator.EXISTS: _("%(name)s: any score"),
    Comparator.DOES_NOT_EXIST: _("Without %(name)s"),
    Comparator.IN: _("%(name)s: one of %(scores)s"),
    Comparator.NOT_IN: _("%(name)s: none of %(scores)s"),
}
_PLACED: "dict[str, StrPromise]" = {
    Comparator.EQUAL_TO: _("Lives in %(places)s"),
    Comparator.IN: _("Lives in one of: %(places)s"),
    Comparator.NOT_EQUAL_TO: _("Lives outside of %(places)s"),
    Comparator.NOT_IN: _("Lives in none of: %(places)s"),
    Comparator.EXISTS: _("Has said where they live"),
    Comparator.DOES_NOT_EXIST: _("Has not said where they live"),
}
_GUARDED: "dict[str, StrPromise]" = {
    Guard.ACCEPT: _("Others may see and read it, but not accept it."),
    Guard.PREVIEW_AND_ACCEPT: _("Others may see it in the list, but not read or accept it."),
    Guard.DISCOVER_PREVIEW_AND_ACCEPT: _("Others do not see it at all."),
}


def name_of(qualification_type_id: int, name: str) -> str:
    """The name of a type; for the platform's computed ones in words instead of the protocol's name."""
    return qualification_names.shown(name) if qualification_type_id < 0 else name


def place(code: str) -> str:
    """A country, with a state's two letters: ``United States (CA)``."""
    country, _dash, state = code.partition("-")
    named = countries.name(country)
    return gettext("%(country)s (%(state)s)") % {"country": named, "state": state} if state else named


def requirement(asked: Requirement, name: str) -> str:
    """A requirement in words: 'Fluent in English: at least 80', 'Lives in Germany'."""
    return compared(asked.qualification_type_id, name, asked.comparator, asked.values)


def compared(qualification_type_id: int, name: str, comparator: str, values: Sequence[Score]) -> str:
    if qualification_type_id == system_types.LOCALE and comparator in _PLACED:
        return str(_PLACED[comparator]) % {"places": ", ".join(place(str(value)) for value in values)}
    shown = name_of(qualification_type_id, name)
    if qualification_type_id == system_types.ADULT and (comparator, *values) == (Comparator.EQUAL_TO, 1):
        return shown
    return str(_COMPARED[comparator]) % {"name": shown, "scores": ", ".join(map(str, values))}


def guarded(guard: str) -> str:
    """What those who do not meet a requirement may still do."""
    return str(_GUARDED[guard])
