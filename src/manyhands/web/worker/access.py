"""Who may see the worker's pages, and what a request says about its worker."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from manyhands.accounts.models import Account
from manyhands.core.ids import WorkerId
from manyhands.web import refusals

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def worker_required(view: View[Params]) -> View[Params]:
    """Workers only; refusals of operations are answered by ``web.refusals``.

    A visitor goes to the log-in and comes back; a person who is not a worker is offered to become one.
    """
    answered = refusals.shown(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_worker:
            return answered(request, *args, **kwargs)
        if request.content_type == "application/json" or request.GET.get("format") == "json":
            return JsonResponse({"error": "SignedOut", "message": gettext("You are signed out.")}, status=401)
        if not request.user.is_authenticated:
            # After the log-in a page can be shown again; a form would have to be sent again.
            wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("tasks")
            return redirect_to_login(wanted)
        return render(request, "worker/become_worker.html", {"section": "tasks"}, status=403)

    return guarded


def account_of(request: HttpRequest) -> Account:
    """The person behind a request that ``worker_required`` let through."""
    return cast("Account", request.user)


def worker_of(request: HttpRequest) -> WorkerId:
    """The worker behind a request that ``worker_required`` let through."""
    return WorkerId(account_of(request).pk)


def accepts_automatically(request: HttpRequest) -> bool:
    """Whether the worker has 'Automatically accept the next task' on; loaded with the session."""
    return account_of(request).worker.auto_accept_next
