"""Regular expressions of forms: JavaScript's, matched in time that no expression can blow up.

An expression becomes functions from a set of positions in the text to the set of positions after it. Sets
are whole numbers, one bit a position, so each step is one operation for the whole text and nothing is tried
twice. Only whether it matches is asked, so groups are not captured and laziness does not matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

# About a third of a second for all expressions of a form together.
WORK_MAX = 6_000_000
GROUPS_DEPTH_MAX = 30
_REPEAT_MAX = 1_000_000

Range = tuple[int, int]
_DIGITS: tuple[Range, ...] = ((0x30, 0x39),)
_WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACES: tuple[Range, ...] = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_LINE_ENDS: tuple[Range, ...] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACES}
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_HEX = frozenset("0123456789abcdefABCDEF")
_DECIMAL = frozenset("0123456789")


class PatternInvalid(ValueError):
    """The expression is not JavaScript's, or needs what is not offered here."""


@dataclass(frozen=True, slots=True)
class _Characters:
    """A set of characters."""

    ranges: tuple[Range, ...]
    negated: bool = False
    ignore_case: bool = False

    def holds(self, character: str) -> bool:
        codes = _variants(character) if self.ignore_case else (ord(character),)
        return any(low <= code <= high for code in codes for low, high in self.ranges) != self.negated


class Work:
    """What matching may still cost. Several matches can share it."""

    def __init__(self) -> None:
        self._left = WORK_MAX

    def spend(self, units: int) -> None:
        self._left -= units
        if self._left < 0:
            raise _OutOfWork


class _OutOfWork(Exception):
    pass


