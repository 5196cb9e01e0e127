"""What can be wrong with a layout, as data for the editor: how bad, what, and on which line."""

from dataclasses import dataclass
from typing import Literal

from manyhands.work.layout.scan import line_of


@dataclass(frozen=True, slots=True)
class LayoutProblem:
    """``error`` forbids publishing, ``warning`` does not. ``line`` counts from 1; None is the whole."""

    severity: Literal["error", "warning"]
    message: str
    line: int | None = None


def error(message: str, html: str = "", position: int | None = None) -> LayoutProblem:
    return LayoutProblem("error", message, None if position is None else line_of(html, position))


def warning(message: str, html: str = "", position: int | None = None) -> LayoutProblem:
    return LayoutProblem("warning", message, None if position is None else line_of(html, position))
