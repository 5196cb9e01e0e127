"""An inbox, and one entry of it opened: a thread to answer in, or a notice to read."""

from typing import Any

from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from manyhands.core import ids
from manyhands.core.errors import NotFound, Refusal
from manyhands.messaging import operations, queries
from manyhands.messaging.queries import Opened
from manyhands.messaging.states import NoticeKind, Side
from manyhands.web.messages.access import me, my_id, reader_required
from manyhands.web.messages.forms import MessageForm
from manyhands.web.refusals import answer_to

SECTIONS = {Side.WORKER: "messages", Side.REQUESTER: "requester-messages"}


@reader_required
@require_safe
def inbox(request: HttpRequest, side: Side) -> HttpResponse:
    """All messages, or with ``?unread=1`` the unread ones; newest first. Two or three statements."""
    unread_only = request.GET.get("unread") == "1"
    before_id = ids.decode("notice", request.GET.get("before", ""))
    before = queries.place_of(account_id=my_id(request), entry_id=before_id) if before_id else None
    entries = queries.inbox(account_id=my_id(request), side=side, unread_only=unread_only, before=before)
    context = _context(side) | {
        "entries": entries,
        "unread_only": unread_only,
        "has_unread": any(entry.is_unread for entry in entries),
        "older": (ids.encode("notice", entries[-1].id) if len(entries) == queries.INBOX_PAGE else None),
        "is_first_page": before is None,
    }
    return render(request, "messages/inbox.html", context)


def _context(side: Side) -> dict[str, Any]:
    """The names of this side's pages, so that one set of templates serves both."""
    prefix = "requester_" if side == Side.REQUESTER else ""
    return {
        "section": SECTIONS[side],
        "side": side.value,
        "inbox_url": f"{prefix}messages",
        "entry_url": f"{prefix}message",
        "reply_url": f"{prefix}message_reply",
        "read_all_url": f"{prefix}messages_read",
    }


@reader_required
@require_GET
def unread(request: HttpRequest, side: Side) -> HttpResponse:
    """The badge of the menu, fetched after the page: pages themselves do not wait for it."""
    count = queries.unread_count(account_id=my_id(request), side=side)
    return render(request, "messages/badge.html", {"count": count, "most": queries.UNREAD_MAX})


@reader_required
@require_safe
def entry(request: HttpRequest, side: Side, entry_id: int) -> HttpResponse:
    """One entry; opening it marks it read."""
    opened = _opened(request, side, entry_id)
    if opened.is_unread:
        operations.mark_read(account_id=my_id(request), entry_id=entry_id)
    return _page(request, side, opened, MessageForm())


def _opened(request: HttpRequest, side: Side, entry_id: int) -> Opened:
    """Raises NotFound, also for another's."""
    found = queries.entry(account_id=my_id(request), side=side, entry_id=entry_id)
    if found is None:
        raise NotFound
    return found


def _page(
    request: HttpRequest, side: Side, opened: Opened, form: MessageForm, status: int = 200
) -> HttpResponse:
    context = _context(side) | {"entry": opened, "form": form}
    if opened.thread_id is None:
        is_decision = opened.kind in {NoticeKind.DECISION_APPROVED, NoticeKind.DECISION_REJECTED}
        if is_decision and int(opened.facts.get("count", 1)) > 1:
            context["tasks"] = queries.tasks_of(account_id=my_id(request), entry_id=opened.id)
        return render(request, "messages/notice.html", context, status=status)
    context |= {
        "said": queries.messages_of(account_id=my_id(request), thread_id=opened.thread_id),
        "contact": _contact(request, side, opened),
        "batch": ids.encode("batch", opened.batch_id) if opened.batch_id else "",
        "assignment": ids.encode("assignment", opened.assignment_id) if opened.assignment_id else "",
    }
    return render(request, "messages/thread.html", context, status=status)


def _contact(request: HttpRequest, side: Side, opened: Opened) -> str:
    """The worker's address, where the worker was told that it is passed on."""
    if side != Side.REQUESTER or not opened.shares_contact or opened.person_id == me(request).pk:
        return ""
    return opened.contact_address(my_id(request))


@reader_required
@require_POST
def reply(request: HttpRequest, side: Side, entry_id: int) -> HttpResponse:
    """Answer in a thread. What was typed stays when it cannot be sent."""
    form = MessageForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            operations.reply(
                account_id=my_id(request), side=side, entry_id=entry_id, words=form.cleaned_data["words"]
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error("words", str(refusal))
            status = answer_to(refusal).status
        else:
            flashes.success(request, _sent(side))
            return redirect(_context(side)["entry_url"], entry_id)
    opened = _opened(request, side, entry_id)
    if opened.thread_id is None:
        raise NotFound
    return _page(request, side, opened, form, status)


def _sent(side: Side) -> str:
    if side == Side.WORKER:
        return gettext("Your message was sent. An answer may take a few days.")
    return gettext("Your message was sent.")


@reader_required
@require_POST
def read_all(request: HttpRequest, side: Side) -> HttpResponse:
    """Mark a whole inbox as read."""
    operations.mark_all_read(account_id=my_id(request), side=side)
    return redirect(_context(side)["inbox_url"])
