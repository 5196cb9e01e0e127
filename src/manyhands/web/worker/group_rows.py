"""The rows of the task list, kept as text as long as nothing in them changes.

A row is the same for everybody who sees the same facts in the same language and zone, but for the token of
its form. Drawing it costs more than finding it, and a page has 25.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from manyhands.catalog.facts import DECISIONS_MIN
from manyhands.catalog.queries import TaskGroup
from manyhands.core import ids
from manyhands.web.worker import words

# A few kilobytes each.
ROWS_KEPT = 2_000
# Stands where each reader's own token goes. Nobody can write it into a title: it is drawn anew per process.
_TOKEN = secrets.token_hex()


def rows(request: HttpRequest, groups: Sequence[TaskGroup], *, expand_all: bool) -> SafeString:
    """The rows as HTML, for this reader; empty without groups."""
    token, language, zone = (
        get_token(request),
        translation.get_language(),
        timezone.get_current_timezone_name(),
    )
    text = "".join(_row(group, expand_all, language, zone) for group in groups)
    return mark_safe(text.replace(_TOKEN, token))  # noqa: S308 - a template's


@lru_cache(maxsize=ROWS_KEPT)
def _row(group: TaskGroup, expand_all: bool, _language: str, _zone: str) -> str:
    """The template's text; language and zone are those active, and part of what the text is kept under."""
    context = {
        "group": group,
        "facts": group.facts,
        "decisions_min": DECISIONS_MIN,
        "public_id": ids.encode("hit_type", group.hit_type_id),
        "requester": ids.encode_account(group.requester_id),
        "requirements": [words.requirement(each) for each in group.asked],
        "expand_all": expand_all,
        "csrf_token": _TOKEN,
    }
    return render_to_string("worker/group_row.html", context)
