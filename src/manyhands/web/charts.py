"""Charts as inline SVG, rendered here: few ticks, direct labels, the table behind a disclosure, no script.

They follow the theme through classes (``frontend/css/charts.css``). Values are finite and not negative.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

Write = Callable[[float], str]

_WIDTH, _HEIGHT = 400, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 18, 26
_TICKS = 4
_LABELS_MAX = 5


def _number(value: float) -> str:
    """A figure with at most two decimals, in the reader's notation."""
    rounded = round(value, 2)
    digits = 0 if rounded == int(rounded) else 2
    return number_format(rounded, digits, force_grouping=True)


@dataclass(frozen=True)
class _Frame:
    """Where a figure's points fall on the drawing."""

    ticks: list[float]

    @property
    def top_value(self) -> float:
        return self.ticks[-1]

    @property
    def floor(self) -> float:
        return _HEIGHT - _BOTTOM

    def y(self, value: float) -> float:
        return round(_TOP + (self.floor - _TOP) * (1 - value / self.top_value), 1)

    def x(self, index: int, count: int) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (index / max(1, count - 1)), 1)

    def grid(self, write: Write) -> SafeString:
        """Horizontal lines with their figures."""
        return format_html_join(
            "",
            '<line class="chart-grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
            '<text class="chart-tick" x="{3}" y="{4}" text-anchor="end">{5}</text>',
            (
                (_LEFT, _WIDTH - _RIGHT, self.y(tick), _LEFT - 6, self.y(tick) + 4, write(tick))
                for tick in self.ticks
            ),
        )


def ticks_to(highest: float, step_min: float = 0.01) -> list[float]:
    """Round steps from zero to at least ``highest``: about four, none finer than its figures are written."""
    if highest <= 0:
        return [0.0, 1.0]
    raw = highest / _TICKS
    magnitude = 10 ** math.floor(math.log10(raw))
    factors = (1, 2, 2.5, 5, 10) if magnitude >= 10 * step_min else (1, 2, 5, 10)
    step = next(factor * magnitude for factor in factors if factor * magnitude >= raw * (1 - 1e-9))
    step = max(step, step_min)
    return [round(index * step, 10) for index in range(math.ceil(highest / step - 1e-9) + 1)]


def line(
    title: str,
    labels: Sequence[str],
    values: Sequence[float],
    *,
    write: Write = _number,
    step_min: float = 0.01,
) -> SafeString:
    """A series over time; the last point carries its value. ``write`` turns a value into text.

    ``step_min`` is the smallest difference that ``write`` tells apart.
    """
    if not values:
        return _empty(title)
    if len(values) == 1:  # one value has no line
        return columns(title, labels, values, write=write, step_min=step_min)
    frame = _Frame(ticks_to(max(values), step_min))
    spots = [(frame.x(index, len(values)), frame.y(value)) for index, value in enumerate(values)]
    path = " ".join(f"{x},{y}" for x, y in spots)
    area = f"{spots[0][0]},{frame.floor} {path} {spots[-1][0]},{frame.floor}"
    half = (_WIDTH - _LEFT - _RIGHT) / max(1, len(values) - 1) / 2
    points = format_html_join(
        "",
        '<g><rect class="chart-hit" x="{}" y="{}" width="{}" height="{}"/>'
        '<circle class="chart-point" cx="{}" cy="{}" r="3.5"/><title>{}: {}</title></g>',
        (
            (round(x - half, 1), _TOP, round(2 * half, 1), frame.floor - _TOP, x, y, label, write(value))
            for (x, y), label, value in zip(spots, labels, values, strict=True)
        ),
    )
    last_x, last_y = spots[-1]
    drawing = format_html(
        '{}<polygon class="chart-area" points="{}"/><polyline class="chart-line" points="{}"/>{}'
        '<text class="chart-value" x="{}" y="{}" text-anchor="end">{}</text>{}',
        frame.grid(write),
        area,
        path,
        _labels_below([x for x, _ in spots], labels),
        last_x,
        max(last_y - 8, 10),
        write(values[-1]),
        points,
    )
    return _figure(title, drawing, _HEIGHT, _rows(labels, values, write))


def columns(
    title: str, labels: Sequence[str], values: Sequence[float], *, write: Write, step_min: float
) -> SafeString:
    """A few values over time as upright bars, each with its value above it."""
    frame = _Frame(ticks_to(max(values), step_min))
    share = (_WIDTH - _LEFT - _RIGHT) / len(values)
    middles = [_LEFT + share * (index + 0.5) for index in range(len(values))]
    width = min(64.0, share * 0.6)
    drawing = format_html_join(
        "",
        '<g><rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        (
            (
                round(middle - width / 2, 1),
                frame.y(value),
                round(width, 1),
                round(frame.floor - frame.y(value), 1),
                round(middle, 1),
                max(frame.y(value) - 6, 12),
                write(value),
            )
            for middle, value in zip(middles, values, strict=True)
        ),
    )
    below = _labels_below([round(middle, 1) for middle in middles], labels)
    return _figure(
        title,
        format_html("{}{}{}", frame.grid(write), drawing, below),
        _HEIGHT,
        _rows(labels, values, write),
    )


