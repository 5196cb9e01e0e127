"""How one wants to be told: the settings page, the link in every mail that stops it, and browsers."""

import json

from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from manyhands.core.errors import InvalidInput
from manyhands.messaging import addresses, operations, push, queries
from manyhands.messaging.words import kind_name
from manyhands.web import refusals
from manyhands.web.messages.access import my_id, my_sides, person_required
from manyhands.web.messages.forms import SettingsForm

_BODY_MAX = 4_000


@person_required
def notification_settings(request: HttpRequest) -> HttpResponse:
    """All e-mail on or off, and each kind: at once, daily, not; on this browser."""
    chosen = queries.settings_of(account_id=my_id(request), sides=my_sides(request))
    form = SettingsForm(request.POST or None, chosen, with_push=push.is_offered())
    if form.is_valid():
        operations.set_choices(
            account_id=my_id(request), mail_on=form.cleaned_data["mail_on"], choices=form.choices()
        )
        flashes.success(request, gettext("Saved. You are told in this way from now on."))
        return redirect("notification_settings")
    status = 422 if form.is_bound else 200
    context = {
        "section": "messages",
        "form": form,
        "push_key": push.public_key() if push.is_offered() else "",
    }
    return render(request, "messages/settings.html", context, status=status)


@csrf_exempt  # the signed token is the proof, and mail programs send no cookie (RFC 8058)
@refusals.shown
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mail of the kinds in the link, without a log-in. GET only asks: mail scanners open links."""
    if request.method == "POST":
        kinds = operations.unsubscribe(token=token)
    else:
        _, kinds = addresses.read_unsubscribe_token(token)
    names = [kind_name(kind) for kind in kinds]
    context = {"names": names, "is_done": request.method == "POST"}
    return render(request, "messages/unsubscribe.html", context)


@person_required
@require_http_methods(["GET", "POST", "DELETE"])
def push_subscription(request: HttpRequest) -> HttpResponse:
    """JSON: GET gives the key to subscribe with, POST remembers a browser's subscription, DELETE forgets it.

    POST ``{"endpoint": …, "keys": {"p256dh": …, "auth": …}}``, as PushSubscription.toJSON() gives it.
    """
    if request.method == "GET":
        key = push.public_key() if push.is_offered() else None
        return JsonResponse({"offered": push.is_offered(), "key": key})
    endpoint, p256dh, auth = _subscription(request.body)
    if request.method == "DELETE":
        push.unsubscribe(account_id=my_id(request), endpoint=endpoint)
        return HttpResponse(status=204)
    push.subscribe(account_id=my_id(request), endpoint=endpoint, p256dh=p256dh, auth=auth)
    return JsonResponse({"subscribed": True}, status=201)


def _subscription(body: bytes) -> tuple[str, str, str]:
    """Raises InvalidInput unless the body is a subscription."""
    wrong = InvalidInput({"subscription": gettext("Expected a push subscription as JSON.")})
    try:
        found = json.loads(body[:_BODY_MAX])
        keys = found.get("keys") or {}
        values = (found["endpoint"], keys.get("p256dh", ""), keys.get("auth", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise wrong from None
    if not all(isinstance(value, str) for value in values):
        raise wrong
    return values
