"""Who may see the pages of help: everybody the pages, each their own questions, workers the forum, staff the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from manyhands.accounts.errors import OperatorsOnly
from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId
from manyhands.help import access
from manyhands.help.errors import StaffOnly
from manyhands.web import refusals

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def person_of(request: HttpRequest) -> Account | None:
    """The account that is signed in, if any."""
    return request.user if isinstance(request.user, Account) else None


def account_id_of(request: HttpRequest) -> AccountId:
    """The account behind a request that one of the guards here let through."""
    return AccountId(cast("Account", request.user).pk)


def is_staff(request: HttpRequest) -> bool:
    person = person_of(request)
    return person is not None and access.is_staff(person)


def may_enter_forum(request: HttpRequest) -> bool:
    person = person_of(request)
    return person is not None and access.may_enter_forum(person)


def signed_in(view: View[Params]) -> View[Params]:
    """People with an account; a visitor goes to the log-in and comes back."""
    answered = refusals.shown(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if person_of(request) is not None:
            return answered(request, *args, **kwargs)
        wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("help")
        return redirect_to_login(wanted)

    return guarded


def forum_member(view: View[Params]) -> View[Params]:
    """Workers and staff; anybody else sees what the forum is and how to come in."""
    answered = refusals.shown(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if may_enter_forum(request):
            return answered(request, *args, **kwargs)
        return render(request, "help/forum/closed.html", {"here": "forum"}, status=403)

    return guarded


def staff_only(view: View[Params]) -> View[Params]:
    """Operators and reviewers."""

    def checked(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if not is_staff(request):
            raise StaffOnly
        return view(request, *args, **kwargs)

    return signed_in(wraps(view)(checked))


def operators_only(view: View[Params]) -> View[Params]:
    """Operators."""

    def checked(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None or not person.is_operator:
            raise OperatorsOnly
        return view(request, *args, **kwargs)

    return signed_in(wraps(view)(checked))
