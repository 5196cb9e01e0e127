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
    }
