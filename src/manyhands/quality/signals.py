"""Signals: what of a submission is worth a look. Pure arithmetic; thresholds are in docs/requester/quality.md.

None of them decides anything. Each has its value and what it is held against, so that the requester and
the worker read the same sentence.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from manyhands.quality.aggregation.text import normalise
from manyhands.quality.states import SignalKind
from manyhands.work.layout.fields import LayoutField

# Times on task are log-normal: with fewer samples their spread says little.
SAMPLES_MIN = 10
# So many standard deviations below the middle: one in a hundred honest submissions is quicker.
FAST_SDS = 2.33
# A batch whose times hardly differ would make everything fast or slow.
SD_LEAST = 0.15
# The interquartile range of a normal distribution is so many standard deviations.
IQR_SDS = 1.349
# Nobody reads more than so many words a second; a text of fewer words is taken in at a glance.
WORDS_PER_S, WORDS_MIN = 15, 30
# So many answers of one worker in a row, all the same.
SAME_MIN = 10
# A text so long is hardly written twice by chance.
LONG_TEXT, REPEATED_MIN = 25, 2
# The share of the time spent on other pages, and the least time that counts.
AWAY_SHARE, AWAY_S_MIN = 0.5, 30

Answer = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Signal:
    kind: SignalKind
    value: float
    expectation: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What signals are measured by. ``quartiles``: of the logarithms of the batch's seconds.

    ``has_own_question``: a question of the API's, whose page may be another site's. ``earlier``: the
    worker's answers before this one in the same batch, the latest first.
    """

    assignment_id: int
    answer: list[list[str]]
    reported: dict[str, int] | None
    seconds: float
    input: dict[str, str]
    has_own_question: bool
    layout_id: int | None
    samples: int
    quartiles: list[float]
    earlier: list[list[list[str]]]


def of(each: Submission, known: Sequence[LayoutField]) -> list[Signal]:
    """Every signal of one submission; ``known`` are the fields of its layout."""
    return [*_pace(each), *_acts(each), *_answers(each), *_checks(each.answer, known)]


def _pace(each: Submission) -> Iterator[Signal]:
    if each.samples >= SAMPLES_MIN:
        low, middle, high = each.quartiles
        sd = max(SD_LEAST, (high - low) / IQR_SDS)
        if math.log(each.seconds) < middle - FAST_SDS * sd:
            yield Signal(SignalKind.FAST, each.seconds, math.exp(middle))
    words = sum(len(text.split()) for text in each.input.values() if "://" not in text)
    if words >= WORDS_MIN and each.seconds < words / WORDS_PER_S:
        yield Signal(SignalKind.UNREAD, each.seconds, words / WORDS_PER_S)


def _acts(each: Submission) -> Iterator[Signal]:
    counts = each.reported
    if counts is None:
        if not each.has_own_question:
            yield Signal(SignalKind.NO_REPORT, 0)
        return
    acts = sum(counts.get(name, 0) for name in ("keys", "pointer", "changes", "pastes"))
    # What was typed before the page was opened again is not counted anew.
    if not acts and not counts.get("resumed"):
        yield Signal(SignalKind.NO_ACTS, 0)
    if pastes := counts.get("pastes", 0):
        yield Signal(SignalKind.PASTES, pastes)
    away = counts.get("away_s", 0)
    if away >= AWAY_S_MIN and away > AWAY_SHARE * each.seconds:
        yield Signal(SignalKind.AWAY, away, each.seconds)


def _answers(each: Submission) -> Iterator[Signal]:
    latest = [each.answer, *each.earlier][:SAME_MIN]
    if len(latest) == SAME_MIN and all(_plain(other) == _plain(each.answer) for other in latest):
        yield Signal(SignalKind.SAME, SAME_MIN, SAME_MIN)
    mine = {normalise(value) for _, value in each.answer}
    long = {text for text in mine if len(text) >= LONG_TEXT}
    written = Counter(
        text for other in each.earlier for text in {normalise(value) for _, value in other} if text in long
    )
    if written and (most := max(written.values())) >= REPEATED_MIN:
        yield Signal(SignalKind.REPEATED, most)


def _plain(answer: Answer) -> list[tuple[str, str]]:
    return sorted((name, normalise(value)) for name, value in answer)


def _checks(answer: Answer, known: Sequence[LayoutField]) -> Iterator[Signal]:
    given: Mapping[str, set[str]] = {
        name: {value for other, value in answer if other == name} for name, _ in answer
    }
    for each in known:
        if each.check is not None:
            is_met = given.get(each.name, set()) == {each.check}
            kind = SignalKind.CHECK_MET if is_met else SignalKind.CHECK_MISSED
            yield Signal(kind, float(is_met), 1, (each.label or each.name)[:200])
