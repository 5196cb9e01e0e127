"""API keys: listed, made (the secret is shown once), revoked after asking."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.accounts import api_keys
from manyhands.core.errors import InvalidInput
from manyhands.web.requester import gate
from manyhands.web.requester.api_key_forms import SCOPES, APIKeyForm
from manyhands.web.requester.forms import add_refusals


@require_safe
@gate.requester_required
def key_list(request: HttpRequest) -> HttpResponse:
    """One's keys, without their secrets."""
    words = dict(SCOPES)
    keys = [
        (key, [str(words[scope]).partition(":")[0] for scope in words if scope in key.scopes])
        for key in api_keys.keys_of(gate.actor(request))
    ]
    page = {"keys": keys, "origin": settings.SITE_ORIGIN, "section": "requester"}
    return render(request, "requester/api_keys.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.requester_required
def new(request: HttpRequest) -> HttpResponse:
    """Make a key. The answer to the form is the only page that has the secret."""
    if request.method != "POST":
        return _form(request, APIKeyForm(initial=APIKeyForm.proposed()))
    form = APIKeyForm(request.POST)
    if form.is_valid():
        try:
            made = api_keys.create(
                account_id=gate.actor(request),
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                good_for=form.good_for(),
                spend_limit_minor=form.cleaned_data["spend_limit"],
            )
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        else:
            page = {"made": made, "origin": settings.SITE_ORIGIN, "section": "requester"}
            return render(request, "requester/api_key_made.html", page)
    return _form(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """End a key, after asking."""
    found = api_keys.key_of(account_id=gate.actor(request), access_key_id=key)
    if request.method == "POST":
        api_keys.revoke(account_id=gate.actor(request), access_key_id=key)
        messages.success(request, gettext("The key “%(name)s” is revoked.") % {"name": found.name})
        return redirect("api_keys")
    page = {
        "title": gettext("Revoke the key “%(name)s”?") % {"name": found.name},
        "effects": [
            gettext("Every program that uses it is refused from now on."),
            gettext("This cannot be undone; you can make a new key."),
        ],
        "button": gettext("Revoke the key"),
        "danger": True,
        "back": reverse("api_keys"),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)


def _form(request: HttpRequest, form: APIKeyForm, *, status: int = 200) -> HttpResponse:
    page = {"form": form, "section": "requester"}
    return render(request, "requester/api_key_new.html", page, status=status)
