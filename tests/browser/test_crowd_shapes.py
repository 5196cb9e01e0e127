"""Drawing on images with crowd elements: by mouse, by presses, by keys; in pixels of the image."""

import base64
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import CrowdTask, open_in

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1000, 600


def png(width: int = WIDTH, height: int = HEIGHT) -> str:
    """A grey image of this size as a data address."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xb0" * width) * height)
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(image).decode()


def tool(kind: str, more: str = "") -> str:
    return (
        f'<crowd-form><crowd-{kind} name="x" header="Mark the animals" src="${{image}}" '
        f"labels=\"['Cat', 'Dog']\" {more}><short-instructions>Mark all.</short-instructions>"
        f"<full-instructions>All of them.</full-instructions></crowd-{kind}></crowd-form>"
    )


class Drawing:
    """A tool's stage, addressed in pixels of the image."""

    def __init__(self, page: Page, html: str, *, ready: str = ".canvas svg[viewBox]") -> None:
        self.task: CrowdTask = open_in(page, html, row={"image": png()})
        self.page = page
        expect(self.task[".canvas img"]).to_have_js_property("complete", True)
        expect(self.task[ready]).to_have_count(1)

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.task[".canvas"].bounding_box()
        assert box is not None
        return box["x"] + x * box["width"] / WIDTH, box["y"] + y * box["height"] / HEIGHT

    def press(self, *points: tuple[float, float]) -> None:
        for point in points:
            self.page.mouse.click(*self.at(*point))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        self.page.mouse.move(*self.at(*end))
        self.page.mouse.up()

    def keys(self, keys: str) -> None:
        for key in keys.split():
            self.page.keyboard.press(key)

    @property
    def answer(self) -> Any:
        return self.task.answers()["x"]


def near(found: dict[str, Any], **expected: Any) -> bool:
    """Whether the shape has these numbers, give or take a pixel of the screen."""
    return all(
        found[name] == value if isinstance(value, str) else abs(found[name] - value) <= 2
        for name, value in expected.items()
    )


def test_boxes_by_mouse_are_pixels_of_the_image_and_the_draft_keeps_them(page: Page) -> None:
    drawing = Drawing(page, tool("bounding-box"))
    drawing.drag((100, 120), (400, 300))
    drawing.keys("2")
    drawing.press((900, 500), (600, 350))
    cat, dog = drawing.answer["boundingBoxes"]
    assert near(cat, label="Cat", left=100, top=120, width=300, height=180)
    assert near(dog, label="Dog", left=600, top=350, width=300, height=150)
    assert list(cat) == ["height", "label", "left", "top", "width"]
    assert drawing.answer["inputImageProperties"] == {"height": HEIGHT, "width": WIDTH}
    before = drawing.answer
    drawing.page.wait_for_function(
        "() => window.heard.some((each) => each.manyhands === 'draft' && each.answers[0][1].includes('Dog'))"
    )
    drawing.task.saved_draft()
    expect(drawing.task["svg .shape"]).to_have_count(2)
    assert drawing.answer == before
    assert drawing.task.violations() == []
    assert drawing.task.submit() == {"x": before}


def test_a_box_is_moved_resized_taken_back_and_removed(page: Page) -> None:
    drawing = Drawing(page, tool("bounding-box"))
    drawing.drag((100, 100), (300, 200))
    drawing.press((150, 150))
    drawing.drag((200, 150), (300, 250))
    assert near(drawing.answer["boundingBoxes"][0], left=200, top=200, width=200, height=100)
    drawing.drag((400, 300), (500, 400))
    assert near(drawing.answer["boundingBoxes"][0], left=200, top=200, width=300, height=200)
    # The same without a drag: pick a corner up, put it down.
    drawing.press((200, 200), (150, 150))
    assert near(drawing.answer["boundingBoxes"][0], left=150, top=150, width=350, height=250)
    drawing.keys("Control+z")
    assert near(drawing.answer["boundingBoxes"][0], left=200, top=200)
    drawing.keys("Control+Shift+z")
    assert near(drawing.answer["boundingBoxes"][0], left=150, top=150)
    # A box inside another.
    drawing.keys("Escape")
    drawing.drag((200, 200), (300, 300))
    assert len(drawing.answer["boundingBoxes"]) == 2
    drawing.press((250, 250))
    drawing.keys("2")
    assert [box["label"] for box in drawing.answer["boundingBoxes"]] == ["Cat", "Dog"]
    drawing.keys("Delete")
    drawing.task.frame.get_by_role("button", name="Remove Cat").click()
    assert drawing.answer["boundingBoxes"] == []


