"""What is wrong in the forum: reports of readers, and what staff do about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.help.errors import ThreadNotFound
from manyhands.help.models import PostId, ThreadId
from manyhands.help.operations import forum as operations
from manyhands.help.queries import forum as queries
from manyhands.web.help.access import account_id_of, forum_member, is_staff, staff_only
from manyhands.web.help.forms import ReasonForm
from manyhands.web.help.forum_views import own_or_shown

_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@forum_member
@_METHODS
def report(request: HttpRequest, post_id: int) -> HttpResponse:
    """Tell the staff about a post."""

    def send(reason: str) -> None:
        operations.report_post(account_id=account_id_of(request), post_id=PostId(post_id), reason=reason)

    return _with_reason(
        request, send, post_id=post_id, title=gettext("Report this post"), button=gettext("Report"),
        help_text=gettext("The staff read your reason. The author does not learn who reported."),
        done=gettext("Thank you. The staff will look at it."),
    )  # fmt: skip


@never_cache
@staff_only
@_METHODS
def hide(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take a post out of sight."""

    def send(reason: str) -> None:
        operations.hide_post(staff_id=account_id_of(request), post_id=PostId(post_id), reason=reason)

    return _with_reason(
        request, send, post_id=post_id, title=gettext("Hide this post"), button=gettext("Hide the post"),
        help_text=gettext("Readers see the reason in its place. A thread goes with its first post."),
        done=gettext("The post is hidden."),
    )  # fmt: skip


@never_cache
@staff_only
@_METHODS
def restore(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show a hidden post again."""

    def send(reason: str) -> None:
        operations.restore_post(staff_id=account_id_of(request), post_id=PostId(post_id), reason=reason)

    return _with_reason(
        request, send, post_id=post_id, title=gettext("Restore this post"), button=gettext("Restore the post"),
        help_text=gettext("The reason is kept in the audit log."), done=gettext("The post is shown again."),
    )  # fmt: skip


def _with_reason(
    request: HttpRequest, send: Callable[[str], None], *, post_id: int, done: str, **words: str
) -> HttpResponse:
    """A page that asks for the reason; on POST, the deed, and back to the post."""
    post = own_or_shown(request, post_id)
    form, status = ReasonForm(), 200
    if request.method == "POST":
        form, status = ReasonForm(request.POST), 422
        if form.is_valid():
            send(form.cleaned_data["reason"])
            messages.success(request, done)
            return redirect("forum_post", post_id)
    context: dict[str, Any] = {"here": "forum", "post": post, "form": form} | words
    return render(request, "help/forum/reason.html", context, status=status)


@never_cache
@staff_only
@_METHODS
def lock(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Lock a thread, or unlock a locked one."""
    head = queries.thread_head(thread_id=thread_id, for_staff=is_staff(request))
    if head is None:
        raise ThreadNotFound
    form, status = ReasonForm(), 200
    if request.method == "POST":
        form, status = ReasonForm(request.POST), 422
        if form.is_valid():
            change = (
                operations.unlock_thread if request.POST.get("to") == "unlocked" else operations.lock_thread
            )
            change(
                staff_id=account_id_of(request),
                thread_id=ThreadId(thread_id),
                reason=form.cleaned_data["reason"],
            )
            return redirect("forum_thread", thread_id)
    context = {
        "here": "forum",
        "head": head,
        "form": form,
        "title": gettext("Unlock this thread") if head.is_locked else gettext("Lock this thread"),
        "button": gettext("Unlock") if head.is_locked else gettext("Lock"),
        "to": "unlocked" if head.is_locked else "locked",
        "help_text": gettext("Readers see the reason of a lock. It is kept in the audit log."),
    }
    return render(request, "help/forum/reason.html", context, status=status)


@never_cache
@staff_only
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Posts that readers reported and nobody has looked at."""
    return render(request, "help/forum/reports.html", {"here": "reports", "reported": queries.reported()})


@staff_only
@require_POST
def leave(request: HttpRequest, post_id: int) -> HttpResponse:
    """A reported post may stay."""
    operations.leave_post(staff_id=account_id_of(request), post_id=PostId(post_id))
    messages.success(request, gettext("The post stays. Its reports are settled."))
    return redirect("forum_reports")
