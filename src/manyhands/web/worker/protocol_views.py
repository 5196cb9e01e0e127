"""Mechanical Turk's addresses of the worker site, for links and for tools of workers (MTurk API, 4.4)."""

import time
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from manyhands.catalog import projects as groups
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.catalog.search_address import from_parameters
from manyhands.core import ids
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AssignmentId, HITTypeId
from manyhands.quality.operations import known_answers
from manyhands.web.converters import HITTypePublicId
from manyhands.web.worker import preview_views, protocol_json, task_views
from manyhands.web.worker.access import worker_of, worker_required
from manyhands.work.operations import accepting
from manyhands.work.queries import statistics, tools
from manyhands.work.queries.statistics import Period

PAGE_SIZE = 20
PAGE_SIZE_MAX = 100
_SORTS = {"updated": "newest", "reward": "reward", "num_hits": "tasks"}


@worker_required
@require_safe
def projects(request: HttpRequest, requester: str = "") -> HttpResponse:
    """Task groups by Mechanical Turk's parameters; without ``format=json`` our own list of the same."""
    given = request.GET
    if given.get("format") != "json":
        named = {"q": given.get("filters[search_term]", ""), "requester": requester}
        query = urlencode({name: value for name, value in named.items() if value})
        return redirect(f"{reverse('tasks')}?{query}" if query else "tasks")
    search, ascending = _search(request, requester)
    size = min(_number(given.get("page_size", ""), PAGE_SIZE), PAGE_SIZE_MAX)
    worker_id = worker_of(request)
    found = catalog.listing(worker_id=worker_id, search=search, page_size=size, ascending=ascending)
    counts = {group.hit_type_id: group.task_count for group in found.groups}
    shown = groups.projects(worker_id=worker_id, hit_type_ids=[HITTypeId(number) for number in counts])
    results = [protocol_json.project(each, counts[each.hit_type_id]) for each in shown]
    return _paged(results, search.page, found.found_count)


def _search(request: HttpRequest, requester: str) -> tuple[Search, bool]:
    given = request.GET
    field, _, direction = given.get("sort", "").rpartition("_")
    search = from_parameters(
        {
            "q": given.get("filters[search_term]", ""),
            "min": given.get("filters[min_reward]", ""),
            "requester": requester,
            "sort": _SORTS.get(field, ""),
            "all": "" if _is_on(given.get("filters[qualified]", "")) else "1",
            "page": given.get("page_number", ""),
        },
        masters=_is_on(given.get("filters[masters]", "")),
    )
    return search, direction == "asc" and field in _SORTS


def _is_on(text: str) -> bool:
    return text.lower() in {"true", "1", "on"}


def _number(text: str, otherwise: int) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _paged(results: list[dict[str, object]], page: int, total: int) -> JsonResponse:
    return JsonResponse(
        {"results": results, "page_number": page, "num_results": len(results), "total_num_results": total}
    )


@worker_required
@require_safe
def queue(request: HttpRequest) -> JsonResponse:
    """What the worker holds."""
    worker_id = worker_of(request)
    held = tools.queue(worker_id=worker_id)
    wanted = list({each.hit_type_id for each in held})
    found = {each.hit_type_id: each for each in groups.projects(worker_id=worker_id, hit_type_ids=wanted)}
    tasks = [protocol_json.task(each, found[each.hit_type_id], worker_id) for each in held]
    return JsonResponse({"tasks": tasks, "total_num_results": len(tasks)})


@worker_required
@require_safe
def dashboard(request: HttpRequest) -> JsonResponse:
    """Earnings and submissions, in all and by day."""
    worker_id = worker_of(request)
    figures = statistics.statistics(worker_id=worker_id, period=Period.ALL)
    paid = statistics.lifetime(worker_id=worker_id)
    days = tools.days(worker_id=worker_id, zone=timezone.get_current_timezone_name())
    return JsonResponse(protocol_json.dashboard(figures, days, paid.rewards_minor, paid.bonus_minor))


