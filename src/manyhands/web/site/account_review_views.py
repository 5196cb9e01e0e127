"""/staff/accounts: applications for an account, and the operator's decision about each."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from manyhands.accounts import requests, reviewing
from manyhands.accounts.errors import ReasonMissing
from manyhands.accounts.profile import reviews_applications
from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId
from manyhands.web import refusals

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def operator_required(view: View[Params]) -> View[Params]:
    """Operators only; for everybody else the page is not there. A refusal is answered as everywhere."""
    answered = refusals.shown(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise Http404
        return answered(request, *args, **kwargs)

    return guarded


@require_safe
@operator_required
def account_requests(request: HttpRequest) -> HttpResponse:
    """Waiting applications, the most urgent first; ``?show=decided`` for those decided."""
    return _page(request)


@require_POST
@operator_required
def approve(request: HttpRequest, account: str) -> HttpResponse:
    """Let the applicant in."""
    return _decided(
        request,
        lambda: reviewing.approve(
            account_id=_account(account), actor_id=AccountId(int(request.user.pk or 0))
        ),
        gettext("Approved. The person is told by mail."),
    )


@require_POST
@operator_required
def refuse(request: HttpRequest, account: str) -> HttpResponse:
    """Do not let the applicant in; the reason goes to them."""
    try:
        return _decided(
            request,
            lambda: reviewing.refuse(
                account_id=_account(account),
                actor_id=AccountId(int(request.user.pk or 0)),
                reason=request.POST.get("reason", "")[:2000],
            ),
            gettext("Refused. The person gets your reason by mail."),
        )
    except ReasonMissing as refusal:
        return _page(request, status=422, failed=account, failure=str(refusal))


def _decided(request: HttpRequest, decide: Callable[[], None], done: str) -> HttpResponse:
    try:
        decide()
    except ReasonMissing:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("staff_accounts")


def _account(public_id: str) -> AccountId:
    number = ids.decode_account(public_id)
    if number is None:
        raise Http404
    return AccountId(number)


def _page(request: HttpRequest, *, status: int = 200, **more: str) -> HttpResponse:
    shown = "decided" if request.GET.get("show") == "decided" else "open"
    listed = requests.decided() if shown == "decided" else requests.waiting()
    context = {
        "section": "staff",
        "shown": shown,
        "requests": listed,
        "overdue_count": requests.overdue_count(),
        "is_reviewed": reviews_applications(),
    }
    return render(request, "account/staff/requests.html", context | more, status=status)
