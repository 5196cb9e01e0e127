"""Blocked workers: listed, blocked by ID, unblocked after asking."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import WorkerId
from manyhands.web.requester import gate
from manyhands.web.requester.forms import add_refusals
from manyhands.work.operations import blocking
from manyhands.work.queries.blocking import block_of, newest_blocks

PAGE = 50


class BlockForm(forms.Form):
    """Whom to block, and why."""

    worker = forms.CharField(
        label=_("Worker ID"), max_length=64, error_messages={"required": _("Enter the ID of a worker.")}
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=blocking.REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only you read it."),
        error_messages={"required": _("Say why, for yourself: the worker does not read it.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def blocked(request: HttpRequest) -> HttpResponse:
    """The blocked workers, the newest first, and a form to block one more."""
    if request.method != "POST":
        return _page(request, BlockForm(initial={"worker": request.GET.get("worker", "")[:64]}))
    form = BlockForm(request.POST)
    if form.is_valid() and _block(request, form):
        text = gettext("Worker %(worker)s is blocked.") % {"worker": form.cleaned_data["worker"]}
        messages.success(request, text)
        return redirect("blocked_workers")
    return _page(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def unblock(request: HttpRequest, worker: str) -> HttpResponse:
    """Take work from a worker again, after asking."""
    number = ids.decode_account(worker)
    if number is None or block_of(gate.me(request), WorkerId(number)) is None:
        raise Http404
    if request.method == "POST":
        blocking.unblock_worker(
            requester_id=gate.me(request), worker_id=WorkerId(number), actor_id=gate.actor(request)
        )
        messages.success(request, gettext("Worker %(worker)s is not blocked any more.") % {"worker": worker})
        return redirect("blocked_workers")
    page = {
        "title": gettext("Unblock worker %(worker)s?") % {"worker": worker},
        "effects": [gettext("The worker may accept your tasks again.")],
        "button": gettext("Unblock"),
        "back": reverse("blocked_workers"),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)


def _block(request: HttpRequest, form: BlockForm) -> bool:
    # No account has the number 0: an ID that is none finds nobody.
    number = ids.decode_account(form.cleaned_data["worker"]) or 0
    try:
        blocking.block_worker(
            requester_id=gate.me(request),
            worker_id=WorkerId(number),
            actor_id=gate.actor(request),
            reason=form.cleaned_data["reason"],
        )
    except NotFound:
        form.add_error("worker", gettext("There is no worker with this ID."))
    except InvalidInput as refusal:
        add_refusals(form, refusal)
    return not form.errors


def _page(request: HttpRequest, form: BlockForm, *, status: int = 200) -> HttpResponse:
    before = request.GET.get("before", "")
    if before and not before.isdecimal():
        raise Http404
    rows = newest_blocks(gate.me(request), before=min(int(before or 2**62), 2**62), limit=PAGE + 1)
    shown: list[tuple[str, Any]] = [(ids.encode_account(row.worker_id), row) for row in rows[:PAGE]]
    page = {
        "form": form,
        "blocks": shown,
        "older_url": f"?before={shown[-1][1].id}" if len(rows) > PAGE else "",
        "newer_url": reverse("blocked_workers") if before else "",
        "section": "requester",
    }
    return render(request, "requester/blocked.html", page, status=status)