def bars(title: str, labels: Sequence[str], values: Sequence[float], *, write: Write = _number) -> SafeString:
    """Named quantities as horizontal bars, each with its value at its end."""
    if not values:
        return _empty(title)
    row, name_width = 26, 130
    room = _WIDTH - name_width - 64
    highest = max(values) or 1
    drawing = format_html_join(
        "",
        '<g><text class="chart-tick" x="{}" y="{}" text-anchor="end">{}<title>{}</title></text>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="14" rx="2"/>'
        '<text class="chart-value" x="{}" y="{}">{}</text></g>',
        (
            (
                name_width - 8,
                index * row + 16,
                _shortened(label),
                label,
                name_width,
                index * row + 5,
                max(1, round(room * value / highest, 1)),
                round(name_width + room * value / highest + 6, 1),
                index * row + 16,
                write(value),
            )
            for index, (label, value) in enumerate(zip(labels, values, strict=True))
        ),
    )
    return _figure(title, drawing, row * len(values), _rows(labels, values, write))


def stacked_bar(title: str, parts: Sequence[tuple[str, float]], *, write: Write = _number) -> SafeString:
    """Parts of one whole as a single bar; at most four and a rest, told apart by name and number below."""
    whole = sum(value for _, value in parts)
    if not whole:
        return _empty(title)
    classes = ["part-1", "part-2", "part-3", "part-4"] + ["part-rest"] * len(parts)
    offset, pieces = 0.0, []
    for (label, value), name in zip(parts, classes, strict=False):
        width = _WIDTH * value / whole
        pieces.append((name, round(offset, 1), round(max(0.0, width - 1), 1), label, write(value)))
        offset += width
    drawing = format_html_join(
        "", '<g><rect class="{}" x="{}" y="0" width="{}" height="14"/><title>{}: {}</title></g>', pieces
    )
    key = format_html_join(
        "",
        '<li><span class="swatch {}"></span><span>{} <b>{}</b></span></li>',
        ((name, label, text) for name, _, _, label, text in pieces),
    )
    below = format_html('<ul class="progress-key">{}</ul>', key)
    rows = _rows([label for label, _ in parts], [value for _, value in parts], write)
    return _figure(title, drawing, 14, rows, below=below)


def histogram(
    title: str, edges: Sequence[float], counts: Sequence[int], *, write: Write = _number
) -> SafeString:
    """How often a value falls between neighbouring ``edges`` (one more than ``counts``)."""
    if not any(counts):
        return _empty(title)
    frame = _Frame(ticks_to(max(counts), 1))
    places = [frame.x(index, len(edges)) for index in range(len(edges))]
    spans = [f"{write(low)} – {write(high)}" for low, high in pairwise(edges)]
    upright = format_html_join(
        "",
        '<g><rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"/><title>{}: {}</title></g>',
        (
            (
                left + 0.5,
                frame.y(count),
                max(1, round(right - left - 1, 1)),
                round(frame.floor - frame.y(count), 1),
                span,
                _number(count),
            )
            for left, right, count, span in zip(places, places[1:], counts, spans, strict=False)
        ),
    )
    drawing = format_html(
        "{}{}{}", frame.grid(_number), upright, _labels_below(places, [write(edge) for edge in edges])
    )
    return _figure(title, drawing, _HEIGHT, _rows(spans, counts, _number))


def _shortened(label: str, length_max: int = 20) -> str:
    return label if len(label) <= length_max else label[: length_max - 1] + "…"


def _labels_below(places: Sequence[float], labels: Sequence[str]) -> SafeString:
    """At most five labels, evenly spaced; one at the right edge is drawn inwards."""
    every = max(1, math.ceil((len(labels) - 1) / (_LABELS_MAX - 1)))
    shown = [
        (x, label) for index, (x, label) in enumerate(zip(places, labels, strict=True)) if index % every == 0
    ]
    return format_html_join(
        "",
        '<text class="chart-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (x, _HEIGHT - 6, "end" if x > _WIDTH - _RIGHT - 12 and len(labels) > 1 else "middle", label)
            for x, label in shown
        ),
    )


def _rows(labels: Sequence[str], values: Sequence[float], write: Write) -> SafeString:
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="num">{}</td></tr>',
        ((label, write(value)) for label, value in zip(labels, values, strict=True)),
    )


def _figure(
    title: str, drawing: SafeString, height: float, rows: SafeString, *, below: SafeString | None = None
) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>{}'
        "<details><summary>{}</summary>"
        '<table class="table table-dense"><tbody>{}</tbody></table></details></figure>',
        title,
        _WIDTH,
        height,
        title,
        drawing,
        below or mark_safe(""),
        gettext("As a table"),
        rows,
    )


def _empty(title: str) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption><p class="muted">{}</p></figure>',
        title,
        gettext("Nothing to show yet."),
    )
