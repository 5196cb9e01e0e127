"""Crowd HTML Elements in a layout: which of them answer, and their one common answer.

As on MTurk, everything a crowd template collects comes in as a single field, ``taskAnswers``: a JSON
array with one object. What the elements look like and do is the frame's script's business.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

import lxml.html

ANSWER = "taskAnswers"
_ANSWERING = frozenset(
    f"crowd-{name}"
    for name in (
        "classifier", "input", "text-area", "checkbox", "slider", "bounding-box", "radio-button",
        "image-classifier", "entity-annotation", "classifier-multi-select", "polygon", "keypoint",
        "semantic-segmentation", "instance-segmentation", "image-classifier-multi-select", "line",
        "polyline", "text-ranking", "question-answer-generation", "toggle-button",
    )
)  # fmt: skip


def answering(tree: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The elements that answer, in the order of the document."""
    for element in tree.iter():
        if element.tag in _ANSWERING:
            yield element


def is_crowd(tree: lxml.html.HtmlElement) -> bool:
    """Whether the layout's answer is the one of crowd elements."""
    return tree.find(".//crowd-form") is not None or next(answering(tree), None) is not None


def expanded(answer: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    """The answer with ``taskAnswers`` taken apart by name, for people to read; the rest as it is.

    Values that are no text stand as JSON, with pictures of masks cut short. What is no answer of crowd
    elements stays whole.
    """
    found: list[tuple[str, str]] = []
    for name, value in answer:
        parts = _parts(value) if name == ANSWER else None
        if parts is None:
            found.append((name, value))
        else:
            found += [
                (key, part if isinstance(part, str) else json.dumps(_shortened(part), ensure_ascii=False))
                for key, part in parts.items()
            ]
    return found


def _shortened(part: object) -> object:
    """A mask's picture is no reading matter: tens of thousands of letters."""
    picture = part.get("labeledImage") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(picture, dict):
        return part
    return part | {"labeledImage": {name: f"{str(value)[:16]}…" for name, value in picture.items()}}


def _parts(text: str) -> dict[str, object] | None:
    try:
        read = json.loads(text)
    except ValueError:
        return None
    if isinstance(read, list) and len(read) == 1 and isinstance(read[0], dict):
        return read[0]
    return None
