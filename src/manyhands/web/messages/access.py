"""Who reads which inbox."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId
from manyhands.messaging.states import Side
from manyhands.web import refusals
from manyhands.web.requester.gate import offer_role

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]
SideView = Callable[Concatenate[HttpRequest, Side, Params], HttpResponse]


def person_required(view: View[Params]) -> View[Params]:
    """Anybody who is logged in."""
    answered = refusals.shown(view)

    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        return _sign_in(request) or answered(request, *args, **kwargs)

    return cast("View[Params]", update_wrapper(guarded, view))


def reader_required(view: SideView[Params]) -> SideView[Params]:
    """Those who have this inbox. A requester who asks for the worker's is shown their own."""
    answered = refusals.shown(view)

    def guarded(
        request: HttpRequest, side: Side, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponse:
        refused = _sign_in(request) or _other_role(request, side)
        return refused or answered(request, side, *args, **kwargs)

    return cast("SideView[Params]", update_wrapper(guarded, view))


def _sign_in(request: HttpRequest) -> HttpResponse | None:
    if request.user.is_authenticated:
        return None
    if request.content_type == "application/json":
        return JsonResponse({"error": "SignedOut", "message": gettext("You are signed out.")}, status=401)
    # After the log-in a page can be shown again; a form would have to be sent again.
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("messages")
    return redirect_to_login(wanted)


def _other_role(request: HttpRequest, side: Side) -> HttpResponse | None:
    account = me(request)
    if side == Side.REQUESTER:
        return None if account.is_requester else offer_role(request, status=403)
    if account.is_worker:
        return None
    if account.is_requester:
        return redirect("requester_messages")
    return render(request, "worker/become_worker.html", {"section": "messages"}, status=403)


def me(request: HttpRequest) -> Account:
    """The person behind a request that was let through."""
    return cast("Account", request.user)


def my_id(request: HttpRequest) -> AccountId:
    return AccountId(me(request).pk)


def my_sides(request: HttpRequest) -> list[Side]:
    """The inboxes of this person; who has no role is told what every account is told."""
    account = me(request)
    roles = {Side.WORKER: account.is_worker, Side.REQUESTER: account.is_requester}
    return [side for side, has in roles.items() if has] or [Side.REQUESTER]
