"""A batch whatever its state; published ones live, with what can still be done to them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.core import ids, money
from manyhands.core.errors import InvalidInput
from manyhands.ledger.queries import balance_of
from manyhands.messaging.feedback_queries import Feedback, feedback_on_batch
from manyhands.web.requester import asking_views, batch_charts, draft_views, gate, present
from manyhands.web.requester.forms import ExtendForm, add_refusals
from manyhands.work.operations import batches
from manyhands.work.queries import asking as asked_queries
from manyhands.work.queries import requester as queries

LIVE_EVERY_S = 4


@require_safe
@gate.requester_required
def show(request: HttpRequest, batch: str) -> HttpResponse:
    """The page of a batch: a draft to price, progress to wait for, or live figures.

    Seven statements for a published batch: session, batch, counts, two for the charts, feedback, what is asked.
    """
    found = gate.batch_of(request, batch)
    if found.status == "draft":
        return draft_views.show_draft(request, batch, found)
    if found.status == "publishing":
        return draft_views.show_publishing(request, batch, found)
    requester_id = gate.me(request)
    page = _live(request, batch, found)
    page["charts"] = batch_charts.of(requester_id, found, page["counts"])
    page["feedback"] = _feedback(request, batch, found)
    asked = asked_queries.of_batch(requester_id=requester_id, batch_id=found.id)
    page["requirements"] = asking_views.shown(asked)
    return render(request, "requester/batch.html", page)


def _feedback(request: HttpRequest, public_id: str, batch: queries.Batch) -> list[tuple[Feedback, str]]:
    """What workers said about the batch's tasks, each with the address of its submission."""
    said = feedback_on_batch(requester_id=gate.me(request), batch_id=batch.id)
    return [
        (each, reverse("review_assignment", args=[public_id, ids.encode("assignment", each.assignment_id)]))
        for each in said
    ]


@require_safe
@gate.requester_required
def live(request: HttpRequest, batch: str) -> HttpResponse:
    """The figures of a published batch, as a fragment that asks again while anything can change."""
    return render(request, "requester/live.html", _live(request, batch, gate.batch_of(request, batch)))


def _live(request: HttpRequest, public_id: str, batch: queries.Batch) -> dict[str, Any]:
    counts = queries.counts(requester_id=gate.me(request), batch_id=batch.id)
    return {
        "batch": batch,
        "public_id": public_id,
        "counts": counts,
        "parts": present.parts(counts),
        "budget": counts.spent_minor + counts.reserved_minor,
        "is_live": batch.status == "published" and not counts.is_finished,
        "live_every_s": LIVE_EVERY_S,
        "can_dispose": batch.status == "published" and counts.is_finished,
        "section": "requester",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def extend(request: HttpRequest, batch: str) -> HttpResponse:
    """More assignments or a later end: first the price, then, confirmed, the act."""
    found = gate.batch_of(request, batch)
    form = ExtendForm(request.POST or None, initial={"more_assignments": 1})
    page: dict[str, Any] = {"batch": found, "public_id": batch, "form": form, "section": "requester"}
    page["counts"] = queries.counts(requester_id=gate.me(request), batch_id=found.id)
    page["cost_of_one"] = page["counts"].hits * (found.reward_minor + found.fee_minor)
    if not form.is_valid():
        return render(request, "requester/extend.html", page, status=422 if form.is_bound else 200)
    more = form.cleaned_data["more_assignments"] or 0
    expires_at = form.later_end(found.expires_at)
    if "confirmed" not in request.POST:
        ahead = expires_at is not None or not found.is_over
        reopened = page["counts"].ended if ahead else 0
        places = more * page["counts"].hits + reopened if ahead else 0
        page |= {"more": more, "expires_at": expires_at, "reopened": reopened, "places": places}
        page["cost"] = places * (found.reward_minor + found.fee_minor)
        page["available"] = balance_of(gate.me(request)).available_minor
        page["nothing"] = not more and not expires_at
        page["is_asking"] = not page["nothing"]
        return render(request, "requester/extend.html", page, status=422 if page["nothing"] else 200)
    try:
        extended = batches.extend_batch(
            requester_id=gate.me(request),
            batch_id=found.id,
            actor_id=gate.actor(request),
            more_assignments=more,
            expires_at=expires_at,
        )
    except InvalidInput as refusal:
        add_refusals(form, refusal)
        return render(request, "requester/extend.html", page, status=422)
    text = ngettext("%(count)s place is open again.", "%(count)s places are open again.", extended.opened)
    messages.success(request, text % {"count": extended.opened})
    return redirect("batch", batch)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def expire(request: HttpRequest, batch: str) -> HttpResponse:
    """End the batch now, after saying what that does to tasks and money."""
    found = gate.batch_of(request, batch)
    if request.method == "POST":
        batches.expire_batch(requester_id=gate.me(request), batch_id=found.id, actor_id=gate.actor(request))
        messages.success(
            request, gettext("The batch has ended. What was free is withdrawn and its money is back.")
        )
        return redirect("batch", batch)
    counts = queries.counts(requester_id=gate.me(request), batch_id=found.id)
    back_minor = counts.open * (found.reward_minor + found.fee_minor)
    page = {
        "title": gettext("End “%(name)s” now?") % {"name": found.name},
        "effects": [
            gettext("%(count)s free places are withdrawn, and %(amount)s goes back to your balance.")
            % {"count": counts.open, "amount": money.show(back_minor)},
            gettext("%(count)s assignments in work go on: their workers may still submit and be paid.")
            % {"count": counts.in_work},
            gettext("You can extend the batch later; that reserves the money again."),
        ],
        "button": gettext("End the batch and get %(amount)s back") % {"amount": money.show(back_minor)},
        "back": reverse("batch", args=[batch]),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def dispose(request: HttpRequest, batch: str) -> HttpResponse:
    """Close a finished batch for good, after saying so."""
    found = gate.batch_of(request, batch)
    if request.method == "POST":
        batches.dispose_batch(requester_id=gate.me(request), batch_id=found.id, actor_id=gate.actor(request))
        messages.success(request, gettext("The batch is closed. Its answers stay."))
        return redirect("batch", batch)
    counts = queries.counts(requester_id=gate.me(request), batch_id=found.id)
    page = {
        "title": gettext("Close “%(name)s” for good?") % {"name": found.name},
        "effects": [
            gettext("The batch can no longer be extended. This cannot be undone."),
            gettext("All answers stay, here and in the downloads."),
            gettext("No money moves; %(amount)s was spent.") % {"amount": money.show(counts.spent_minor)},
        ],
        "button": gettext("Close the batch for good"),
        "danger": True,
        "back": reverse("batch", args=[batch]),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)
