"""MTurk's Crowd HTML Elements in templates: our own script in place of theirs, and what it says."""

import re
from functools import lru_cache

from django.utils.translation import get_language, gettext

from manyhands.web.content.static import versioned

# The original's addresses, of both its versions; whatever stands between the host and the file's name.
_ADDRESS = re.compile(r"(?:https?:)?//assets\.crowd\.aws/[\w./-]*?crowd-html-elements[\w.-]*?\.(js|css)\b")
_ELEMENT = re.compile(r"<crowd-[a-z]", re.IGNORECASE)

# Addresses that do not change, for templates that name them.
STABLE = {
    "/crowd-html-elements.js": "crowd-html-elements.js",
    "/crowd-html-elements-v2.js": "crowd-html-elements.js",
    "/crowd-html-elements.css": "crowd-html-elements.css",
}


def with_own_elements(html: str) -> str:
    """The template with the addresses of the original script and style replaced by ours."""
    return _ADDRESS.sub(lambda found: versioned(f"crowd-html-elements.{found[1]}"), html)


def is_crowd(html: str) -> bool:
    """Whether the template uses the elements."""
    return _ELEMENT.search(html) is not None


def texts() -> dict[str, str]:
    """What the elements say to the worker. ``{name}`` is filled in by the script."""
    return _texts(get_language() or "en")


@lru_cache(maxsize=16)
def _texts(language: str) -> dict[str, str]:
    del language  # the active one; it only tells results apart
    return {
        "answer": gettext("Answer"),
        "button": gettext("Button"),
        "close": gettext("Close"),
        "missing": gettext("Answer this question."),
        "too_short": gettext("Write at least {least} characters."),
        "not_allowed": gettext("This is not allowed here. Check what you have typed."),
        "instructions": gettext("Instructions"),
        "full_instructions": gettext("Read the full instructions"),
        "open_instructions": gettext("Open the instructions"),
        "open_modal": gettext("Open the window"),
        "short_summary": gettext("Summary"),
        "detailed_instructions": gettext("In detail"),
        "positive_example": gettext("A good answer"),
        "negative_example": gettext("A bad answer"),
        "choose_one": gettext("Choose one"),
        "choose_some": gettext("Choose all that apply"),
        "add_comment": gettext("Add a comment"),
        "image_to_judge": gettext("The image to judge"),
        "image_failed": gettext("The image could not be loaded."),
        "image_missing": gettext("The image is not there yet."),
        **_of_drawing(),
        **_of_writing(),
    }


def _of_drawing() -> dict[str, str]:
    return {
        "label": gettext("Label"),
        "labelled": gettext("Labelled so far"),
        "nothing_yet": gettext("Nothing yet."),
        "count_labelled": gettext("Labelled: {count}"),
        "remove": gettext("Remove {what}"),
        "tools": gettext("Tools"),
        "drawing_area": gettext("What is drawn on the image"),
        "point": gettext("Point"),
        "add_shape": gettext("Add in the middle (A)"),
        "finish_shape": gettext("Finish the shape (Enter)"),
        "undo": gettext("Undo"),
        "redo": gettext("Redo"),
        "zoom_in": gettext("Zoom in"),
        "zoom_out": gettext("Zoom out"),
        "move_view": gettext("Move the view"),
        "hint_box": gettext("Drag over the image to draw a box, or press its two corners."),
        "hint_polygon": gettext("Press the corners one after the other, and the first one again to finish."),
        "hint_polyline": gettext("Press the points one after the other, the last one twice."),
        "hint_line": gettext("Drag to draw a line, or press its two ends."),
        "hint_keypoint": gettext("Press the place on the image."),
        "painting_area": gettext("The image to paint on"),
        "brush": gettext("Brush"),
        "polygon": gettext("Polygon"),
        "eraser": gettext("Eraser"),
        "brush_size": gettext("Brush size"),
        "next_instance": gettext("Next instance (N)"),
        "next_instance_begun": gettext("What you paint now is another instance."),
        "mask_failed": gettext("The earlier mask could not be read."),
        "hint_mask": gettext(
            "Choose a label and paint over the image. With keys: arrows move the brush, with Shift they paint, "
            "Space paints or sets a corner, Enter closes the polygon, square brackets change the brush."
        ),
        "text_to_label": gettext("The text to label"),
        "by_letters": gettext("Select by letters"),
        "hint_text": gettext(
            "Choose a label, then press a word or drag over several. With keys: arrows, Shift to select more, "
            "a number to label, Delete to remove."
        ),
        "hint_shapes": gettext(
            "Number keys choose the label. Tab goes through what is drawn; arrow keys move it, "
            "with Shift by ten; Delete removes it."
        ),
    }


def _of_writing() -> dict[str, str]:
    return {
        "response": gettext("Response {number}"),
        "hint_ranks": gettext("1 is the best. Give every rank once."),
        "hint_ranks_tie": gettext("1 is the best. Equal ranks are allowed."),
        "ranks_missing": gettext("Give every response a rank: {what}."),
        "ranks_tied": gettext("Give every rank only once: {what}."),
        "question": gettext("Question"),
        "question_number": gettext("Question {number}"),
        "add_question": gettext("Add a question"),
        "tags": gettext("Tags"),
        "own_tag": gettext("A tag of your own"),
        "rests_on": gettext("Sentences it rests on"),
        "questions_least": gettext("Questions needed: {least}."),
        "question_short": gettext("Question {number} needs at least this many words: {least}."),
        "question_long": gettext("Question {number} may have at most this many words: {most}."),
        "answer_short": gettext("The answer to question {number} needs at least this many words: {least}."),
        "answer_long": gettext("The answer to question {number} may have at most this many words: {most}."),
    }
