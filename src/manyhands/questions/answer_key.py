"""The answer key of a qualification test: which selections are right, and what they come to.

A key grades selections only. A test with free text, an 'other' field or an upload is graded by a person.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from manyhands.questions import forms
from manyhands.questions.document import Document, Node, parse_document
from manyhands.questions.forms import FreeText, QuestionForm, Selections
from manyhands.questions.grammar import INT_MAX, INT_MIN, Grammar

_ROOTS = {"AnswerKey": (forms.ANSWER_KEY,)}
_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """Scores when exactly these selections were made."""

    selections: frozenset[str]
    score: int


@dataclass(frozen=True, slots=True)
class KeyedQuestion:
    identifier: str
    options: tuple[AnswerOption, ...]
    default: int = 0

    def score(self, selections: Collection[str]) -> int:
        made = frozenset(selections)
        return next((option.score for option in self.options if option.selections == made), self.default)


@dataclass(frozen=True, slots=True)
class PercentageMapping:
    summed_score_max: int

    def value(self, summed: int) -> int:
        # Half up in whole numbers: floor(100 * summed / most + 1/2).
        return (200 * summed + self.summed_score_max) // (2 * self.summed_score_max)


@dataclass(frozen=True, slots=True)
class ScaleMapping:
    multiplier: Decimal

    def value(self, summed: int) -> int:
        return int((summed * self.multiplier + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


@dataclass(frozen=True, slots=True)
class SummedScoreRange:
    """Both bounds are included."""

    lower: int
    upper: int
    value: int


@dataclass(frozen=True, slots=True)
class RangeMapping:
    ranges: tuple[SummedScoreRange, ...]
    otherwise: int

    def value(self, summed: int) -> int:
        return next(
            (each.value for each in self.ranges if each.lower <= summed <= each.upper), self.otherwise
        )


Mapped = PercentageMapping | ScaleMapping | RangeMapping


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Without a mapping, the sum of the scores is the value."""

    questions: tuple[KeyedQuestion, ...]
    mapping: Mapped | None = None

    def score(self, selections: Mapping[str, Collection[str]]) -> int:
        """The qualification's value. ``selections``: question to the selections made; absent is none.

        Kept within what a score column holds.
        """
        summed = sum(question.score(selections.get(question.identifier, ())) for question in self.questions)
        value = self.mapping.value(summed) if self.mapping else summed
        return min(max(value, INT_MIN), INT_MAX)


def parse_answer_key(text: str, form: QuestionForm) -> AnswerKey:
    """Read the key of a test. Raises QuestionInvalid, also when key and test do not fit each other."""
    document = parse_document(text)
    return _KeyReader(document, form).key()


class _KeyReader(Grammar):
    def __init__(self, document: Document, form: QuestionForm) -> None:
        super().__init__(document)
        self._form = form
        self._offered: dict[str, frozenset[str]] = {}

    def key(self) -> AnswerKey:
        root = self.root(_ROOTS)
        self._offer(root)
        children = self.children(root)
        seen: set[str] = set()
        questions = tuple(self._question(node, seen) for node in children.some("Question"))
        mapping = children.maybe("QualificationValueMapping")
        children.end()
        return AnswerKey(questions, self._mapping(mapping) if mapping else None)

    def _offer(self, root: Node) -> None:
        """Note what each question offers; refuse what no key can grade."""
        for question in self._form.questions:
            identifier, answer = question.identifier, question.answer
            if isinstance(answer, Selections):
                if answer.other is None:
                    self._offered[identifier] = answer.identifiers
                    continue
                reason = "has an OtherSelection"
            elif isinstance(answer, FreeText):
                reason = "is answered by free text"
            else:
                reason = "is answered by an upload"
            raise self.invalid(
                root,
                f"A test with an AnswerKey may only have selections, but question '{identifier}' {reason}.",
            )

    def _question(self, node: Node, seen: set[str]) -> KeyedQuestion:
        children = self.children(node)
        identified = children.one("QuestionIdentifier")
        identifier = self.identifier(identified)
        if identifier not in self._offered:
            raise self.invalid(identified, f"The test has no question '{identifier}'.")
        if identifier in seen:
            raise self.invalid(identified, f"The key has question '{identifier}' twice.")
        seen.add(identifier)
        options = tuple(self._option(each, identifier) for each in children.some("AnswerOption"))
        default = children.maybe("DefaultScore")
        children.end()
        return KeyedQuestion(identifier, options, self.integer(default) if default else 0)

    def _option(self, node: Node, question: str) -> AnswerOption:
        children = self.children(node)
        selections: set[str] = set()
        for each in children.some("SelectionIdentifier"):
            identifier = self.identifier(each)
            if identifier not in self._offered[question]:
                raise self.invalid(each, f"Question '{question}' has no selection '{identifier}'.")
            selections.add(identifier)
        score = self.integer(children.one("AnswerScore"))
        children.end()
        return AnswerOption(frozenset(selections), score)

    def _mapping(self, node: Node) -> Mapped:
        children = self.children(node)
        chosen = children.one("PercentageMapping", "ScaleMapping", "RangeMapping")
        children.end()
        parts = self.children(chosen)
        mapping: Mapped
        if chosen.name == "PercentageMapping":
            mapping = PercentageMapping(self.integer(parts.one("MaximumSummedScore"), 1))
        elif chosen.name == "ScaleMapping":
            mapping = ScaleMapping(self._double(parts.one("SummedScoreMultiplier")))
        else:
            ranges = tuple(self._range(each) for each in parts.some("SummedScoreRange"))
            mapping = RangeMapping(ranges, self.integer(parts.one("OutOfRangeQualificationValue")))
        parts.end()
        return mapping

    def _range(self, node: Node) -> SummedScoreRange:
        children = self.children(node)
        lower = self.integer(children.one("InclusiveLowerBound"))
        upper = self.integer(children.one("InclusiveUpperBound"), lower)
        value = self.integer(children.one("QualificationValue"))
        children.end()
        return SummedScoreRange(lower, upper, value)

    def _double(self, node: Node) -> Decimal:
        value = self.token(node)
        if not _DOUBLE.fullmatch(value):
            raise self.invalid(
                node, f"cvc-datatype-valid.1.2.1: '{value[:100]}' is not a valid value for 'double'."
            )
        return Decimal(value)
