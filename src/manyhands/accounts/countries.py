"""Countries and languages by code, named in the reader's language (Unicode's names, by Babel)."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.utils.translation import get_language

# Two letters that name no country: groups, outlying parts, and codes kept for tests.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
_ENGLISH = Locale("en")


def _named(names: Mapping[str | int | None, str]) -> dict[str, str]:
    return {str(code): name for code, name in names.items()}


_ENGLISH_COUNTRIES = {
    code: name
    for code, name in _named(_ENGLISH.territories).items()
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
}
_ENGLISH_LANGUAGES = {code: name for code, name in _named(_ENGLISH.languages).items() if len(code) == 2}
CODES = frozenset(_ENGLISH_COUNTRIES)
LANGUAGES = frozenset(_ENGLISH_LANGUAGES)


def name(code: str) -> str:
    """The country's name; the code itself when it is not known, nothing for nothing."""
    return _countries(_language()).get(code, code)


def choices() -> list[tuple[str, str]]:
    """All countries, ordered by their name."""
    return sorted(_countries(_language()).items(), key=lambda pair: pair[1].casefold())


def language_name(code: str) -> str:
    return _languages(_language()).get(code, code)


def language_choices() -> list[tuple[str, str]]:
    """All languages with a two-letter code, ordered by their name."""
    return sorted(_languages(_language()).items(), key=lambda pair: pair[1].casefold())


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


@cache
def _countries(language: str) -> dict[str, str]:
    named = _named(Locale(language).territories)
    return {code: named.get(code, english) for code, english in _ENGLISH_COUNTRIES.items()}


@cache
def _languages(language: str) -> dict[str, str]:
    named = _named(Locale(language).languages)
    return {code: named.get(code, english) for code, english in _ENGLISH_LANGUAGES.items()}
