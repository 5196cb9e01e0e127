"""Webhooks and notifications: listed, made (the secret is shown once), tested, sent again, switched, removed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core import ids
from manyhands.core.errors import InvalidInput
from manyhands.messaging import event_queries, subscriptions
from manyhands.messaging.errors import NotDelivered
from manyhands.messaging.event_queries import NEWEST, Subscription
from manyhands.messaging.states import MadeBy, Transport
from manyhands.web.requester import gate
from manyhands.web.requester.event_forms import EVENTS, TRANSPORTS, SubscriptionForm
from manyhands.web.requester.forms import add_refusals

PAGE = 50
# So many types are offered; the API takes any.
TYPES_MAX = 500


@require_safe
@gate.requester_required
def subscription_list(request: HttpRequest) -> HttpResponse:
    """Everything that is told to one's programs, the newest first."""
    before = _before(request, "event_subscription")
    rows = event_queries.subscriptions_of(gate.me(request), before=before, limit=PAGE + 1)
    page = {
        "subscriptions": [_shown(row) for row in rows[:PAGE]],
        "older_url": _older("event_subscription", rows),
        "newer_url": reverse("event_subscriptions") if before != NEWEST else "",
        "section": "requester",
    }
    return render(request, "requester/event_subscriptions.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.requester_required
def new(request: HttpRequest) -> HttpResponse:
    """Make one. The answer to the form is the only page that has a webhook's secret."""
    types = event_queries.types_of(gate.me(request), limit=TYPES_MAX)
    if request.method != "POST":
        return _form(request, SubscriptionForm(types=types, initial=SubscriptionForm.proposed()))
    form = SubscriptionForm(request.POST, types=types)
    if form.is_valid():
        try:
            made = subscriptions.subscribe(
                requester_id=gate.me(request),
                notification=form.notification(),
                hit_type_id=form.hit_type_id(),
            )
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        else:
            if made.secret:
                return _secret(request, made.id, made.secret)
            messages.success(request, gettext("You are told of what happens from now on."))
            return redirect(_url(made.id))
    return _form(request, form, status=422)


@require_safe
@gate.requester_required
def show(request: HttpRequest, subscription: str) -> HttpResponse:
    """One of them, with what was sent and how it went."""
    found = _found(request, subscription)
    before = _before(request, "event_delivery")
    rows = event_queries.deliveries_to(found.id, before=before, limit=PAGE + 1)
    named = dict(EVENTS)
    page = {
        "it": _shown(found),
        "events": [(name, words) for name, words in named.items() if name in found.event_types],
        "deliveries": [
            (ids.encode("event_delivery", row.id), ids.encode("hit", row.hit_id), row) for row in rows[:PAGE]
        ],
        "older_url": _older("event_delivery", rows),
        "newer_url": _url(found.id) if before != NEWEST else "",
        "section": "requester",
    }
    return render(request, "requester/event_subscription.html", page)


@require_POST
@gate.requester_required
def act(request: HttpRequest, subscription: str, act: str) -> HttpResponse:
    """Send a test, send again, switch off or on."""
    found = _found(request, subscription)
    mine: dict[str, Any] = {"requester_id": gate.me(request), "subscription_id": found.id}
    if act == "test":
        try:
            subscriptions.try_subscription(**mine)
        except NotDelivered as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, gettext("The test was taken."))
    elif act == "replay":
        number = (
            gate.number("event_delivery", request.POST["delivery"]) if "delivery" in request.POST else None
        )
        count = subscriptions.replay(**mine, delivery_id=number)
        text = ngettext("%(count)d event is sent again.", "%(count)d events are sent again.", count)
        messages.success(request, text % {"count": count})
    elif act in {"off", "on"}:
        subscriptions.switch(**mine, is_active=act == "on")
        off, on = gettext("Switched off: nothing is told."), gettext("Switched on: told from now on.")
        messages.success(request, on if act == "on" else off)
    else:
        raise Http404
    return redirect(_url(found.id))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.requester_required
def renew_secret(request: HttpRequest, subscription: str) -> HttpResponse:
    """Make another secret of a webhook, after asking; shown once."""
    found = _found(request, subscription)
    if found.transport != Transport.WEBHOOK:
        raise Http404
    if request.method == "POST":
        secret = subscriptions.renew_secret(requester_id=gate.me(request), subscription_id=found.id)
        return _secret(request, found.id, secret)
    effects = [gettext("The old secret no longer verifies anything that is sent from now on.")]
    title, button = gettext("Make a new secret?"), gettext("Make a new secret")
    return _confirm(request, found, title=title, effects=effects, button=button)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def remove(request: HttpRequest, subscription: str) -> HttpResponse:
    """Forget one, after asking."""
    found = _found(request, subscription)
    if request.method == "POST":
        subscriptions.remove(requester_id=gate.me(request), subscription_id=found.id)
        messages.success(request, gettext("Removed."))
        return redirect("event_subscriptions")
    effects = [
        gettext("Nothing more is sent to this address."),
        gettext("What waits to be sent, and the list of what was sent, are lost."),
    ]
    title, button = gettext("Remove this webhook or notification?"), gettext("Remove")
    return _confirm(request, found, title=title, effects=effects, button=button)


def _confirm(request: HttpRequest, found: Subscription, **words: Any) -> HttpResponse:
    page = {**words, "danger": True, "back": _url(found.id), "section": "requester"}
    return render(request, "requester/confirm.html", page)


def _secret(request: HttpRequest, subscription_id: int, secret: str) -> HttpResponse:
    page = {"secret": secret, "back": _url(subscription_id), "section": "requester"}
    return render(request, "requester/event_secret.html", page)


def _form(request: HttpRequest, form: SubscriptionForm, *, status: int = 200) -> HttpResponse:
    page = {"form": form, "section": "requester"}
    return render(request, "requester/event_subscription_new.html", page, status=status)


def _shown(row: Subscription) -> dict[str, Any]:
    return {
        "id": ids.encode("event_subscription", row.id),
        "row": row,
        "way": TRANSPORTS[Transport(row.transport)],
        "is_webhook": row.transport == Transport.WEBHOOK,
        "is_of_api": row.made_by == MadeBy.API,
    }


def _found(request: HttpRequest, public_id: str) -> Subscription:
    return event_queries.subscription_of(gate.me(request), gate.number("event_subscription", public_id))


def _url(subscription_id: int) -> str:
    return reverse("event_subscription", args=[ids.encode("event_subscription", subscription_id)])


def _before(request: HttpRequest, kind: ids.Kind) -> int:
    """The place in a list that the address asks for."""
    asked = request.GET.get("before", "")
    return gate.number(kind, asked) if asked else NEWEST


def _older(kind: ids.Kind, rows: list[Any]) -> str:
    return f"?before={ids.encode(kind, rows[PAGE - 1].id)}" if len(rows) > PAGE else ""
