"""A worker's standing, both sides' ratings, and what the nightly Masters run changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import AssignmentId
from manyhands.reputation import masters, operations, queries, standing
from manyhands.reputation.models import MastersRun
from manyhands.reputation.operations import RATE_WITHIN_DAYS, RequesterStars
from manyhands.web.reputation.words import dimensions
from manyhands.web.requester import gate
from manyhands.web.site.account_review_views import operator_required
from manyhands.web.worker.access import worker_of, worker_required

RUNS_SHOWN = 30


@worker_required
@require_safe
def standing_page(request: HttpRequest) -> HttpResponse:
    """Approval rates, what rejections did to them, ratings, and the way to Masters. Three statements."""
    worker_id = worker_of(request)
    merit = masters.merit_of(worker_id)
    context = {
        "section": "standing",
        "standing": standing.standing(worker_id=worker_id),
        "rejections": standing.rejections(worker_id=worker_id),
        "raters_min": queries.RATERS_MIN,
        "merit": merit,
        "parts": _parts(merit),
        "formula": masters.FORMULA,
    }
    return render(request, "reputation/standing.html", context)


def _parts(merit: masters.Merit | None) -> list[tuple[str, str, float, float]]:
    """The formula's parts: name, the figure behind it, how full it is, and its weight."""
    if merit is None:
        return []
    formula = masters.FORMULA
    return [
        (
            gettext("Approved, cautiously estimated"),
            gettext("%(percent).1f %% or more, nothing below %(floor)d %%")
            % {"percent": 100 * merit.approval_low, "floor": round(100 * formula.approval_floor)},
            merit.approval,
            formula.approval_weight,
        ),
        (
            gettext("Time in the market"),
            gettext("%(days)d of %(full)d days") % {"days": merit.days, "full": formula.tenure_days_full},
            merit.tenure,
            formula.tenure_weight,
        ),
        (
            gettext("Different requesters"),
            gettext("%(count)d of %(full)d") % {"count": merit.requesters, "full": formula.requesters_full},
            merit.variety,
            formula.requesters_weight,
        ),
        (
            gettext("Different kinds of work"),
            gettext("%(count)d of %(full)d") % {"count": merit.kinds, "full": formula.kinds_full},
            merit.breadth,
            formula.kinds_weight,
        ),
    ]


@worker_required
@require_POST
def rate_requester(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Keep a worker's stars for the requester of a task of theirs, and go back to the task."""
    number = AssignmentId(assignment_id)
    if queries.both_sides(worker_id=worker_of(request), assignment_id=number) is None:
        raise NotFound
    try:
        operations.rate_requester(
            worker_id=worker_of(request),
            assignment_id=number,
            stars=RequesterStars(**{name: _stars(request, name) for name in dimensions()}),
            words=request.POST.get("words", ""),
        )
    except InvalidInput:
        messages.error(request, gettext("Choose one to five stars for each of the four."))
    else:
        messages.success(request, _thanks())
    return redirect("assignment", number)


@require_POST
@gate.requester_required
def rate_work(request: HttpRequest, batch: str, assignment: str) -> HttpResponse:
    """Keep a requester's stars for the work of one submission, and go back to it."""
    row = gate.assignment_of(request, gate.batch_of(request, batch), assignment)
    try:
        operations.rate_work(
            requester_id=gate.me(request),
            assignment_id=row.id,
            stars=_stars(request, "work"),
            words=request.POST.get("words", ""),
        )
    except InvalidInput:
        messages.error(request, gettext("Choose one to five stars."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _thanks())
    return redirect("review_assignment", batch, assignment)


def _stars(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) == 1 else 0


def _thanks() -> str:
    return gettext(
        "Thank you. Both ratings of this task open together, when the other side has rated too or after %(days)d days."
    ) % {"days": RATE_WITHIN_DAYS}


@require_safe
@operator_required
def masters_report(request: HttpRequest) -> HttpResponse:
    """The last nightly runs of the Masters formula, with who gained and who lost it, and by which figures."""
    runs = [
        (run, [_change(each) for each in run.changes])
        for run in MastersRun.objects.order_by("-id")[:RUNS_SHOWN]
    ]
    context = {"section": "staff", "runs": runs, "formula": masters.FORMULA}
    return render(request, "reputation/masters.html", context)


def _change(kept: dict[str, Any]) -> dict[str, Any]:
    return kept | {"public_id": ids.encode_account(kept["worker"])}
