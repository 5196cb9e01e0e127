"""Addresses of the frames that tasks are shown in, ours and those of external questions (MTurk API, 4.1).

Templates and studies read the assignment from their own address, so every frame has the same parameters.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import get_language

from manyhands.core import ids, tokens
from manyhands.core.ids import AssignmentId, HITId, WorkerId

PREVIEW_ASSIGNMENT = "ASSIGNMENT_ID_NOT_AVAILABLE"
# A frame that is open when the time is over still gets a proper answer, not a dead link, and can be read.
TOKEN_GRACE_S = 3_600


def parameters(
    *,
    hit_id: HITId,
    assignment_id: AssignmentId | None = None,
    worker_id: WorkerId | None = None,
    token: str = "",
) -> dict[str, str]:
    """What is appended to a frame's address; without an assignment it is a preview, and tells nothing of the worker."""
    if assignment_id is None:
        named = {"assignmentId": PREVIEW_ASSIGNMENT}
    else:
        named = {"assignmentId": ids.encode("assignment", assignment_id)}
    named |= {"hitId": ids.encode("hit", hit_id), "turkSubmitTo": submit_address(token)}
    if worker_id is not None and assignment_id is not None:
        named["workerId"] = ids.encode_account(worker_id)
    return named


def submit_address(token: str = "") -> str:
    """``turkSubmitTo``. For a page of ours it names the one assignment the page was made for.

    The slash at its end keeps the token in ``new URL('mturk/externalSubmit', turkSubmitTo)``.
    """
    return f"{settings.CONTENT_ORIGIN}/a/{token}/" if token else settings.CONTENT_ORIGIN


def work_address(*, hit_id: HITId, assignment_id: AssignmentId, worker_id: WorkerId, left_s: int) -> str:
    """Where a frame of ours shows an assignment that is held for so long."""
    token = tokens.make("assignment", assignment_id, worker_id, good_for_s=left_s + TOKEN_GRACE_S)
    named = parameters(hit_id=hit_id, assignment_id=assignment_id, worker_id=worker_id, token=token)
    return f"{settings.CONTENT_ORIGIN}{work_path(token, named)}"


def work_path(token: str, named: Mapping[str, str]) -> str:
    """Where on the content origin an assignment is shown, in the reader's language, and handed in."""
    return f"/a/{token}?{urlencode({**named, 'lang': get_language() or ''})}"


def preview_address(token: str, *, hit_id: HITId) -> str:
    """Where a frame of ours shows a HIT that is not accepted."""
    named = parameters(hit_id=hit_id) | {"lang": get_language() or ""}
    return f"{settings.CONTENT_ORIGIN}/p/{token}?{urlencode(named)}"