class _Run:
    """One text being matched."""

    def __init__(self, text: str, work: Work) -> None:
        self.text = text
        self.everywhere = (1 << (len(text) + 1)) - 1
        self._work = work
        self._step = 20 + len(text) // 500
        self._masks: dict[_Characters, int] = {}

    def step(self) -> None:
        self._work.spend(self._step)

    def mask(self, characters: _Characters) -> int:
        """The positions before a character of the set."""
        size = len(characters.ranges)
        self._work.spend(size // 16)  # a long set takes long to be found among those that are known
        known = self._masks.get(characters)
        if known is None:
            different = set(self.text)
            self._work.spend(len(self.text) + len(different) * size)
            digits = {each: "1" if characters.holds(each) else "0" for each in different}
            known = int("".join(digits[each] for each in reversed(self.text)) or "0", 2)
            self._masks[characters] = known
        return known


Matcher = Callable[[_Run, int], int]


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    matcher: Matcher

    def matches(self, text: str, work: Work | None = None) -> bool:
        """Whether the expression matches somewhere in the text.

        True as well when that takes too much work to find out: it is not held against who wrote the text.
        """
        run = _Run(text, work or Work())
        try:
            return self.matcher(run, run.everywhere) != 0
        except _OutOfWork:
            return True


@lru_cache(maxsize=256)
def compile_pattern(regex: str, *, ignore_case: bool = False) -> CompiledPattern:
    """Read a JavaScript expression. Raises PatternInvalid."""
    return CompiledPattern(_Parser(regex, ignore_case).whole())


class _Parser:
    def __init__(self, source: str, ignore_case: bool) -> None:
        self._source = source
        self._ignore_case = ignore_case
        self._at = 0
        self._depth = 0

    def whole(self) -> Matcher:
        matcher = self._alternatives()
        if self._at < len(self._source):
            raise PatternInvalid("Unmatched ')'.")
        return matcher

    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self, text: str) -> bool:
        found = self._source.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> Matcher:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _either(branches)

    def _sequence(self) -> Matcher:
        terms: list[Matcher] = []
        while self._next() not in {"", "|", ")"}:
            terms.append(self._term())
        return _after_another(terms)

    def _term(self) -> Matcher:
        """An assertion, or an atom with its quantifier."""
        for text, assertion in (("^", _start), ("$", _end), ("\\b", _boundary), ("\\B", _no_boundary)):
            if self._take(text):
                return assertion
        for text, ahead, negated in (("(?<=", False, False), ("(?<!", False, True)):
            if self._take(text):
                return _look(self._group(), ahead=ahead, negated=negated)
        for text, negated in (("(?=", False), ("(?!", True)):
            if self._take(text):
                return self._quantified(_look(self._group(), ahead=True, negated=negated), None)
        if self._take("("):
            self._group_start()
            return self._quantified(self._group(), None)
        characters = self._atom()
        return self._quantified(_one_of(characters), characters)

    def _group_start(self) -> None:
        if self._take("?:") or self._next() != "?":
            return
        end = max(self._source.find(">", self._at), 0)
        if not self._take("?<") or not self._source[self._at : end].isidentifier():
            raise PatternInvalid("Unknown kind of group.")
        self._at = end + 1

    def _group(self) -> Matcher:
        self._depth += 1
        if self._depth > GROUPS_DEPTH_MAX:
            raise PatternInvalid(f"Groups are nested more than {GROUPS_DEPTH_MAX} deep.")
        matcher = self._alternatives()
        if not self._take(")"):
            raise PatternInvalid("A group is not closed.")
        self._depth -= 1
        return matcher

    def _quantified(self, matcher: Matcher, characters: _Characters | None) -> Matcher:
        bounds = self._bounds()
        if bounds is None:
            return matcher
        self._take("?")
        if self._next() in {"*", "+", "?"}:
            raise PatternInvalid("Nothing to repeat.")
        return _repeat(matcher, *bounds, characters)

    def _bounds(self) -> tuple[int, int | None] | None:
        for text, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(text):
                return bounds
        start = self._at
        if self._take("{"):
            low = self._number()
            high = low
            if low is not None and self._take(","):
                high = self._number()
            if low is not None and self._take("}"):
                if high is not None and high < low:
                    raise PatternInvalid("Numbers out of order in a quantifier.")
                return low, high
            self._at = start
        return None

    def _number(self) -> int | None:
        start = self._at
        while self._next() and self._next() in _DECIMAL:
            self._at += 1
        return min(int(self._source[start : self._at][:9]), _REPEAT_MAX) if self._at > start else None

    def _atom(self) -> _Characters:
        character = self._next()
        if character in {"*", "+", "?"} or (character == "{" and self._bounds() is not None):
            raise PatternInvalid("Nothing to repeat.")
        self._at += 1
        if character == ".":
            return _Characters(_LINE_ENDS, negated=True)
        if character == "[":
            return self._class()
        ranges, negated = self._escape(in_class=False) if character == "\\" else (_single(character), False)
        return _Characters(ranges, negated, self._ignore_case)

    def _class(self) -> _Characters:
        negated = self._take("^")
        ranges: list[Range] = []
        while not self._take("]"):
            low = self._class_atom()
            if self._next() == "-" and self._source[self._at + 1 : self._at + 2] not in {"", "]"}:
                self._at += 1
                high = self._class_atom()
                if len(low) == len(high) == 1 and low[0][0] == low[0][1] and high[0][0] == high[0][1]:
                    if low[0][0] > high[0][0]:
                        raise PatternInvalid("Range out of order in a character class.")
                    ranges.append((low[0][0], high[0][0]))
                else:
                    ranges += [*low, *_single("-"), *high]
            else:
                ranges += low
        return _Characters(tuple(ranges), negated, self._ignore_case)

    def _class_atom(self) -> tuple[Range, ...]:
        character = self._next()
        if not character:
            raise PatternInvalid("A character class is not closed.")
        self._at += 1
        if character != "\\":
            return _single(character)
        ranges, negated = self._escape(in_class=True)
        return _complement(ranges) if negated else ranges

    def _escape(self, *, in_class: bool) -> tuple[tuple[Range, ...], bool]:
        """What follows a backslash: ranges, and whether everything else is meant."""
        character = self._next()
        if not character:
            raise PatternInvalid("A backslash at the end.")
        self._at += 1
        if character.lower() in _CLASSES:
            return _CLASSES[character.lower()], character.isupper()
        if in_class and character == "b":
            return _single("\b"), False
        if character in "123456789" or (character == "k" and self._next() == "<"):
            raise PatternInvalid("References to groups are not offered.")
        if character in _CONTROLS:
            return _single(_CONTROLS[character]), False
        if character == "c" and self._next().isalpha() and self._next().isascii():
            self._at += 1
            return _single(chr(ord(self._source[self._at - 1]) % 32)), False
        if character in {"x", "u"}:
            return _single(self._hexadecimal(2 if character == "x" else 4) or character), False
        return _single(character), False

    def _hexadecimal(self, length: int) -> str:
        digits = self._source[self._at : self._at + length]
        if len(digits) < length or not _HEX.issuperset(digits):
            return ""
        self._at += length
        high = int(digits, 16)
        # Two halves of one character, as JavaScript without its u flag writes it.
        low = self._source[self._at + 2 : self._at + 6]
        if 0xD800 <= high < 0xDC00 and self._source.startswith("\\u", self._at) and _HEX.issuperset(low):
            second = int(low or "0", 16)
            if len(low) == 4 and 0xDC00 <= second < 0xE000:
                self._at += 6
                return chr(0x10000 + ((high - 0xD800) << 10) + second - 0xDC00)
        return chr(high)


