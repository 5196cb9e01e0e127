"""A task before it is accepted: preview, accept, skip, and the end of a group."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.catalog import queries as catalog
from manyhands.core import tokens
from manyhands.core.errors import NotFound
from manyhands.core.ids import HITId, HITTypeId, WorkerId
from manyhands.quality.operations import known_answers
from manyhands.web import external, frames
from manyhands.web.worker.access import accepts_automatically, worker_of, worker_required
from manyhands.work import errors
from manyhands.work.operations import accepting
from manyhands.work.queries import worker as queries
from manyhands.work.queries.worker import Preview

TOKEN_GOOD_FOR_S = 3_600


@worker_required
@require_safe
def group(request: HttpRequest, hit_type_id: int) -> HttpResponse:
    """The next task of the group for this worker, not yet accepted."""
    preview = _preview(worker_of(request), HITTypeId(hit_type_id))
    if preview.hit_id is None:
        return redirect("group_finished", hit_type_id=hit_type_id)
    return _page(request, preview, preview.hit_id)


@worker_required
@require_safe
def hit_preview(request: HttpRequest, hit_type_id: int, hit_id: int) -> HttpResponse:
    """This task of the group; when it is no longer to be had, the next one."""
    preview = _preview(worker_of(request), HITTypeId(hit_type_id), HITId(hit_id))
    if preview.hit_id is not None:
        return _page(request, preview, preview.hit_id)
    if preview.held_assignment_id is not None:
        return redirect("assignment", assignment_id=preview.held_assignment_id)
    messages.info(request, gettext("That task is no longer available. This is the next one of its group."))
    return redirect("group", hit_type_id=hit_type_id)


def _preview(worker_id: WorkerId, hit_type_id: HITTypeId, hit_id: HITId | None = None) -> Preview:
    """Raises NotFound, OwnTask, Blocked, NotQualified."""
    preview = queries.preview(worker_id=worker_id, hit_type_id=hit_type_id, hit_id=hit_id)
    if preview is None:
        raise NotFound
    if preview.is_own:
        raise errors.OwnTask
    if preview.is_blocked:
        raise errors.Blocked
    if preview.preview_guarded:
        raise errors.NotQualified
    return preview


def _page(request: HttpRequest, preview: Preview, hit_id: HITId) -> HttpResponse:
    token = tokens.make("preview", hit_id, worker_of(request), good_for_s=TOKEN_GOOD_FOR_S)
    context = {
        "section": "tasks",
        "preview": preview,
        "frame_url": frames.preview_address(token, hit_id=hit_id),
        "just_submitted": "submitted" in request.GET,
        "auto_accept": accepts_automatically(request),
    }
    question = external.external_question(preview.question_id)
    if question is None:
        return render(request, "worker/preview.html", context)
    context |= {"frame_url": external.address(question, hit_id=hit_id), "sandbox": external.SANDBOX}
    return external.framed(render(request, "worker/preview.html", context), question)


@worker_required
@require_POST
def accept_next(request: HttpRequest, hit_type_id: int) -> HttpResponse:
    """Accept the next task of the group and open it."""
    return _accept_next(request, HITTypeId(hit_type_id))


def _accept_next(request: HttpRequest, hit_type_id: HITTypeId) -> HttpResponse:
    try:
        accepted = known_answers.take_next(worker_id=worker_of(request), hit_type_id=hit_type_id)
    except errors.NoAssignableHIT:
        return redirect("group_finished", hit_type_id=hit_type_id)
    return redirect("assignment", assignment_id=accepted.assignment_id)


@worker_required
@require_POST
def accept_hit(request: HttpRequest, hit_type_id: int, hit_id: int) -> HttpResponse:
    """Accept this task; when it has just been taken, the next one (``?exact=1``: nothing else will do)."""
    try:
        accepted = accepting.accept_hit(worker_id=worker_of(request), hit_id=HITId(hit_id))
    except (errors.HITNotAvailable, errors.AlreadyDone):
        if "exact" in request.GET:
            raise
        messages.info(request, gettext("That task had just been taken. This is the next one of its group."))
        return _accept_next(request, HITTypeId(hit_type_id))
    return redirect("assignment", assignment_id=accepted.assignment_id)


@worker_required
@require_POST
def skip_hit(request: HttpRequest, hit_type_id: int, hit_id: int) -> HttpResponse:  # noqa: ARG001 -- of the URL
    """Put this task aside and go to another of the group: accepted when the skipped one was."""
    skipped_in = accepting.skip_hit(worker_id=worker_of(request), hit_id=HITId(hit_id))
    if "held" in request.POST:
        return _accept_next(request, skipped_in)
    return redirect("group", hit_type_id=skipped_in)


@worker_required
@require_safe
def group_finished(request: HttpRequest, hit_type_id: int) -> HttpResponse:
    """Nothing is left for this worker in the group, or the reason there is nothing now."""
    worker_id, group_id = worker_of(request), HITTypeId(hit_type_id)
    preview = queries.preview(worker_id=worker_id, hit_type_id=group_id)
    if preview is None:
        raise NotFound
    reason = accepting.why_refused(worker_id=worker_id, hit_type_id=group_id)
    is_finished = isinstance(reason, errors.NoAssignableHIT)
    context = {
        "section": "tasks",
        "preview": preview,
        "is_finished": is_finished,
        "goes_on": is_finished and preview.hit_id is not None,
        "reason": "" if is_finished else str(reason),
        "just_submitted": "submitted" in request.GET,
        "similar": catalog.similar(worker_id=worker_id, hit_type_id=group_id) if is_finished else [],
    }
    return render(request, "worker/group_finished.html", context)
