"""A draft batch: its rows, its price, publishing it with progress, throwing it away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core import money
from manyhands.core.errors import InvalidInput, Refusal
from manyhands.ledger.queries import balance_of
from manyhands.web.requester import asking_views, gate, present
from manyhands.web.requester.fields import currency_sign
from manyhands.web.requester.forms import TermsForm, add_refusals
from manyhands.work import jobs
from manyhands.work.operations import batches
from manyhands.work.queries.requester import Batch

# So many rows are published while the requester waits; more by a job, with progress.
ROWS_AT_ONCE = 2_000
ROWS_SHOWN = 10


def show_draft(request: HttpRequest, public_id: str, batch: Batch) -> HttpResponse:
    """Rows, live preview, price, who may do it, and the way to publish. Four statements after the batch itself."""
    return _page(request, public_id, batch, _terms(batch), status=200)


def _terms(batch: Batch) -> TermsForm:
    return TermsForm(
        initial={
            "reward": batch.reward_minor,
            "max_assignments": batch.max_assignments,
            "lifetime_s": batch.lifetime_s,
        }
    )


def _page(
    request: HttpRequest, public_id: str, batch: Batch, form: TermsForm, *, status: int
) -> HttpResponse:
    page = {
        "batch": batch,
        "public_id": public_id,
        "form": form,
        "shown_rows": [
            [row.get(column, "") for column in batch.columns] for row in batch.sample_rows[:ROWS_SHOWN]
        ],
        "preview": present.preview(gate.me(request), batch.html, batch.sample_rows),
        "section": "requester",
    } | _price(request, batch)
    page |= asking_views.of_project(request, batch.project_id)
    return render(request, "requester/draft.html", page, status=status)


def _price(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """What publishing at the batch's present terms costs, and what the balance is then."""
    price = batches.price_of(batch)
    available = balance_of(gate.me(request)).available_minor
    missing = max(0, price.total_minor - available)
    return {
        "price": price,
        "available": available,
        "after": available - price.total_minor,
        "missing": missing,
        "currency_sign": currency_sign(),
        "missing_plain": money.plain(missing),
    }


@require_POST
@gate.requester_required
def price(request: HttpRequest, batch: str) -> HttpResponse:
    """Set the terms; the new price as a fragment for htmx, else the page again."""
    found = gate.batch_of(request, batch)
    form = TermsForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            batches.price_batch(
                requester_id=gate.me(request),
                batch_id=found.id,
                reward_minor=data["reward"],
                max_assignments=data["max_assignments"],
                lifetime_s=data["lifetime_s"],
            )
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        else:
            found = gate.batch_of(request, batch)
    status = 200 if form.is_valid() else 422
    if request.headers.get("HX-Request"):
        page = {"batch": found, "public_id": batch, "form": form} | _price(request, found)
        return render(request, "requester/price.html", page, status=status)
    return redirect("batch", batch) if status == 200 else _page(request, batch, found, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def publish(request: HttpRequest, batch: str) -> HttpResponse:
    """Ask with the price in words; then publish, here for small files, by a job for large ones."""
    found = gate.batch_of(request, batch)
    priced = _price(request, found)
    total = priced["price"].total_minor
    if request.method != "POST" or request.POST.get("total_minor") != str(total):
        if found.status != "draft":
            return redirect("batch", batch)
        page = {"batch": found, "public_id": batch, "section": "requester"} | priced
        page["has_changed"] = request.method == "POST"
        page |= asking_views.of_project(request, found.project_id)
        return render(request, "requester/publish.html", page, status=409 if page["has_changed"] else 200)
    batches.start_publishing(requester_id=gate.me(request), batch_id=found.id)
    if found.row_count > ROWS_AT_ONCE:
        jobs.publish_batch.defer(batch_id=found.id, actor_id=gate.actor(request))
        return redirect("batch", batch)
    try:
        published = batches.publish(batch_id=found.id, actor_id=gate.actor(request))
    except Refusal:
        # The batch is a draft again and carries the reason; its page shows it.
        return redirect("batch", batch)
    text = gettext("%(count)s tasks are published. Workers can find them now.") % {
        "count": published.hit_count
    }
    messages.success(request, text)
    return redirect("batch", batch)


@require_safe
@gate.requester_required
def progress(request: HttpRequest, batch: str) -> HttpResponse:
    """How far publishing has come, as a fragment that asks again; once it is over, the page is loaded anew."""
    found = gate.batch_of(request, batch)
    if found.status != "publishing":
        return HttpResponse(headers={"HX-Redirect": reverse("batch", args=[batch])})
    return render(request, "requester/progress.html", {"batch": found, "public_id": batch})


def show_publishing(request: HttpRequest, public_id: str, batch: Batch) -> HttpResponse:
    """The page to wait on, or to leave and find again."""
    page = {"batch": batch, "public_id": public_id, "section": "requester"}
    return render(request, "requester/publishing.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def discard(request: HttpRequest, batch: str) -> HttpResponse:
    """Throw a draft and its file away, after asking."""
    found = gate.batch_of(request, batch)
    if request.method == "POST":
        batches.discard_batch(requester_id=gate.me(request), batch_id=found.id)
        messages.success(request, gettext("The draft “%(name)s” is gone.") % {"name": found.name})
        return redirect("requester_home")
    page = {
        "title": gettext("Throw away the draft “%(name)s”?") % {"name": found.name},
        "effects": [
            gettext("The uploaded file is deleted; you can upload it again."),
            gettext("Nothing was published, so no money moves."),
        ],
        "button": gettext("Throw the draft away"),
        "back": reverse("batch", args=[batch]),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)
