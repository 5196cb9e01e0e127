"""A worker's qualifications: held, to be had, under way, how they changed; and the page of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.catalog import opening
from manyhands.catalog.opening import Opening
from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import errors, operations, queries
from manyhands.qualifications import ways as qualification_ways
from manyhands.qualifications.states import RequestStatus, Route
from manyhands.qualifications.ways import Way
from manyhands.quality import queries as quality
from manyhands.web.worker import qualification_words as words
from manyhands.web.worker.access import worker_of, worker_required

_NEWEST = 2**62
# The list leads to these by their own pages; what is asked for is asked for there.
_LISTED = (Route.TEST, Route.AGREEMENT, Route.AUTO, Route.TASKS)
# Nothing is known to open: below everything that opens something.
_OPENS_NOTHING = (-1, -1, -1)


@dataclass(frozen=True, slots=True)
class Row:
    """A type on a list, with what it opens."""

    of: Any
    how: str
    opens: Opening | None


@worker_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the worker holds: score, since when, until when, and what it opens now and with a higher score."""
    worker_id = worker_of(request)
    opened = opening.openings(worker_id=worker_id)
    held = [
        (each, opened.now.get(each.qualification_type_id), opened.further.get(each.qualification_type_id))
        for each in queries.held(worker_id=worker_id)
    ]
    told = queries.told(worker_id=worker_id)
    return _page(request, "mine", {"held": held, "due_count": len(told.due)})


@worker_required
@require_safe
def available(request: HttpRequest) -> HttpResponse:
    """What the worker does not hold and may get now, what leads to the best pay first."""
    worker_id = worker_of(request)
    opened = opening.openings(worker_id=worker_id).further
    rows = [
        Row(each, _how(each), opened.get(each.qualification_type_id))
        for each in qualification_ways.ways(worker_id=worker_id)
        if _is_obtainable(each)
    ]
    rows.sort(key=lambda row: row.opens.rank if row.opens else _OPENS_NOTHING, reverse=True)
    return _page(request, "available", {"rows": rows})


def _how(way: Way) -> str:
    return words.how(way.route, way.tasks_needed, is_decided_by_owner=way.is_decided_by_owner)


def _is_obtainable(mine: Way) -> bool:
    if not _is_listed(mine) or mine.score is not None or mine.request_id is not None:
        return False
    refusal = mine.why_not()
    if isinstance(refusal, errors.EarnedByTasks):
        return not mine.unmet and all(step.is_done for step in mine.steps)
    return refusal is None


def _is_listed(way: Way) -> bool:
    return way.route in _LISTED or way.is_decided_by_owner


@worker_required
@require_safe
def pending(request: HttpRequest) -> HttpResponse:
    """Tests under way, requests that wait, what may be repeated from when, and how the latest ended."""
    worker_id = worker_of(request)
    found = qualification_ways.ways(worker_id=worker_id)
    context = {
        "open": [(each, words.outcome(each.request_status)) for each in found if each.request_status],
        "repeatable": [
            (each, each.repeat_at)
            for each in found
            if each.repeat_at and each.score is None and not each.request_id
        ],
        "ended": [(each, words.outcome(each.status)) for each in queries.ended(worker_id=worker_id)],
    }
    return _page(request, "pending", context)


@worker_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every change of a score: what, why, from which figures, when."""
    before = ids.decode("event", request.GET.get("before", "")) or _NEWEST
    found = queries.history(worker_id=worker_of(request), before=before)
    context = {
        "changes": _in_words(found),
        "older": ids.encode("event", found[-1].event_id) if len(found) == queries.HISTORY_PAGE else None,
    }
    return _page(request, "history", context)


def _in_words(found: Sequence[queries.Changed]) -> list[tuple[queries.Changed, str, str]]:
    return [(each, words.change(each), words.reason(each)) for each in found]


def _page(request: HttpRequest, tab: str, context: dict[str, Any]) -> HttpResponse:
    return render(
        request, f"worker/qualifications/{tab}.html", context | {"section": "qualifications", "tab": tab}
    )


# The page of one type ---------------------------------------------------------------------------


@worker_required
@require_safe
def type_page(request: HttpRequest, type_id: int) -> HttpResponse:
    """What it is, what must come first, how it is had, and what it opens; the training before the asking."""
    return _type_page(request, type_id)


def _type_page(request: HttpRequest, type_id: int, *, problem: str = "", status: int = 200) -> HttpResponse:
    worker_id, number = worker_of(request), QualificationTypeId(type_id)
    way = qualification_ways.way(worker_id=worker_id, qualification_type_id=number)
    if way is None:
        raise NotFound
    opened = opening.openings(worker_id=worker_id)
    refusal = way.why_not()
    context = {
        "section": "qualifications",
        "way": way,
        "how": _how(way),
        "about": queries.about(qualification_type_id=number),
        "opens_now": opened.now.get(type_id),
        "opens_further": opened.further.get(type_id),
        "asks": _asks(way, refusal),
        "refusal": "" if way.score is not None or way.is_taking else _sentence(refusal),
        "is_earned": isinstance(refusal, errors.EarnedByTasks),
        "repeat_at": _future(way.repeat_at, way.now) if way.score is None else None,
        "changes": _in_words(
            queries.history(worker_id=worker_id, before=_NEWEST, qualification_type_id=number)
        ),
        "problem": problem,
        "rules": quality.score_rules(qualification_type_id=number),
        "tasks": quality.progress(worker_id=worker_id).get(number) if way.route == Route.TASKS else None,
    }
    return render(request, "worker/qualifications/type.html", context, status=status)


def _asks(way: Way, refusal: Refusal | None) -> str:
    """What the page offers: ``test``, ``continue``, ``agreement``, ``auto``, or ``grant``: its owner decides."""
    if way.is_taking and way.route == Route.TEST:
        return "continue"
    return way.route if refusal is None and _is_listed(way) else ""


def _sentence(refusal: Refusal | None) -> str:
    return "" if refusal is None else str(refusal)


def _future(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at > now else None


@worker_required
@require_POST
def request_it(request: HttpRequest, type_id: int) -> HttpResponse:
    """Ask for a qualification: it is granted, its test begins, or its owner is asked."""
    asked = operations.request_qualification(
        worker_id=worker_of(request), qualification_type_id=QualificationTypeId(type_id)
    )
    if asked.status == RequestStatus.TAKING:
        return redirect("qualification_test", asked.request_id)
    if asked.status == RequestStatus.PENDING:
        messages.success(request, gettext("Your request is with its owner. You are told what comes of it."))
        return redirect("qualifications_pending")
    messages.success(request, gettext("The qualification is yours. What it opens is on the task list now."))
    return redirect("qualification_about", type_id)


@worker_required
@require_POST
def accept_agreement(request: HttpRequest, type_id: int) -> HttpResponse:
    """Accept the text that was shown; the box must be ticked."""
    if request.POST.get("accepts") != "on":
        return _type_page(
            request, type_id, problem=gettext("Tick the box if you accept the agreement."), status=422
        )
    number = request.POST.get("agreement", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise InvalidInput({"agreement": gettext("The agreement is missing.")})
    try:
        operations.accept_agreement(worker_id=worker_of(request), agreement_id=int(number))
    except errors.AgreementChanged as changed:
        return _type_page(request, type_id, problem=str(changed), status=409)
    messages.success(request, gettext("The qualification is yours. What it opens is on the task list now."))
    return redirect(reverse("qualification_about", args=[type_id]))
