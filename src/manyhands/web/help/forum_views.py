"""The workers' forum: categories, threads, posts, search."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.help.errors import NameNeeded, NameReserved, NameTaken, ThreadNotFound
from manyhands.help.models import PostId, ThreadId
from manyhands.help.operations import forum as operations
from manyhands.help.queries import forum as queries
from manyhands.help.queries.forum import CategoryLine, Post, ThreadHead
from manyhands.web import refusals
from manyhands.web.help import words
from manyhands.web.help.access import account_id_of, forum_member, is_staff
from manyhands.web.help.forms import EditForm, PostForm, ThreadForm
from manyhands.web.help.paging import Paged, page_number

_ABOUT_NAME = (NameNeeded, NameTaken, NameReserved)


@forum_member
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The categories."""
    found = queries.categories(account_id=account_id_of(request), for_staff=is_staff(request))
    lines = [(line, words.in_language(line.name), words.in_language(line.description)) for line in found]
    waiting = len(queries.reported()) if is_staff(request) else 0
    context = {"here": "forum", "lines": lines, "for_staff": is_staff(request), "reported_count": waiting}
    return render(request, "help/forum/home.html", context)


@forum_member
@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The threads of a category, the last written in first."""
    chosen = _category(request, slug)
    before = ids.decode("forum_post", request.GET.get("before", "")) or queries.NEWEST
    found = queries.threads(
        account_id=account_id_of(request), slug=slug, before=before, for_staff=is_staff(request)
    )
    shown = found[: queries.THREADS_PAGE]
    more = len(found) > queries.THREADS_PAGE
    context = {
        "here": "forum",
        "category": chosen,
        "category_name": words.in_language(chosen.name),
        "description": words.in_language(chosen.description),
        "threads": shown,
        "newer_url": "" if before == queries.NEWEST else request.path,
        "older_url": f"?before={ids.encode('forum_post', shown[-1].last_post_id)}" if more else "",
    }
    return render(request, "help/forum/category.html", context)


def _category(request: HttpRequest, slug: str) -> CategoryLine:
    """Raises ThreadNotFound."""
    found = queries.categories(account_id=account_id_of(request), for_staff=is_staff(request))
    chosen = next((line for line in found if line.slug == slug), None)
    if chosen is None:
        raise ThreadNotFound
    return chosen


@forum_member
@require_http_methods(["GET", "HEAD", "POST"])
def new_thread(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a thread in a category."""
    chosen = _category(request, slug)
    name = queries.name_of(account_id_of(request))
    form, status = ThreadForm(has_name=name is not None), 200
    if request.method == "POST":
        form, status = ThreadForm(request.POST, has_name=name is not None), 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                posted = operations.start_thread(
                    account_id=account_id_of(request),
                    category=slug,
                    title=data["title"],
                    text=data["words"],
                    name=data.get("name", ""),
                )
            except Refusal as refusal:
                status = _explain(form, refusal)
            else:
                return redirect("forum_thread", posted.thread_id)
    context = {
        "here": "forum",
        "category": chosen,
        "category_name": words.in_language(chosen.name),
        "form": form,
        "name": name,
    }
    return render(request, "help/forum/new_thread.html", context, status=status)


@never_cache
@forum_member
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A page of a thread, which is read by that; on POST, write in it."""
    head = queries.thread_head(thread_id=thread_id, for_staff=is_staff(request))
    if head is None:
        raise ThreadNotFound
    name = queries.name_of(account_id_of(request))
    form, status = PostForm(has_name=name is not None), 200
    if request.method == "POST":
        form, status = PostForm(request.POST, has_name=name is not None), 422
        if form.is_valid():
            try:
                posted = operations.write_post(
                    account_id=account_id_of(request),
                    thread_id=ThreadId(thread_id),
                    text=form.cleaned_data["words"],
                    name=form.cleaned_data.get("name", ""),
                )
            except Refusal as refusal:
                status = _explain(form, refusal)
            else:
                return _to_post(request, posted.post_id)
    return _thread_page(request, head, form, name, status)


def _thread_page(
    request: HttpRequest, head: ThreadHead, form: PostForm, name: str | None, status: int
) -> HttpResponse:
    last_page = max(1, -(-head.post_count // queries.POSTS_PAGE))
    page = min(page_number(request), last_page)
    account_id = account_id_of(request)
    found = queries.posts(
        account_id=account_id, thread_id=head.thread_id, page=page, editable_s=operations.EDITABLE_S
    )
    if found and request.method == "GET":
        operations.mark_read(
            account_id=account_id, thread_id=head.thread_id, post_id=PostId(found[-1].post_id)
        )
    context = {
        "here": "forum",
        "head": head,
        "category_name": words.in_language(head.category_name),
        "posts": found,
        "me": account_id,
        "for_staff": is_staff(request),
        "may_write": not head.is_locked or is_staff(request),
        "form": form,
        "name": name,
        "page": page,
        "last_page": last_page,
        "paged": Paged.of(request, page, has_more=page < last_page),
    }
    return render(request, "help/forum/thread.html", context, status=status)


@forum_member
@require_safe
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """Go to a post, on the page of its thread where it stands."""
    return _to_post(request, PostId(post_id))


@never_cache
@forum_member
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Change a post of one's own."""
    kept = own_or_shown(request, post_id)
    if kept.author_id != account_id_of(request):
        raise ThreadNotFound
    form, status = EditForm(initial={"words": kept.words}), 200
    if request.method == "POST":
        form, status = EditForm(request.POST), 422
        if form.is_valid():
            operations.edit_post(
                account_id=account_id_of(request), post_id=PostId(post_id), text=form.cleaned_data["words"]
            )
            messages.success(request, gettext("Your post is changed, and says so."))
            return _to_post(request, PostId(post_id))
    return render(
        request, "help/forum/edit.html", {"here": "forum", "form": form, "post": kept}, status=status
    )


@forum_member
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Posts with the words in ``?q=``."""
    text = request.GET.get("q", "")[:200].replace("\0", "").strip()
    found = queries.search(text=text, for_staff=is_staff(request)) if text else []
    context: dict[str, Any] = {"here": "forum", "q": text, "found": found}
    return render(request, "help/forum/search.html", context)


def own_or_shown(request: HttpRequest, post_id: int) -> Post:
    """A post this reader may see. Raises ThreadNotFound."""
    found = queries.post(
        account_id=account_id_of(request),
        post_id=post_id,
        editable_s=operations.EDITABLE_S,
        for_staff=is_staff(request),
    )
    if found is None:
        raise ThreadNotFound
    return found


def _to_post(request: HttpRequest, post_id: PostId) -> HttpResponse:
    place = queries.place_of(post_id=post_id, for_staff=is_staff(request))
    if place is None:
        raise ThreadNotFound
    thread_id, page = place
    address = reverse("forum_thread", args=[thread_id])
    query = f"?page={page}" if page > 1 else ""
    return HttpResponseRedirect(f"{address}{query}#p{ids.encode('forum_post', post_id)}")


def _explain(form: ThreadForm | PostForm, refusal: Refusal) -> int:
    """Say at the form what was refused; its status."""
    field = "name" if isinstance(refusal, _ABOUT_NAME) and "name" in form.fields else None
    form.add_error(field, str(refusal))
    return refusals.answer_to(refusal).status
