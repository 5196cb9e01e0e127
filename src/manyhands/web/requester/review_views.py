"""Review: submissions one by one or many at once, by keyboard, mouse or plain forms."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core import ids, money
from manyhands.core.ids import AssignmentId
from manyhands.proofreading import queries as proofreading
from manyhands.quality.queries import evidence
from manyhands.reputation import queries as ratings
from manyhands.web.assessments.worker_views import grade_names
from manyhands.web.requester import gate, present
from manyhands.web.requester.forms import REASONS, RejectForm
from manyhands.work import errors
from manyhands.work.operations import reviewing
from manyhands.work.queries import api as api_queries
from manyhands.work.queries import requester as queries
from manyhands.work.queries.files import of_answers

FILTERS = ("waiting", "approved", "rejected", "all")
ACTS = ("approve", "reject", "send-back", "override")


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def review(request: HttpRequest, batch: str) -> HttpResponse:
    """A page of submissions; posted, what is selected is decided at once. Five statements to show."""
    found = gate.batch_of(request, batch)
    if request.method == "POST":
        return _decide_selected(request, batch)
    show = request.GET.get("show", "waiting")
    if show not in FILTERS:
        raise Http404
    after = ids.decode("assignment", request.GET.get("after", "")) or 0
    rows = queries.review_page(
        requester_id=gate.me(request),
        batch_id=found.id,
        show=cast("queries.Filter", show),
        after=after,
        limit=queries.REVIEW_PAGE + 1,
    )
    lines = _lines(request, found, batch, rows[: queries.REVIEW_PAGE])
    page = {
        "batch": found,
        "public_id": batch,
        "counts": queries.counts(requester_id=gate.me(request), batch_id=found.id),
        "show": show,
        "lines": lines,
        "next_url": f"?show={show}&after={lines[-1].public_id}" if len(rows) > queries.REVIEW_PAGE else "",
        "first_url": f"?show={show}" if after else "",
        "until": timezone.now().isoformat(),
        "reasons": REASONS,
        "section": "requester",
    }
    return render(request, "requester/review.html", page)


def _lines(
    request: HttpRequest, batch: queries.Batch, public_id: str, rows: list[queries.AssignmentRow]
) -> list[present.Decision]:
    """Submissions with what is known about each beside its answer."""
    known = evidence(requester_id=gate.me(request), assignment_ids=[row.id for row in rows])
    files = of_answers((row.id, row.answer) for row in rows)
    return [present.decision(row, batch, public_id, known.get(row.id), files.get(row.id)) for row in rows]


def _decide_selected(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve or reject what is ticked: those of this requester; others are left alone and counted."""
    chosen = [ids.decode("assignment", text) for text in request.POST.getlist("assignment")]
    selected = [AssignmentId(number) for number in chosen if number is not None]
    back = f"{reverse('review', args=[public_id])}?show={request.POST.get('show', 'waiting')}"
    if not selected:
        messages.warning(request, gettext("Select at least one submission first."))
        return redirect(back)
    if request.POST.get("act") == "reject":
        decided = reviewing.reject(
            requester_id=gate.me(request),
            assignment_ids=selected,
            actor_id=gate.actor(request),
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", ""),
        )
        text = ngettext("%(count)s rejected.", "%(count)s rejected.", len(decided.decided))
    else:
        decided = reviewing.approve(
            requester_id=gate.me(request), assignment_ids=selected, actor_id=gate.actor(request)
        )
        text = ngettext("%(count)s approved.", "%(count)s approved.", len(decided.decided))
    _tell(request, text % {"count": len(decided.decided)}, len(decided.unchanged))
    return redirect(back)


def _tell(request: HttpRequest, text: str, unchanged: int) -> None:
    if unchanged:
        left = ngettext(
            "%(count)s had already been decided and stays as it is.",
            "%(count)s had already been decided and stay as they are.",
            unchanged,
        )
        text = f"{text} {left % {'count': unchanged}}"
    messages.success(request, text)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def approve_all(request: HttpRequest, batch: str) -> HttpResponse:
    """Approve everything that waited when the page was shown, after saying what it pays."""
    found = gate.batch_of(request, batch)
    until = parse_datetime(request.POST.get("until") or request.GET.get("until", "")) or timezone.now()
    waiting = queries.waiting_ids(requester_id=gate.me(request), batch_id=found.id, until=until)
    if request.method == "POST":
        decided = reviewing.approve(
            requester_id=gate.me(request), assignment_ids=waiting, actor_id=gate.actor(request)
        )
        count = len(decided.decided)
        text = ngettext("%(count)s approved.", "%(count)s approved.", count) % {"count": count}
        _tell(request, text, len(decided.unchanged))
        return redirect("review", batch)
    cost = money.show(len(waiting) * (found.reward_minor + found.fee_minor))
    page = {
        "title": gettext("Approve all that wait?"),
        "effects": [
            ngettext(
                "%(count)s submission is approved and its worker paid; this cannot be undone.",
                "%(count)s submissions are approved and their workers paid; this cannot be undone.",
                len(waiting),
            )
            % {"count": len(waiting)},
            gettext("%(amount)s of the reserved money is spent, fees included.") % {"amount": cost},
            gettext("Submissions that arrive from now on are not touched."),
        ],
        "hidden": {"until": until.isoformat()},
        "button": gettext("Approve %(count)s for %(amount)s") % {"count": len(waiting), "amount": cost},
        "back": reverse("review", args=[batch]),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)


