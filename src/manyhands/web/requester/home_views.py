"""The requester's desk: projects, recent batches, money."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.accounts import operations
from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.ledger.queries import balance_of
from manyhands.web.requester import gate, listing
from manyhands.web.site.account_forms import DisplayNameForm
from manyhands.work.queries import requester as queries

BATCHES_SHOWN = 15


@require_safe
@gate.requester_required
def home(request: HttpRequest) -> HttpResponse:
    """Projects and recent batches with their progress, and the balance. Four statements with the session."""
    requester_id = gate.me(request)
    before = ids.decode("batch", request.GET.get("before", "")) or 2**62
    page = {
        "section": "requester",
        "projects": listing.projects(queries.projects(requester_id)),
        "balance": balance_of(requester_id),
        "is_first_page": before == 2**62,
    } | listing.batches(requester_id, before=before, limit=BATCHES_SHOWN)
    return render(request, "requester/home.html", page)


@login_required
@require_POST
def become(request: HttpRequest) -> HttpResponseBase:
    """Make the account a requester's and go on to the desk."""
    form = DisplayNameForm(request.POST)
    if not form.is_valid():
        return gate.offer_role(request, status=422, form=form)
    try:
        operations.become_requester(
            account_id=gate.actor(request), display_name=form.cleaned_data["display_name"]
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, gettext("You can publish tasks now."))
    return redirect("requester_home")
