"""Account pages beyond allauth's own: confirmation, sending it again, settings, roles, language.

Each reads its input, calls one operation and answers.
"""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from manyhands.accounts import operations
from manyhands.accounts.confirmation import confirm_email as confirm
from manyhands.accounts.confirmation import unconfirmed_address
from manyhands.accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from manyhands.accounts.errors import EmailTaken, LinkExpired, LinkNotValid, LinkUsed
from manyhands.accounts.models import Account
from manyhands.accounts.profile import reviews_applications
from manyhands.accounts.reviewing import TERMS_VERSION
from manyhands.core.errors import InvalidInput, Refusal
from manyhands.core.ids import AccountId, RequesterId
from manyhands.web.site import identity_links
from manyhands.web.site.account_forms import PENDING_EMAIL, DisplayNameForm, PersonalForm, ResendForm


class LogInView(allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    """Log-in; in the demo with its people beside the form."""

    def get_initial(self) -> dict[str, Any]:
        chosen = _demo_person(self.request.GET.get("as", ""))
        return {"login": chosen.email, "password": DEMO_PASSWORD} if chosen else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = DEMO_PEOPLE if settings.DEMO else ()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"demo_people": people, "demo_password": DEMO_PASSWORD}


class SignUpView(allauth_views.SignupView):  # type: ignore[misc]  # allauth has no types
    """Sign-up; ``?wants=requester`` is the front page's button for requesters."""

    def get_initial(self) -> dict[str, Any]:
        chosen = {"wants": ["requester"]} if self.request.GET.get("wants") == "requester" else {}
        initial: dict[str, Any] = super().get_initial()
        return initial | chosen

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"is_reviewed": reviews_applications()}


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """What one agrees to at sign-up, and the guidelines of both sides."""
    return render(request, "account/terms.html", {"version": TERMS_VERSION})


def _demo_person(key: str) -> Any:
    return next((person for person in DEMO_PEOPLE if settings.DEMO and person.key == key), None)


@require_GET
@never_cache
def verification_sent(request: HttpRequest) -> HttpResponse:
    """'Check your mail': after sign-up, and after log-in with an address not confirmed."""
    email = request.session.get(PENDING_EMAIL, "")
    form = ResendForm(initial={"email": email})
    return render(request, "account/verification_sent.html", {"form": form, "email": email})


@require_GET
@never_cache
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    """The link of the confirmation mail: confirms once and leads to log-in."""
    try:
        email = confirm(key=key)
    except (LinkUsed, LinkExpired, LinkNotValid, EmailTaken) as refusal:
        page = {"refusal": refusal, "used": isinstance(refusal, LinkUsed), "form": ResendForm()}
        status = 404 if isinstance(refusal, LinkNotValid) else 410
        return render(request, "account/confirm_refused.html", page, status=status)
    if request.user.is_authenticated:
        messages.success(request, gettext("%(email)s is confirmed.") % {"email": email})
        return redirect("profile")
    text = gettext("%(email)s is confirmed. Sign in to start.") % {"email": email}
    messages.success(request, text)
    return redirect("account_login")


@require_POST
def resend_confirmation(request: HttpRequest) -> HttpResponse:
    """Another confirmation link; the answer is the same whether the address is known or not."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="resend_confirmation")
    if limited is not None:
        return limited
    form = ResendForm(request.POST)
    if not form.is_valid():
        page = {"form": form, "email": ""}
        return render(request, "account/verification_sent.html", page, status=422)
    email = form.cleaned_data["email"]
    request.session[PENDING_EMAIL] = email
    address = unconfirmed_address(email)
    if address is not None:
        send_verification_email_to_address(request, address)
    messages.info(
        request,
        gettext("If an account with this address waits for its confirmation, a new link is on its way."),
    )
    return redirect("account_email_verification_sent")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone; roles; ways on to password and log-out."""
    account = _account(request)
    is_linked = identity_links.is_linked(request)
    if is_linked and identity_links.sends_any(request, "name"):
        return identity_links.to_provider()
    form = PersonalForm(request.POST or None, initial=_personal(account), is_linked=is_linked)
    if form.is_valid():
        personal = {"name": account.name} | form.cleaned_data
        operations.set_personal(account_id=AccountId(account.pk), **personal)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, gettext("Your settings are saved."))
        return _with_language(redirect("account_settings"), form.cleaned_data["language"])
    return _settings_page(request, form=form)


@login_required
@require_POST
def become_worker(request: HttpRequest) -> HttpResponse:
    """Add 'do tasks' to the account."""
    return _change_roles(
        request,
        gettext("You can do tasks now."),
        lambda account_id: operations.become_worker(account_id=account_id),
    )


@login_required
@require_POST
def become_requester(request: HttpRequest) -> HttpResponse:
    """Add 'publish tasks' to the account."""
    form = DisplayNameForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, display_name_form=form)
    name = form.cleaned_data["display_name"]
    return _change_roles(
        request,
        gettext("You can publish tasks now."),
        lambda account_id: operations.become_requester(account_id=account_id, display_name=name),
    )


@login_required
@require_POST
def set_display_name(request: HttpRequest) -> HttpResponse:
    """Change the name workers see of a requester."""
    form = DisplayNameForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, display_name_form=form)
    name = form.cleaned_data["display_name"]
    return _change_roles(
        request,
        gettext("Workers see your new name."),
        lambda account_id: operations.set_display_name(
            requester_id=RequesterId(account_id), display_name=name
        ),
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The language menu: for a visitor in a cookie, for a person also in the account."""
    language = request.POST.get("language", "")
    wanted = request.POST.get("next", "")
    target = wanted if get_adapter(request).is_safe_url(wanted) else "/"
    if language not in dict(settings.LANGUAGES):
        return redirect(target)
    if request.user.is_authenticated:
        operations.set_language(account_id=AccountId(request.user.pk), language=language)
    return _with_language(HttpResponseRedirect(target), language)


def _change_roles(request: HttpRequest, done: str, change: Any) -> HttpResponse:
    try:
        change(AccountId(_account(request).pk))
    except InvalidInput as refusal:
        messages.error(request, " ".join(refusal.errors.values()))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("account_settings")


def _settings_page(request: HttpRequest, **forms: Any) -> HttpResponse:
    account = _account(request)
    requester = account.requester if account.is_requester else None
    shown = {"display_name": requester.display_name if requester else account.name}
    is_linked = identity_links.is_linked(request)
    page = {
        "is_linked": is_linked,
        "form": PersonalForm(initial=_personal(account), is_linked=is_linked),
        "display_name_form": DisplayNameForm(initial=shown),
    } | forms
    invalid = any(form.is_bound for form in forms.values())
    return render(request, "account/settings.html", page, status=422 if invalid else 200)


def _personal(account: Account) -> dict[str, str]:
    return {"name": account.name, "language": account.language, "time_zone": account.time_zone}


def _account(request: HttpRequest) -> Account:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 -- the views above require a log-in
    return account


def _with_language(response: HttpResponseRedirect, language: str) -> HttpResponseRedirect:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
