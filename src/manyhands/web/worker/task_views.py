"""An accepted task: its page, drafts, giving it back, a word to the requester."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.accounts import operations as accounts
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AssignmentId
from manyhands.messaging import operations as messaging
from manyhands.proofreading import queries as proofreading
from manyhands.quality import queries as quality
from manyhands.reputation import queries as ratings
from manyhands.reputation import standing
from manyhands.web import external, frames
from manyhands.web.assessments.worker_views import grade_names
from manyhands.web.reputation.words import dimensions
from manyhands.web.signals import sentences
from manyhands.web.worker import words
from manyhands.web.worker.access import accepts_automatically, worker_of, worker_required
from manyhands.work.operations import accepting, submitting
from manyhands.work.queries import worker as queries
from manyhands.work.queries.files import of_answers
from manyhands.work.queries.worker import TaskPage

FIELDS_MAX = 5_000
# After how much work on end a worker may want to be reminded of a break.
BREAK_MINUTES = (25, 50, 90)


@worker_required
@require_safe
def assignment(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The task itself while it is held; afterwards what became of it."""
    task = _task(request, assignment_id)
    if not task.is_held:
        return render(
            request, "worker/assignment_ended.html", _ended(request, task) | _measured(request, task)
        )
    held: dict[str, Any] = {
        "hit_id": task.hit_id, "assignment_id": task.assignment_id, "worker_id": worker_of(request),
    }  # fmt: skip
    context = _context(request, task) | {
        "frame_url": frames.work_address(**held, left_s=task.left_s),
        "task_words": script_words(),
        "break_minutes": BREAK_MINUTES,
    }
    question = context["external"]
    if question is None:
        return render(request, "worker/assignment.html", context)
    context["frame_url"] = external.address(question, **held)
    context["sandbox"] = external.SANDBOX
    del context["task_words"]["not_loaded"]  # a page elsewhere says nothing when it has loaded
    return external.framed(render(request, "worker/assignment.html", context), question)


