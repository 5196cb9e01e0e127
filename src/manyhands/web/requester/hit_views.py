"""One task of a batch: its figures and answers, and what can be done to it alone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.core import ids, money
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import HITId
from manyhands.ledger.queries import balance_of
from manyhands.web.requester import gate, present
from manyhands.web.requester.forms import ExtendForm, add_refusals
from manyhands.work.operations import single_hits
from manyhands.work.queries import api as hits
from manyhands.work.queries import requester as queries

ANSWERS_SHOWN = 100


def _hit_of(request: HttpRequest, batch: queries.Batch, public_id: str) -> hits.HIT:
    """A task of the requester's own batch, or 404."""
    found = hits.hit(requester_id=gate.me(request), hit_id=HITId(gate.number("hit", public_id)))
    if found is None or found.batch_id != batch.id:
        raise Http404
    return found


def _page(request: HttpRequest, batch: str, hit: str) -> dict[str, Any]:
    found = gate.batch_of(request, batch)
    row = _hit_of(request, found, hit)
    return {"batch": found, "public_id": batch, "hit": row, "hit_public_id": hit, "section": "requester"}


@require_safe
@gate.requester_required
def show(request: HttpRequest, batch: str, hit: str) -> HttpResponse:
    """Figures, input and answers of one task. Four statements; a fifth where it might be closed."""
    page = _page(request, batch, hit)
    row: hits.HIT = page["hit"]
    answers = hits.assignments_of(
        requester_id=gate.me(request),
        hit_id=row.id,
        statuses=["submitted", "approved", "rejected"],
        limit=ANSWERS_SHOWN,
    )
    page["answers"] = [
        (
            each,
            ids.encode_account(each.worker_id),
            reverse("review_assignment", args=[batch, ids.encode("assignment", each.id)]),
        )
        for each in answers
    ]
    page["input"] = present.input_lines(row.input, page["batch"].columns)
    page["is_over"] = row.expires_at <= page["batch"].now
    page["can_close"] = row.status in {"reviewable", "reviewing"} and not hits.assignments_of(
        requester_id=gate.me(request), hit_id=row.id, statuses=["submitted"], limit=1
    )
    return render(request, "requester/hit.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def extend(request: HttpRequest, batch: str, hit: str) -> HttpResponse:
    """More assignments or a later end for one task: first the price, then, confirmed, the act."""
    page = _page(request, batch, hit)
    row: hits.HIT = page["hit"]
    form = ExtendForm(request.POST or None, initial={"more_assignments": 1})
    one_minor = row.reward_minor + page["batch"].fee_minor
    page |= {"form": form, "cost_of_one": one_minor}
    if not form.is_valid():
        return render(request, "requester/hit_extend.html", page, status=422 if form.is_bound else 200)
    more = form.cleaned_data["more_assignments"] or 0
    expires_at = form.later_end(row.expires_at)
    if "confirmed" not in request.POST:
        page |= {"more": more, "expires_at": expires_at, "nothing": not more and not expires_at}
        page["cost"] = more * one_minor
        page["available"] = balance_of(gate.me(request)).available_minor
        page["is_asking"] = not page["nothing"]
        return render(request, "requester/hit_extend.html", page, status=422 if page["nothing"] else 200)
    try:
        extended = single_hits.extend_hit(
            requester_id=gate.me(request),
            actor_id=gate.actor(request),
            hit_id=row.id,
            more_assignments=more,
            expires_at=expires_at,
        )
    except InvalidInput as refusal:
        add_refusals(form, refusal)
        return render(request, "requester/hit_extend.html", page, status=422)
    text = ngettext("%(count)s place is open again.", "%(count)s places are open again.", extended.opened)
    messages.success(request, text % {"count": extended.opened})
    return redirect("hit", batch, hit)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def expire(request: HttpRequest, batch: str, hit: str) -> HttpResponse:
    """End one task now, after saying what that does."""
    page = _page(request, batch, hit)
    row: hits.HIT = page["hit"]
    if request.method == "POST":
        single_hits.set_expiration(
            requester_id=gate.me(request),
            actor_id=gate.actor(request),
            hit_id=row.id,
            expires_at=timezone.now(),
        )
        messages.success(
            request, gettext("The task has ended. What was free is withdrawn and its money is back.")
        )
        return redirect("hit", batch, hit)
    back = money.show(row.available * (row.reward_minor + page["batch"].fee_minor))
    page |= {
        "title": gettext("End this task now?"),
        "effects": [
            gettext("%(count)s free places are withdrawn, and %(amount)s goes back to your balance.")
            % {"count": row.available, "amount": back},
            gettext("%(count)s assignments in work go on: their workers may still submit and be paid.")
            % {"count": row.pending},
            gettext("You can extend the task later; that reserves the money again."),
        ],
        "button": gettext("End the task and get %(amount)s back") % {"amount": back},
        "back": reverse("hit", args=[batch, hit]),
    }
    return render(request, "requester/confirm.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def dispose(request: HttpRequest, batch: str, hit: str) -> HttpResponse:
    """Close one finished task for good, after saying so."""
    page = _page(request, batch, hit)
    if request.method == "POST":
        single_hits.dispose_hit(
            requester_id=gate.me(request), actor_id=gate.actor(request), hit_id=page["hit"].id
        )
        messages.success(request, gettext("The task is closed. Its answers stay."))
        return redirect("hit", batch, hit)
    page |= {
        "title": gettext("Close this task for good?"),
        "effects": [
            gettext("The task can no longer be extended. This cannot be undone."),
            gettext("All answers stay, here and in the downloads."),
        ],
        "button": gettext("Close the task for good"),
        "danger": True,
        "back": reverse("hit", args=[batch, hit]),
    }
    return render(request, "requester/confirm.html", page)
