"""Free text: which answers are equal, and which one stands for all.

Equal means equal after ``normalise``. The medoid is the answer with the least mean edit distance to the
others: for translations and transcriptions, the one that most people nearly gave.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_APOSTROPHES = "'\u2019\u02bc`"


@dataclass(frozen=True, slots=True)
class Medoid:
    """The chosen answer as its writer wrote it; ``index`` is its place among the answers.

    ``agreement``: share of answers equal to it. ``confidence``: its mean similarity to all answers
    (1 minus edit distance by the longer length), itself included.
    """

    index: int
    text: str
    agreement: float
    confidence: float


def normalise(text: str) -> str:
    """The text without what people write differently by habit: width, case, spaces, punctuation.

    Apostrophes vanish, other punctuation parts words; inside numbers (``3.5``) and as a sign (``-2``) it
    stays. A text of punctuation alone keeps it.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = " ".join("".join(_without_punctuation(folded)).split())
    return kept or " ".join(folded.split())


def _without_punctuation(text: str) -> list[str]:
    padded = f" {text} "
    result = []
    for before, char, after in zip(padded, text, padded[2:], strict=False):
        in_number = after.isdigit() and (before.isdigit() or (char == "-" and before.isspace()))
        if in_number or not (unicodedata.category(char).startswith("P") or char == "`"):
            result.append(char)
        elif char not in _APOSTROPHES:
            result.append(" ")
    return result


def edit_distance(first: str, second: str) -> int:
    """Levenshtein's distance in code points, by Myers' bit vectors: one step per character of ``first``."""
    if not second:
        return len(first)
    positions: defaultdict[str, int] = defaultdict(int)
    for place, char in enumerate(second):
        positions[char] |= 1 << place
    mask = (1 << len(second)) - 1
    last = 1 << (len(second) - 1)
    up, down, distance = mask, 0, len(second)
    for char in first:
        match = positions.get(char, 0)
        diagonal = ((((match & up) + up) ^ up) | match | down) & mask
        right = down | (mask & ~(diagonal | up))
        left = up & diagonal
        distance += bool(right & last) - bool(left & last)
        right = (right << 1 | 1) & mask
        left = (left << 1) & mask
        up = left | (mask & ~(diagonal | right))
        down = right & diagonal
    return distance


def medoid(texts: Sequence[str]) -> Medoid | None:
    """The answer that stands for all; None for no answers.

    Among equally central answers: the one more people gave, then the first in order of its letters.
    Of its spellings the most frequent is shown, then again the first in order.
    """
    if not texts:
        return None
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        spellings[normalise(text)][text] += 1
    sizes = {key: spelling.total() for key, spelling in spellings.items()}
    far: Counter[str] = Counter()
    alike: defaultdict[str, float] = defaultdict(float)
    for key, size in sizes.items():
        alike[key] += size
        for other, other_size in sizes.items():
            if other > key:
                distance = edit_distance(key, other)
                similarity = 1 - distance / max(len(key), len(other))
                far[key] += distance * other_size
                far[other] += distance * size
                alike[key] += similarity * other_size
                alike[other] += similarity * size
    best = min(sizes, key=lambda key: (far[key], -sizes[key], key))
    text = min(spellings[best], key=lambda spelling: (-spellings[best][spelling], spelling))
    return Medoid(
        index=texts.index(text),
        text=text,
        agreement=sizes[best] / len(texts),
        confidence=alike[best] / len(texts),
    )
