"""Finding work: the list of task groups, and the searches a worker keeps."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.catalog import queries, saving
from manyhands.catalog.queries import Limb, Listing
from manyhands.catalog.search import NEW_DAYS, SORTS, Search
from manyhands.catalog.search_address import from_parameters, query, to_parameters
from manyhands.core import money
from manyhands.core.errors import Refusal
from manyhands.web.requester.fields import currency_sign
from manyhands.web.worker import group_rows, protocol_views
from manyhands.web.worker.access import worker_of, worker_required


def tasks(request: HttpRequest) -> HttpResponse:
    """The list of task groups; as JSON (``format=json``) the worker's queue, as Mechanical Turk has it."""
    if request.GET.get("format") == "json":
        return protocol_views.queue(request)
    return task_list(request)


@worker_required
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Task groups this worker may find, with search, filters, categories and order in the address."""
    search = from_parameters(request.GET)
    listing = queries.listing(worker_id=worker_of(request), search=search)
    expand_all = request.GET.get("expand") == "all"
    context = {
        "section": "tasks",
        "search": search,
        "given": to_parameters(search),
        "listing": listing,
        "rows": group_rows.rows(request, listing.groups, expand_all=expand_all),
        "limb": _limb(listing, search),
        "expand_all": expand_all,
        "sorts": _sorts(),
        "new_days": [(days, _days(days)) for days in NEW_DAYS],
        "chips": _chips(search, listing),
        "currency_sign": currency_sign(),
        "query": _addresses(search, listing),
        "saved": [(each.name, query(each.search), each.search == search) for each in listing.saved],
    }
    return render(request, "worker/tasks.html", context)


def _sorts() -> list[tuple[str, str]]:
    names = {
        "newest": gettext("Newest first"),
        "pay": gettext("Best paid per hour first"),
        "reward": gettext("Highest reward first"),
        "tasks": gettext("Most tasks first"),
        "suggested": gettext("Suggested for you"),
    }
    return [(sort, names[sort]) for sort in SORTS]


def _days(days: int) -> str:
    return ngettext("in the last %(days)d day", "in the last %(days)d days", days) % {"days": days}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on: its words, and the address of the list without it."""

    words: str
    without: str


def _chips(search: Search, listing: Listing) -> list[Chip]:
    """The filters that are on, each with the way to drop it."""
    chips = []
    if search.requester_id is not None:
        name = next((group.requester_name for group in listing.groups), "")
        words = gettext("Only %(requester)s") % {"requester": name} if name else gettext("Only one requester")
        chips.append(Chip(words, query(search, requester="", page="")))
    if search.pay_min is not None:
        words = gettext("At least %(amount)s per hour") % {"amount": money.show(search.pay_min)}
        chips.append(Chip(words, query(search, pay="", page="")))
    if search.reward_min is not None:
        words = gettext("Reward from %(amount)s") % {"amount": money.show(search.reward_min)}
        chips.append(Chip(words, query(search, min="", page="")))
    if search.reward_max is not None:
        words = gettext("Reward up to %(amount)s") % {"amount": money.show(search.reward_max)}
        chips.append(Chip(words, query(search, max="", page="")))
    if search.new_days:
        words = gettext("New: %(when)s") % {"when": _days(search.new_days)}
        chips.append(Chip(words, query(search, new="", page="")))
    if search.bonus:
        chips.append(Chip(gettext("Bonus offered"), query(search, bonus="", page="")))
    return chips


def _limb(listing: Listing, search: Search) -> Limb | None:
    """The category that is chosen."""
    return next((limb for limb in listing.tree if limb.slug == search.category), None)


def _addresses(search: Search, listing: Listing) -> dict[str, str]:
    """Addresses of this list with one thing changed."""
    last = (listing.found_count + queries.PAGE_SIZE - 1) // queries.PAGE_SIZE
    return {
        # What a link to a category keeps: the words, the filters, the order and who is qualified.
        "kept": query(search, category="", sub="", page=""),
        "expand": query(search, expand="all"),
        "collapse": query(search),
        "with_unqualified": query(search, all="1", page=""),
        "suggested": query(search, sort="suggested", page=""),
        "newer": query(search, page=str(search.page - 1)) if search.page > 1 else "",
        "older": query(search, page=str(search.page + 1)) if search.page < last else "",
    }


# Saved searches -------------------------------------------------------------------------------


@worker_required
def saved_searches(request: HttpRequest) -> HttpResponse:
    """The searches a worker keeps; on POST, keep the one whose address is sent."""
    worker_id = worker_of(request)
    if request.method != "POST":
        kept = saving.saved_searches(worker_id=worker_id)
        context = {"section": "tasks", "saved": [(each, query(each.search)) for each in kept]}
        return render(request, "worker/saved_searches.html", context)
    search = from_parameters(QueryDict(request.POST.get("search", "")[:2_000]))
    alerts = request.POST.get("alerts") == "on"
    try:
        saving.save_search(
            worker_id=worker_id, name=request.POST.get("name", ""), search=search, alerts=alerts
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        words = (
            gettext("Search saved. We tell you when a new task group fits it.")
            if alerts
            else gettext("Search saved. You find it beside the categories.")
        )
        messages.success(request, words)
    return redirect(f"{reverse('tasks')}?{query(search)}")


@worker_required
@require_POST
def change_saved_search(request: HttpRequest) -> HttpResponse:
    """Alerts on or off, or remove a search: ``do`` says which, ``id`` of what."""
    wanted, number = request.POST.get("do", ""), request.POST.get("id", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    worker_id, search_id = worker_of(request), int(number)
    if wanted == "remove":
        saving.remove_search(worker_id=worker_id, search_id=search_id)
        messages.success(request, gettext("Search removed."))
    else:
        alerts = wanted == "alerts"
        saving.set_alerts(worker_id=worker_id, search_id=search_id, alerts=alerts)
        messages.success(
            request,
            gettext("We tell you when a new task group fits this search.")
            if alerts
            else gettext("Alerts are off. The search stays."),
        )
    return redirect("saved_searches")
