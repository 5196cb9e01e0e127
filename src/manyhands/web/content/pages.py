"""Our own pages inside the frame: handed in, refused, not found. Designed, translated, few words."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.translation import get_language, get_supported_language_variant, gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from manyhands.web.content.document import script_json
from manyhands.web.content.static import versioned


@lru_cache(maxsize=512)
def language_of(accept_language: str) -> str:
    """The language of ours that suits the browser's wishes best."""
    for code, _ in parse_accept_lang_header(accept_language):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"


@lru_cache(maxsize=16)
def _texts(language: str) -> dict[str, str]:
    """What the frame's script says. ``language`` is the active one and only tells results apart."""
    del language
    return {
        "missing": gettext("Answer this question."),
        "summary": gettext("The answer is not complete yet:"),
        "preview": gettext("Accept the task to work on it."),
        "submit": gettext("Submit"),
        "title": gettext("Task"),
    }


def texts() -> dict[str, str]:
    return _texts(get_language() or "en")


def page(title: str, sentence: str, data: Mapping[str, Any]) -> bytes:
    """A page of ours: a heading, a sentence, and what it tells the page around it."""
    return (
        f'<!doctype html><html lang="{escape(get_language() or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="{versioned("frame.css")}">'
        f'<script type="application/json" id="manyhands-data">{script_json(data)}</script>'
        f'<script src="{versioned("frame.js")}" defer></script></head>'
        f'<body><main class="mh-page" data-color-scheme="light dark"><h1>{escape(title)}</h1>'
        f"<p>{escape(sentence)}</p></main></body></html>"
    ).encode()
