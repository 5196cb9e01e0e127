"""Requirements in words: the platform's own types are told by their number, never by a name anybody may give."""

import pytest

from manyhands.catalog.queries import Asked
from manyhands.qualifications import system_types
from manyhands.web.worker import words


@pytest.mark.parametrize(
    ("name", "number", "comparator", "scores", "expected"),
    [
        ("Worker_Locale", system_types.LOCALE, "EqualTo", ("DE",), "Lives in Germany"),
        ("Worker_Locale", 17, "EqualTo", (3,), "Worker_Locale: exactly 3"),
        ("Fluent in English", 18, "GreaterThanOrEqualTo", (80,), "Fluent in English: at least 80"),
    ],
)
def test_a_requirement_is_told_by_its_type(
    name: str, number: int, comparator: str, scores: tuple[int, ...], expected: str
) -> None:
    assert words.requirement(Asked(name, comparator, scores, number, False)) == expected
