"""Rendering tasks: an accepted assignment, a preview of a HIT, a requester's trial of a template."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings

from manyhands.core import ids, tokens
from manyhands.core.ids import AssignmentId, HITId, WorkerId
from manyhands.web.content import crowd, pages
from manyhands.web.content.document import PREVIEW_ASSIGNMENT, Frame, prepare, slots
from manyhands.work.queries import content as queries

# A frame that is open when the time is over still gets a proper answer, not a dead link.
TOKEN_GRACE_S = 3600

Answer = Sequence[Sequence[str]]


@lru_cache(maxsize=256)
def frame_of(layout_id: int | None) -> Frame:
    """The prepared frame of a layout; layouts never change, so it is kept."""
    html = None if layout_id is None else queries.layout_html(layout_id=layout_id)
    return prepare(html or "")


# A requester's preview is rendered again with every row and every keystroke.
_trial_frame = lru_cache(maxsize=32)(prepare)


def work(
    *,
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    hit_id: HITId,
    layout_id: int | None,
    row: Mapping[str, Any],
    deadline_at: datetime,
    now: datetime,
    query: str = "",
    draft: Answer | None = None,
    missing: Sequence[str] = (),
    notice: str = "",
    submitted: Mapping[str, Any] | None = None,
) -> bytes:
    """The document of an assignment in work.

    ``missing`` and ``notice`` say why an answer was just refused; ``submitted`` tells of the one handed
    in before this task; ``query`` is what the page around appended to the address.
    """
    frame = frame_of(layout_id)
    good_for_s = max(0, int((deadline_at - now).total_seconds())) + TOKEN_GRACE_S
    token = tokens.make("assignment", assignment_id, worker_id, good_for_s=good_for_s)
    layout_token = tokens.make("layout", assignment_id, layout_id or 0, good_for_s=good_for_s)
    assignment = ids.encode("assignment", assignment_id)
    data: dict[str, Any] = {
        "mode": "work",
        "assignmentId": assignment,
        "texts": pages.texts(),
        "required": frame.required(row),
        "turk": _turk(assignment, hit_id) | {"workerId": ids.encode_account(worker_id)},
    }
    if frame.has_crowd:
        data["crowd"] = crowd.texts()
    if draft:
        data["draft"] = draft
    if missing:
        data["missing"] = missing
    if notice:
        data["notice"] = notice
    if submitted:
        data["submitted"] = submitted
    return frame.render(
        row,
        slots(
            action=f"/a/{token}{query}",
            assignment=assignment,
            token=token,
            layout_token=layout_token,
            title=pages.texts()["title"],
            submit_label=pages.texts()["submit"],
            data=data,
            notice=_notice(frame, row, missing, notice) if missing or notice else "",
        ),
    )


def preview(*, layout_id: int | None, row: Mapping[str, Any], hit_id: HITId) -> bytes:
    """The document of a HIT that is not accepted: to be read, not to be submitted."""
    return _not_accepted(frame_of(layout_id), row, _turk(PREVIEW_ASSIGNMENT, hit_id), pages.texts())


def trial(*, html: str, row: Mapping[str, Any]) -> bytes:
    """A template that is not saved, with a row: what the requester's editor shows."""
    texts = {name: text for name, text in pages.texts().items() if name != "preview"}
    return _not_accepted(_trial_frame(html), row, {"assignmentId": PREVIEW_ASSIGNMENT}, texts)


def _not_accepted(
    frame: Frame, row: Mapping[str, Any], turk: Mapping[str, str], texts: Mapping[str, str]
) -> bytes:
    data: dict[str, Any] = {"mode": "preview", "texts": texts, "turk": turk}
    if frame.has_crowd:
        data["crowd"] = crowd.texts()
    return frame.render(
        row,
        slots(
            action="",
            assignment=PREVIEW_ASSIGNMENT,
            title=texts["title"],
            submit_label=texts["submit"],
            data=data,
            preview=True,
        ),
    )


def _turk(assignment: str, hit_id: HITId) -> dict[str, str]:
    """What templates for MTurk read from the frame's address."""
    return {
        "assignmentId": assignment,
        "hitId": ids.encode("hit", hit_id),
        "turkSubmitTo": settings.CONTENT_ORIGIN,
    }


def _notice(frame: Frame, row: Mapping[str, Any], missing: Sequence[str], notice: str) -> str:
    """For readers without scripts; the frame's script marks the fields themselves."""
    labels = frame.labels(row)
    items = "".join(f"<li>{escape(labels.get(name, name))}</li>" for name in missing)
    heading = escape(notice or pages.texts()["summary"])
    return f'<noscript><div class="mh-summary"><strong>{heading}</strong><ul>{items}</ul></div></noscript>'
