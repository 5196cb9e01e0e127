"""Single sign-on: the way to the provider and back, the first sign-in, and the page of the link."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount import views as allauth_views
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from manyhands.accounts.profile import reviews_applications
from manyhands.web.site import identity_links
from manyhands.web.site.identity_adapter import IdentityAdapter, OpenIDConnect, identity_of

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def when_on(view: View[Params]) -> View[Params]:
    """Nothing is here while no provider is configured."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if settings.IDENTITY_PROVIDER is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@when_on
@never_cache
@require_POST
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go to the provider.

    By a page of ours: browsers hold a form's redirects to this site's own policy, and where a provider
    sends people on its way is not known here.
    """
    answer = _conversation(request, provider_id, OAuth2LoginView)
    if isinstance(answer, HttpResponseRedirect):
        return render(request, "socialaccount/leaving.html", {"url": answer.url})
    return answer


@when_on
@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _conversation(request, provider_id, OAuth2CallbackView)


@when_on
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    """Whether the account is linked, and the way to link it."""
    is_linked = identity_links.is_linked(request)
    if request.method == "POST" and not is_linked:
        answer: HttpResponse = _begin_link(request)
        return answer
    return render(request, "socialaccount/connections.html", {"is_linked": is_linked})


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _begin_link(request: HttpRequest) -> HttpResponse:
    provider = settings.IDENTITY_PROVIDER
    assert provider is not None  # noqa: S101 -- the view above is there only then
    found = IdentityAdapter(request).get_provider(request, provider.id)
    try:
        answer: HttpResponse = found.redirect(request, AuthProcess.CONNECT)
    except (RequestException, OAuth2Error, KeyError, ValueError) as failure:
        answer = render_authentication_error(request, found, exception=failure)
    if isinstance(answer, HttpResponseRedirect):
        return render(request, "socialaccount/leaving.html", {"url": answer.url})
    return answer


@method_decorator(never_cache, name="dispatch")
class CompleteView(allauth_views.SignupView):  # type: ignore[misc]  # allauth has no types
    """The first sign-in: what the provider does not say is asked for, then the account is made."""

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        kwargs["identity"] = identity_of(kwargs["sociallogin"])
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"identity": identity_of(self.sociallogin), "is_reviewed": reviews_applications()}


cancelled = when_on(allauth_views.login_cancelled)
failed = when_on(allauth_views.login_error)


def _conversation(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    """One step with the provider; a provider that does not answer, or not as it should, is a page that says so."""
    ours = settings.IDENTITY_PROVIDER
    if ours is None or provider_id != ours.id:
        raise Http404
    adapter = OpenIDConnect(request, provider_id)
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)
    except (RequestException, OAuth2Error, KeyError, ValueError) as failure:
        answer = render_authentication_error(request, adapter.get_provider(), exception=failure)
    return answer