@require_safe
@gate.requester_required
def show(request: HttpRequest, batch: str, assignment: str) -> HttpResponse:
    """One submission with its history."""
    found = gate.batch_of(request, batch)
    row = gate.assignment_of(request, found, assignment)
    return _one(request, batch, found, row, status=200)


def _one(
    request: HttpRequest,
    public_id: str,
    batch: queries.Batch,
    row: queries.AssignmentRow,
    *,
    status: int,
    problem: str = "",
) -> HttpResponse:
    page: dict[str, Any] = {
        "batch": batch,
        "public_id": public_id,
        "line": _lines(request, batch, public_id, [row])[0],
        "events": queries.events(requester_id=gate.me(request), assignment_id=row.id),
        "reasons": REASONS,
        "bonuses": api_queries.bonuses(requester_id=gate.me(request), assignment_id=row.id, limit=50),
        "ratings": ratings.both_sides(requester_id=gate.me(request), assignment_id=row.id),
        "rate_url": reverse("rate_work", args=[public_id, ids.encode("assignment", row.id)]),
        "verdict": proofreading.verdict(assignment_id=row.id),
        "grade_names": grade_names(),
        "worker_rating": ratings.of_worker(worker_id=row.worker_id),
        "raters_min": ratings.RATERS_MIN,
        "problem": problem,
        "section": "requester",
    }
    return render(request, "requester/assignment.html", page, status=status)


@require_POST
@gate.requester_required
def decide(request: HttpRequest, batch: str, assignment: str, act: str) -> HttpResponse:
    """Approve, reject, send back, or approve after rejection; the row again, or the page it was on."""
    found = gate.batch_of(request, batch)
    row = gate.assignment_of(request, found, assignment)
    if act not in ACTS:
        raise Http404
    problem = _act(request, row, act)
    row = gate.assignment_of(request, found, assignment)
    if request.headers.get("HX-Request"):
        return _row(request, batch, found, row, problem=problem)
    if problem:
        return _one(request, batch, found, row, status=422, problem=problem)
    if request.POST.get("from") == "one":
        return redirect("review_assignment", batch, assignment)
    return redirect(f"{reverse('review', args=[batch])}?show={request.POST.get('show', 'waiting')}")


def _act(request: HttpRequest, row: queries.AssignmentRow, act: str) -> str:
    """Call the operation; the sentence to show when words are missing. Other refusals are answered above."""
    requester_id, actor_id = gate.me(request), gate.actor(request)
    words = request.POST.get("words", "")
    if act == "override":
        reviewing.override_rejection(
            requester_id=requester_id, assignment_id=row.id, actor_id=actor_id, feedback=words
        )
        return ""
    if act == "send-back":
        try:
            reviewing.send_back(
                requester_id=requester_id, assignment_id=row.id, actor_id=actor_id, words=words
            )
        except errors.WordsNeeded as refusal:
            return str(refusal)
        return ""
    if act == "approve":
        decided = reviewing.approve(
            requester_id=requester_id, assignment_ids=[row.id], actor_id=actor_id, feedback=words
        )
    else:
        form = RejectForm(request.POST)
        if not form.is_valid():
            return " ".join(str(sentence) for found in form.errors.values() for sentence in found)
        decided = reviewing.reject(
            requester_id=requester_id,
            assignment_ids=[row.id],
            actor_id=actor_id,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
        )
    if not decided.decided:
        raise errors.NotSubmitted
    return ""


def _row(
    request: HttpRequest, public_id: str, batch: queries.Batch, row: queries.AssignmentRow, *, problem: str
) -> HttpResponse:
    page = {
        "batch": batch,
        "public_id": public_id,
        "line": _lines(request, batch, public_id, [row])[0],
        "counts": queries.counts(requester_id=gate.me(request), batch_id=batch.id),
        "show": request.POST.get("show", "waiting"),
        "reasons": REASONS,
        "problem": problem,
        "is_swap": True,
    }
    return render(request, "requester/review_swap.html", page, status=422 if problem else 200)