def test_boxes_by_keys_alone(page: Page) -> None:
    drawing = Drawing(page, tool("bounding-box"))
    drawing.task.frame.get_by_role("button", name="Add in the middle").press("Enter")
    (start,) = drawing.answer["boundingBoxes"]
    drawing.keys("2 ArrowRight Shift+ArrowDown Tab ArrowLeft Shift+ArrowUp")
    (box,) = drawing.answer["boundingBoxes"]
    assert box == {
        "height": start["height"] + 10,
        "label": "Dog",
        "left": start["left"] + 1 - 1,
        "top": start["top"] + 10 - 10,
        "width": start["width"] + 1,
    }
    expect(drawing.task.frame.get_by_role("status")).to_have_text(
        f"Dog: {box['left']}, {box['top']}, {box['width']} × {box['height']}"
    )
    drawing.keys("Shift+Tab Delete")
    assert drawing.answer["boundingBoxes"] == []


POINTS = [(100, 100), (300, 120), (250, 400)]
VERTICES = {
    "polygon": ("polygons", [*POINTS, (100, 100)], 3),
    "polyline": ("polylines", [*POINTS, (250, 400)], 3),
    "line": ("lines", POINTS[:2], 2),
}


@pytest.mark.parametrize("kind", list(VERTICES))
def test_shapes_of_points(page: Page, kind: str) -> None:
    name, presses, count = VERTICES[kind]
    drawing = Drawing(page, tool(kind))
    if kind == "polyline":
        drawing.press(*presses[:2])
        page.mouse.dblclick(*drawing.at(*presses[2]))
    else:
        drawing.press(*presses)
    (shape,) = drawing.answer[name]
    assert shape["label"] == "Cat"
    assert len(shape["vertices"]) == count
    for vertex, (x, y) in zip(shape["vertices"], POINTS, strict=False):
        assert near(vertex, x=x, y=y)
    assert drawing.task.submit()["x"][name] == [shape]


def test_keypoints(page: Page) -> None:
    drawing = Drawing(page, tool("keypoint"))
    drawing.press((500, 300))
    drawing.keys("2")
    drawing.press((700, 100))
    first, second = drawing.answer["keypoints"]
    assert near(first, label="Cat", x=500, y=300)
    assert near(second, label="Dog", x=700, y=100)


def test_what_was_there_before_is_shown_and_changes_to_it_are_told(page: Page) -> None:
    given = "[{'label': 'Dog', 'left': 10, 'top': 20, 'width': 300, 'height': 40}]"
    drawing = Drawing(page, tool("bounding-box", f'initial-value="{given}"'))
    box = {"height": 40, "label": "Dog", "left": 10, "top": 20, "width": 300}
    assert drawing.answer["boundingBoxes"] == [box]
    assert drawing.answer["initialValueModified"] is False
    drawing.task["svg .shape"].focus()
    drawing.keys("ArrowDown")
    assert drawing.answer["boundingBoxes"] == [box | {"top": 21}]
    assert drawing.answer["initialValueModified"] is True


def test_zoom_keeps_what_is_drawn_in_pixels_of_the_image(page: Page) -> None:
    drawing = Drawing(page, tool("bounding-box"))
    drawing.task.frame.get_by_role("button", name="Zoom in").click()
    drawing.task.frame.get_by_role("button", name="Zoom in").click()
    view = drawing.task[".stage"]
    assert view.evaluate("(each) => each.scrollWidth > each.clientWidth")
    drawing.drag((500, 300), (600, 350))
    assert near(drawing.answer["boundingBoxes"][0], left=500, top=300, width=100, height=50)
    drawing.task.frame.get_by_role("button", name="Move the view").click()
    left = view.evaluate("(each) => each.scrollLeft")
    drawing.drag((500, 300), (450, 300))
    assert view.evaluate("(each) => each.scrollLeft") > left
    assert len(drawing.answer["boundingBoxes"]) == 1


def test_scripts_change_the_labels(page: Page) -> None:
    drawing = Drawing(page, tool("bounding-box", 'id="annotator"'))
    drawing.task.frame.evaluate("annotator.labels = annotator.labels.concat(['Cow']); 0")
    drawing.keys("3")
    drawing.task[".question"].click()
    drawing.keys("3")
    drawing.drag((100, 100), (200, 200))
    assert drawing.task.frame.evaluate("annotator.value.boundingBoxes[0].label") == "Cow"