def _one_of(characters: _Characters) -> Matcher:
    def match(run: _Run, places: int) -> int:
        run.step()
        return (places & run.mask(characters)) << 1

    return match


def _either(branches: list[Matcher]) -> Matcher:
    def match(run: _Run, places: int) -> int:
        run.step()
        reached = 0
        for branch in branches:
            reached |= branch(run, places)
        return reached

    return match


def _after_another(terms: list[Matcher]) -> Matcher:
    def match(run: _Run, places: int) -> int:
        for term in terms:
            if not places:
                break
            places = term(run, places)
        return places

    return match


def _repeat(matcher: Matcher, low: int, high: int | None, characters: _Characters | None) -> Matcher:
    """A match moves forward or stays, so repeating ends: nothing is left, or nothing is new."""

    def match(run: _Run, places: int) -> int:
        for _ in range(low):
            moved = matcher(run, places)
            if moved == places:
                break
            places = moved
        if high is None and characters is not None:
            # Runs of one set of characters at once: the carry of an addition walks through them.
            run.step()
            mask = run.mask(characters)
            return (((places & mask) + mask) ^ mask) | places
        reached = places
        more = _REPEAT_MAX if high is None else high - low
        while places and more:
            run.step()
            places = matcher(run, places) & ~reached
            reached |= places
            more -= 1
        return reached

    return match


def _look(matcher: Matcher, *, ahead: bool, negated: bool) -> Matcher:
    def behind(run: _Run, places: int) -> int:
        run.step()
        reached = matcher(run, run.everywhere)
        return places & ~reached if negated else places & reached

    def match(run: _Run, places: int) -> int:
        kept = 0
        while places:
            run.step()
            place = places & -places
            places ^= place
            if (matcher(run, place) != 0) != negated:
                kept |= place
        return kept

    return match if ahead else behind


def _start(_run: _Run, places: int) -> int:
    return places & 1


def _end(run: _Run, places: int) -> int:
    return places & ((run.everywhere + 1) >> 1)


def _boundary(run: _Run, places: int) -> int:
    words = run.mask(_Characters(_WORD))
    return places & (words ^ (words << 1))


def _no_boundary(run: _Run, places: int) -> int:
    words = run.mask(_Characters(_WORD))
    return places & ~(words ^ (words << 1))


def _single(character: str) -> tuple[Range, ...]:
    return ((ord(character), ord(character)),)


def _complement(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """``ranges`` are in order and apart."""
    edges = [-1, *(edge for low, high in ranges for edge in (low, high)), 0x110000]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in pairs if low + 1 <= high - 1)


def _variants(character: str) -> tuple[int, ...]:
    """The codes of a character in both cases; ASCII and the rest are not mixed."""
    cases = {character, character.lower(), character.upper()}
    return tuple(ord(each) for each in cases if len(each) == 1 and each.isascii() == character.isascii())
