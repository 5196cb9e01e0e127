"""A bonus for a submission: amount and reason, then the total with its fee, then the payment."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from manyhands.core import ids, money
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import WorkerId
from manyhands.ledger.fees import requester_fee
from manyhands.ledger.queries import balance_of
from manyhands.web.requester import gate
from manyhands.web.requester.fields import currency_sign
from manyhands.web.requester.forms import BonusForm, add_refusals
from manyhands.work import errors
from manyhands.work.operations import bonuses


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def bonus(request: HttpRequest, batch: str, assignment: str) -> HttpResponse:
    """Ask for amount and reason, show what it costs, and, confirmed, pay. Sent twice, it pays once."""
    found = gate.batch_of(request, batch)
    row = gate.assignment_of(request, found, assignment)
    form = BonusForm(request.POST or None)
    page: dict[str, Any] = {
        "batch": found,
        "public_id": batch,
        "assignment": assignment,
        "worker": ids.encode_account(row.worker_id),
        "form": form,
        "currency_sign": currency_sign(),
        "section": "requester",
    }
    if not form.is_valid():
        return render(request, "requester/bonus.html", page, status=422 if form.is_bound else 200)
    amount_minor, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    if "confirmed" not in request.POST:
        fee_minor = requester_fee(amount_minor)
        page |= {"amount_minor": amount_minor, "reason": reason, "fee_minor": fee_minor, "is_asking": True}
        page |= {"total_minor": amount_minor + fee_minor, "token": uuid.uuid4().hex}
        page["available_minor"] = balance_of(gate.me(request)).available_minor
        return render(request, "requester/bonus.html", page)
    try:
        given = bonuses.send_bonus(
            requester_id=gate.me(request),
            actor_id=gate.actor(request),
            worker_id=WorkerId(row.worker_id),
            assignment_id=row.id,
            amount_minor=amount_minor,
            reason=reason,
            token=request.POST.get("token") or None,
        )
    except errors.RequestRepeated:
        messages.info(request, gettext("This bonus has been paid already."))
        return redirect("review_assignment", batch, assignment)
    except InvalidInput as refusal:
        add_refusals(form, refusal)
        return render(request, "requester/bonus.html", page, status=422)
    text = gettext("A bonus of %(amount)s was paid.") % {"amount": money.show(given.amount_minor)}
    messages.success(request, text)
    return redirect("review_assignment", batch, assignment)
