"""What a page does about links: makes one, and sends linked people to the provider for what it governs."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NoReturn, ParamSpec

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from manyhands.accounts import identity, single_sign_on
from manyhands.accounts.identity import Identity
from manyhands.accounts.models import Account
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def is_linked(request: HttpRequest) -> bool:
    """Whether the person signed in has name, address and password at the provider."""
    return request.user.is_authenticated and identity.is_linked(AccountId(request.user.pk))


def to_provider() -> HttpResponse:
    """The provider's own page for name, address and password."""
    provider = settings.IDENTITY_PROVIDER
    assert provider is not None  # noqa: S101 -- only linked people come here
    return HttpResponseRedirect(provider.account_url)


def at_provider(view: View[Params]) -> View[Params]:
    """Send linked people to the provider instead of this page (M-10)."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        return to_provider() if is_linked(request) else view(request, *args, **kwargs)

    return guarded


def sends_any(request: HttpRequest, *names: str) -> bool:
    """Whether a form sends one of these fields, which no page offers to linked people."""
    return request.method == "POST" and any(name in request.POST for name in names)


def signed_in_just_now(request: HttpRequest) -> bool:
    """Whether the provider vouched for the person within the time a password stays fresh."""
    records = get_authentication_records(request, request.user)
    oldest = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(each["method"] == "socialaccount" and each["at"] > oldest for each in records)


def link_own(request: HttpRequest, said: Identity) -> NoReturn:
    """Link the account that is signed in, which has just entered its password; always back to its page."""
    account = request.user
    if isinstance(account, Account) and did_recently_reauthenticate(request):
        try:
            single_sign_on.link(account_id=AccountId(account.pk), identity=said)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            account.refresh_from_db()
            update_session_auth_hash(request, account)
            messages.success(request, gettext("Your account is linked."))
    else:
        messages.error(request, gettext("That took too long. Begin once more."))
    raise ImmediateHttpResponse(redirect("socialaccount_connections"))


def link_by_email(request: HttpRequest, account_id: AccountId, said: Identity) -> None:
    """Link the account whose confirmed address the provider confirms, too."""
    try:
        single_sign_on.link(account_id=account_id, identity=said)
    except Refusal as refusal:
        page = render(request, "socialaccount/authentication_error.html", {"refusal": refusal}, status=409)
        raise ImmediateHttpResponse(page) from refusal