@worker_required
@require_safe
def status_details(request: HttpRequest, day: str) -> HttpResponse:
    """The submissions of one day of the worker's; without ``format=json`` all of them."""
    if request.GET.get("format") != "json":
        return redirect("submissions")
    try:
        wanted = date.fromisoformat(day)
        begins = timezone.make_aware(datetime.combine(wanted, datetime.min.time()))
        ends = timezone.make_aware(datetime.combine(wanted + timedelta(days=1), datetime.min.time()))
    except (ValueError, OverflowError):
        raise Http404 from None
    page = _number(request.GET.get("page_number", ""), 1)
    lines = tools.day(worker_id=worker_of(request), begins=begins, ends=ends, page=page)
    return _paged(
        [protocol_json.day_line(each) for each in lines], page, lines[0].found_count if lines else 0
    )


@worker_required
def accept_random(request: HttpRequest, hit_type_id: int) -> HttpResponse:
    """Accept the next task: our own form posts, tools ask with GET and ``format=json``."""
    if request.method == "POST":
        return preview_views.accept_next(request, hit_type_id=hit_type_id)
    if request.GET.get("format") != "json":  # an address alone accepts nothing: its button does
        return redirect("group", hit_type_id)
    if not _is_own_request(request):
        return _said(403, gettext("Another site asked for this. Nothing was accepted."))
    worker_id = worker_of(request)
    if not cache.add(f"accept_random:{worker_id}:{int(time.time())}", 1, timeout=2):
        return _said(429, "too many requests")
    try:
        taken = known_answers.take_next(worker_id=worker_id, hit_type_id=HITTypeId(hit_type_id))
    except NotFound:
        raise
    except Refusal as refusal:
        return _said(422, str(refusal))
    hit, assignment = ids.encode("hit", taken.hit_id), ids.encode("assignment", taken.assignment_id)
    return redirect(protocol_json.task_address(hit_type_id, hit, assignment))


def _is_own_request(request: HttpRequest) -> bool:
    """From our own pages, from no browser, or a fetch of an extension's; never a link of another site."""
    site = request.headers.get("Sec-Fetch-Site", "")
    mode = request.headers.get("Sec-Fetch-Mode", "")
    return site in {"", "same-origin"} or (site == "none" and mode != "navigate")


def _said(status: int, message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


@csrf_exempt
def hit(request: HttpRequest, hit_type_id: int, hit_id: int) -> HttpResponse:
    """A task: its preview; the task itself with ``assignment_id``; POST with ``_method=delete`` returns it."""
    token = request.POST.get("authenticity_token")
    if token:
        request.META["HTTP_X_CSRFTOKEN"] = token
    return _hit(request, hit_type_id, hit_id)


@csrf_protect
def _hit(request: HttpRequest, hit_type_id: int, hit_id: int) -> HttpResponse:
    named = request.GET.get("assignment_id", "")
    if not named:
        return preview_views.hit_preview(request, hit_type_id=hit_type_id, hit_id=hit_id)
    number = ids.decode("assignment", named)
    if number is None:
        raise Http404
    if request.method == "POST" and request.POST.get("_method") == "delete":
        return _give_back(request, hit_type_id, number)
    return task_views.assignment(request, assignment_id=number)


@worker_required
def _give_back(request: HttpRequest, hit_type_id: int, assignment_id: int) -> HttpResponse:
    accepting.return_assignment(worker_id=worker_of(request), assignment_id=AssignmentId(assignment_id))
    if request.GET.get("format") == "json":
        return JsonResponse({})
    return redirect("group", hit_type_id=hit_type_id)


@worker_required
@require_safe
def legacy_preview(request: HttpRequest) -> HttpResponse:
    """``/mturk/preview?groupId=``: links that the protocol's programs print."""
    return redirect("group", hit_type_id=_group(request.GET.get("groupId", "")))


@worker_required
@require_safe
def legacy_contact(request: HttpRequest) -> HttpResponse:
    """The address at which tools write to a requester."""
    named = request.GET.get("hit_type_message[hit_type_id]", "")
    return redirect("contact_requester", hit_type_id=_group(named))


def _group(public_id: str) -> int:
    try:
        return HITTypePublicId().to_python(public_id)
    except ValueError:
        raise Http404 from None
