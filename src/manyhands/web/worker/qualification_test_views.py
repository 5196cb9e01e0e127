"""A test under way: the page around its frame, what is typed kept, and what became of it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from manyhands.core import tokens
from manyhands.core.errors import NotFound
from manyhands.core.ids import QualificationRequestId
from manyhands.qualifications import operations, queries
from manyhands.qualifications import ways as qualification_ways
from manyhands.qualifications.queries import Attempt
from manyhands.web.frames import TOKEN_GRACE_S
from manyhands.web.worker import qualification_words as words
from manyhands.web.worker.access import worker_of, worker_required
from manyhands.web.worker.task_views import pairs_of, script_words


@worker_required
@require_safe
def attempt(request: HttpRequest, request_id: int) -> HttpResponse:
    """The test itself while it is taken; afterwards score, pass mark, and from when it may be repeated."""
    found = _attempt(request, request_id)
    if not found.is_open:
        return render(request, "worker/qualifications/outcome.html", _ended(request, found))
    token = tokens.make("test", found.request_id, worker_of(request), good_for_s=found.left_s + TOKEN_GRACE_S)
    context = _context(found) | {
        "frame_url": f"{settings.CONTENT_ORIGIN}/q/{token}?lang={get_language()}",
        "task_words": script_words(),
    }
    return render(request, "worker/qualifications/test.html", context)


@worker_required
@require_safe
def bar(request: HttpRequest, request_id: int) -> HttpResponse:
    """The bar and the action panel alone, swapped in when the time is over."""
    return render(request, "worker/qualifications/test_bar.html", _context(_attempt(request, request_id)))


def _attempt(request: HttpRequest, request_id: int) -> Attempt:
    found = queries.attempt(worker_id=worker_of(request), request_id=QualificationRequestId(request_id))
    if found is None:
        raise NotFound
    return found


def _context(found: Attempt) -> dict[str, Any]:
    return {
        "section": "qualifications",
        "attempt": found,
        "shown": words.outcome(found.outcome),
        "deadline_ms": int(found.deadline_at.timestamp() * 1000),
        "now_ms": int(found.now.timestamp() * 1000),
        "total_ms": int((found.deadline_at - found.begun_at).total_seconds() * 1000),
    }


def _ended(request: HttpRequest, found: Attempt) -> dict[str, Any]:
    way = qualification_ways.way(
        worker_id=worker_of(request), qualification_type_id=found.qualification_type_id
    )
    is_missed = way is not None and way.score is None and not way.is_pending
    refusal = way.why_not() if way is not None and is_missed else None
    return _context(found) | {
        "way": way,
        "may_repeat": is_missed and refusal is None,
        "refusal": "" if refusal is None else str(refusal),
    }


@worker_required
@require_POST
def save_draft(request: HttpRequest, request_id: int) -> JsonResponse:
    """Keep what has been typed: JSON pairs of field and value in, the time of saving out."""
    saved_at = operations.save_test_draft(
        worker_id=worker_of(request), request_id=QualificationRequestId(request_id),
        answer=pairs_of(request.body),
    )  # fmt: skip
    return JsonResponse({"saved_at": saved_at.isoformat()})