@worker_required
@require_safe
def bar(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The bar and the action panel alone: swapped in when the frame goes on to the next task."""
    return render(request, "worker/assignment_bar.html", _context(request, _task(request, assignment_id)))


def _task(request: HttpRequest, assignment_id: int) -> TaskPage:
    """Raises NotFound, also for another worker's."""
    task = queries.task_page(worker_id=worker_of(request), assignment_id=AssignmentId(assignment_id))
    if task is None:
        raise NotFound
    return task


def _context(request: HttpRequest, task: TaskPage) -> dict[str, Any]:
    return {
        "section": "tasks",
        "task": task,
        "external": external.external_question(task.question_id),
        "shown": words.status(task.status),
        "auto_accept": accepts_automatically(request),
        "deadline_ms": int(task.deadline_at.timestamp() * 1000),
        "now_ms": int(task.now.timestamp() * 1000),
        "total_ms": int((task.deadline_at - task.accepted_at).total_seconds() * 1000),
    }


def _ended(request: HttpRequest, task: TaskPage) -> dict[str, Any]:
    worker_id = worker_of(request)
    # What a rejection did to the approval rate, and what both sides said of the work.
    lowered = (
        standing.rejections(worker_id=worker_id, assignment_id=task.assignment_id)
        if task.status == "rejected"
        else []
    )
    both = ratings.both_sides(worker_id=worker_id, assignment_id=task.assignment_id)
    files = of_answers([(task.assignment_id, task.answer or [])]).get(task.assignment_id, {})
    return {
        "lowered": lowered[0] if lowered else None,
        "ratings": both if task.submitted_at else None,
        "verdict": proofreading.verdict(assignment_id=task.assignment_id) if task.submitted_at else None,
        "grade_names": grade_names(),
        "dimensions": list(dimensions().items()),
        "rate_url": reverse("rate_requester", args=[task.assignment_id]),
        "section": "dashboard",
        "task": task,
        "shown": words.status(task.status),
        "reason": words.rejection_reason(task.rejection_reason),
        "answer": [
            (name, value, files.get(name) if name in files and files[name].key == value else None)
            for name, value in task.answer or []
            if value.strip()
        ],
    }


def _measured(request: HttpRequest, task: TaskPage) -> dict[str, Any]:
    """What was measured of the submission, in the words its requester reads."""
    if task.submitted_at is None:
        return {}
    worker_id = worker_of(request)
    return {
        "known": quality.own_known(worker_id=worker_id, assignment_id=task.assignment_id),
        "signals": sentences(quality.own_signals(worker_id=worker_id, assignment_id=task.assignment_id)),
    }


def script_words() -> dict[str, str]:
    """What the page's script says, in the worker's language."""
    return {
        "saving": gettext("Saving"),
        "saved": gettext("Saved {time}"),
        "unsaved": gettext("Not saved: no connection. Your answers are still here; we keep trying."),
        "unsaved_refused": gettext("Not saved: {message}"),
        "sending": gettext("Sending your answers"),
        "next": gettext("Submitted. This is the next task."),
        "missing": gettext("Still missing: {fields}"),
        "not_loaded": gettext("The task has not loaded. Check your connection and reload the page."),
        "ending": gettext(
            "{time} left. What you type is saved; submit or return the task before the time ends."
        ),
        "is_missing": gettext("Still missing"),
        "is_empty": gettext("Left empty"),
        "show_instructions": gettext("Show instructions"),
        "hide_instructions": gettext("Hide instructions"),
    }


@worker_required
def give_back(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Ask whether to return the task; on POST, return it."""
    if request.method != "POST":
        task = _task(request, assignment_id)
        return render(request, "worker/return.html", {"section": "tasks", "task": task})
    returned = accepting.return_assignment(
        worker_id=worker_of(request), assignment_id=AssignmentId(assignment_id)
    )
    messages.success(
        request, gettext("Task returned. Others can take it now; it counts neither for nor against you.")
    )
    return redirect("group", hit_type_id=returned.hit_type_id)


@worker_required
@require_POST
def save_draft(request: HttpRequest, assignment_id: int) -> JsonResponse:
    """Keep what has been typed: JSON pairs of field and value in, the time of saving out."""
    answer = pairs_of(request.body)
    saved_at = submitting.save_draft(
        worker_id=worker_of(request), assignment_id=AssignmentId(assignment_id), answer=answer
    )
    return JsonResponse({"saved_at": saved_at.isoformat()})


def pairs_of(body: bytes) -> list[tuple[str, str]]:
    """Raises InvalidInput unless the body is a list of pairs of strings."""
    try:
        found = json.loads(body)
        pairs = [(name, value) for name, value in found]
    except (ValueError, TypeError):
        raise InvalidInput({"answers": gettext("Expected a list of pairs.")}) from None
    is_text = all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)
    if not is_text or len(pairs) > FIELDS_MAX:
        raise InvalidInput({"answers": gettext("Expected a list of pairs.")})
    return pairs


@worker_required
def feedback(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """A page to write to the requester about this task; on POST, send it."""
    if request.method != "POST":
        task = _task(request, assignment_id)
        return render(request, "worker/feedback.html", {"section": "tasks", "task": task})
    messaging.send_task_feedback(
        worker_id=worker_of(request),
        assignment_id=AssignmentId(assignment_id),
        words=request.POST.get("words", ""),
        name=request.POST.get("name", ""),
    )
    sent = gettext("Your message is with the requester. An answer may take a few days; it comes to Messages.")
    if request.headers.get("HX-Request"):
        toast = json.dumps({"toast": {"text": sent, "tone": "good"}})
        return HttpResponse(status=204, headers={"HX-Trigger": toast})
    messages.success(request, sent)
    return redirect("assignment", assignment_id=assignment_id)


@worker_required
@require_POST
def set_auto_accept(request: HttpRequest) -> HttpResponse:
    """Remember 'Automatically accept the next task'."""
    accounts.set_auto_accept_next(worker_id=worker_of(request), value=request.POST.get("value") == "on")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if is_ours else reverse("tasks"))
