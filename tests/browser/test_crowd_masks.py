"""Masks over images: painted, filled, erased; the picture has the labels' own colours and no others."""

import base64
import struct
import zlib
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import open_in
from tests.browser.test_crowd_shapes import Drawing, png, tool

pytestmark = pytest.mark.browser


def colours(data: str) -> Counter[str]:
    """How many opaque pixels of each colour a PNG of eight-bit RGBA has."""
    content = base64.b64decode(data)
    width, height, depth, kind = struct.unpack(">IIBB", content[16:26])
    assert (depth, kind) == (8, 6)
    packed, at = b"", 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        at += length + 12
    return Counter(
        f"#{row[x : x + 3].hex()}"
        for row in unfiltered(zlib.decompress(packed), width, height)
        for x in range(0, 4 * width, 4)
        if row[x + 3] == 255
    )


def unfiltered(raw: bytes, width: int, height: int) -> list[bytes]:
    """The rows of a PNG's image data, its five filters undone."""
    stride = 4 * width
    rows: list[bytes] = []
    before = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for x in range(stride) if kind else ():
            left, up, corner = (row[x - 4] if x >= 4 else 0), before[x], (before[x - 4] if x >= 4 else 0)
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda each: abs(guess - each))
            row[x] = (row[x] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
        rows.append(bytes(row))
        before = row
    return rows


def painting(page: Page, kind: str, more: str = "") -> Drawing:
    drawing = Drawing(page, tool(kind, more), ready="canvas.mask")
    expect(drawing.task[".layers canvas"]).to_have_attribute("width", "1000")
    return drawing


def test_a_semantic_mask_is_painted_filled_erased_and_taken_back(page: Page) -> None:
    drawing = painting(page, "semantic-segmentation")
    drawing.keys("p")
    drawing.task.frame.get_by_role("button", name="Polygon").click()
    drawing.press((100, 100), (300, 100), (300, 300), (100, 300), (100, 100))
    answer = drawing.answer
    (cat,) = answer["labelMappings"].items()
    assert cat[0] == "Cat"
    found = colours(answer["labeledImage"]["pngImageData"])
    assert list(found) == [cat[1]["color"]]
    assert 39_000 < found[cat[1]["color"]] < 41_000
    assert answer["inputImageProperties"] == {"height": 600, "width": 1000}
    drawing.keys("2 b")
    drawing.drag((600, 100), (800, 100))
    drawing.keys("e")
    drawing.drag((200, 90), (200, 310))
    answer = drawing.answer
    assert list(answer["labelMappings"]) == ["Cat", "Dog"]
    found = colours(answer["labeledImage"]["pngImageData"])
    assert set(found) == {each["color"] for each in answer["labelMappings"].values()}
    assert found[cat[1]["color"]] < 36_000
    drawing.keys("Control+z Control+z")
    assert list(drawing.answer["labelMappings"]) == ["Cat"]
    drawing.keys("Control+Shift+z")
    before = drawing.answer
    assert drawing.task.violations() == []
    drawing.page.wait_for_function(
        "(png) => window.heard.some((each) => each.manyhands === 'draft' && each.answers[0][1].includes(png))",
        arg=before["labeledImage"]["pngImageData"],
    )
    drawing.task.saved_draft()
    expect(drawing.task.frame.get_by_role("button", name="Remove Dog")).to_be_visible()
    assert drawing.answer == before
    assert drawing.task.submit() == {"x": before}


def test_instances_of_one_label_have_their_own_colours(page: Page) -> None:
    drawing = painting(page, "instance-segmentation")
    drawing.drag((100, 100), (300, 100))
    drawing.drag((100, 120), (300, 120))
    drawing.keys("n")
    drawing.drag((600, 400), (800, 400))
    answer = drawing.answer
    assert [each["label"] for each in answer["instances"]] == ["Cat", "Cat"]
    assert set(colours(answer["labeledImage"]["pngImageData"])) == {
        each["color"] for each in answer["instances"]
    }
    drawing.task.frame.get_by_role("button", name="Remove 1. Cat").click()
    assert len(drawing.answer["instances"]) == 1


def test_a_mask_is_painted_by_keys_alone(page: Page) -> None:
    drawing = painting(page, "semantic-segmentation")
    drawing.task[".layers"].focus()
    drawing.keys("2 Space Shift+ArrowRight Shift+ArrowRight")
    assert list(drawing.answer["labelMappings"]) == ["Dog"]
    before = sum(colours(drawing.answer["labeledImage"]["pngImageData"]).values())
    drawing.keys("e Space")
    assert sum(colours(drawing.answer["labeledImage"]["pngImageData"]).values()) < before


def test_an_earlier_mask_is_shown_and_changes_to_it_are_told(page: Page) -> None:
    html = tool("semantic-segmentation")
    first = painting(page, "semantic-segmentation")
    first.drag((100, 100), (300, 100))
    made = first.answer
    given = {
        "labelMappings": made["labelMappings"],
        "src": "data:image/png;base64," + made["labeledImage"]["pngImageData"],
    }
    row: dict[str, Any] = {"image": png(), "mask": str(given)}
    task = open_in(page, html.replace('name="x"', 'name="x" initial-value="${mask}"'), row=row)
    expect(task.frame.get_by_role("button", name="Remove Cat")).to_be_visible()
    assert task.answers()["x"] == made | {"initialValueModified": False}
    task.frame.get_by_role("button", name="Remove Cat").click()
    assert task.answers()["x"]["labelMappings"] == {}
    assert task.answers()["x"]["initialValueModified"] is True
