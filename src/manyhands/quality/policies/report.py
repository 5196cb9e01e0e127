"""What a review policy found and what it wants done, and answers in the shape policies compare."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from manyhands.questions.answers import Answer

# Answers that are longer are not compared.
COMPARED_CHARACTERS_MAX = 256


class ActionName(StrEnum):
    REVIEW = "review"
    APPROVE = "approve"
    REJECT = "reject"
    EXTEND = "extend"


@dataclass(frozen=True, slots=True)
class Result:
    """One value of a report. ``assignment`` is None where it is of the HIT; ``question`` empty where of all."""

    key: str
    value: str
    assignment: str | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done. ``assignment`` is None where the HIT is meant.

    ``text``: for a review what it found, for a decision the words to the worker. ``minimum_s``: how long
    an extended HIT is to stay open at least.
    """

    name: ActionName
    assignment: str | None = None
    text: str = ""
    minimum_s: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Actions stand in the order they are to be carried out."""

    results: tuple[Result, ...]
    actions: tuple[Action, ...]


def given_answers(answers: Iterable[Answer]) -> dict[str, str]:
    """Question to what was answered, selections joined with ``|`` as pages join theirs."""
    given: dict[str, str] = {}
    for answer in answers:
        if answer.selections is None:
            given[answer.question] = answer.text
        else:
            given[answer.question] = "|".join([*answer.selections, *([answer.other] if answer.other else [])])
    return given
