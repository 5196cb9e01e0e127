"""Finding work: the list of task groups."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from manyhands.catalog import queries
from manyhands.catalog.queries import Limb, Listing, Search
from manyhands.web.worker import group_rows
from manyhands.web.worker.access import worker_of, worker_required


@worker_required
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Task groups this worker may find, with search, categories and order in the address."""
    search = _search(request.GET)
    listing = queries.listing(worker_id=worker_of(request), search=search)
    expand_all = request.GET.get("expand") == "all"
    context = {
        "section": "tasks",
        "search": search,
        "listing": listing,
        "rows": group_rows.rows(request, listing.groups, expand_all=expand_all),
        "limb": _limb(listing, search),
        "expand_all": expand_all,
        "sorts": _sorts(),
        "query": _addresses(search, listing),
        "is_narrowed": bool(search.words or search.category),
    }
    return render(request, "worker/tasks.html", context)


def _search(wanted: QueryDict) -> Search:
    sort, page = wanted.get("sort", ""), wanted.get("page", "")
    return Search(
        text=wanted.get("q", "")[:200].strip(),
        category=wanted.get("category", "")[:50].replace("\0", ""),
        sub_category=wanted.get("sub", "")[:50].replace("\0", ""),
        sort=sort if sort in queries.SORTS else queries.SORTS[0],
        unqualified=wanted.get("all") == "1",
        page=min(max(int(page), 1), queries.PAGE_MAX) if page.isascii() and page.isdigit() else 1,
    )


def _sorts() -> list[tuple[str, str]]:
    names = {
        "newest": gettext("Newest first"),
        "reward": gettext("Highest reward first"),
        "tasks": gettext("Most tasks first"),
    }
    return [(sort, names[sort]) for sort in queries.SORTS]


def _limb(listing: Listing, search: Search) -> Limb | None:
    """The category that is chosen."""
    return next((limb for limb in listing.tree if limb.slug == search.category), None)


def _addresses(search: Search, listing: Listing) -> dict[str, str]:
    """Addresses of this list with one thing changed."""
    base = {
        "q": search.text, "category": search.category, "sub": search.sub_category,
        "sort": "" if search.sort == queries.SORTS[0] else search.sort,
        "all": "1" if search.unqualified else "",
    }  # fmt: skip
    last = (listing.found_count + queries.PAGE_SIZE - 1) // queries.PAGE_SIZE
    return {
        # What a link to a category keeps: the words, the order and who is qualified.
        "kept": _query(base | {"category": "", "sub": ""}),
        "expand": _query(base | {"expand": "all", "page": str(search.page)}),
        "collapse": _query(base | {"page": str(search.page)}),
        "with_unqualified": _query(base | {"all": "1"}),
        "newer": _query(base | {"page": str(search.page - 1)}) if search.page > 1 else "",
        "older": _query(base | {"page": str(search.page + 1)}) if search.page < last else "",
    }


def _query(pairs: dict[str, str]) -> str:
    return urlencode({name: value for name, value in pairs.items() if value})
