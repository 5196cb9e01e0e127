"""The requester's money: every figure opens the transfers behind it."""

import csv
import io
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from manyhands.core import ids
from manyhands.core import money as amounts
from manyhands.core.ids import RequesterId
from manyhands.ledger import operations
from manyhands.ledger.accounts import AccountKind
from manyhands.ledger.queries import Entry, balance_of, entries_of
from manyhands.web.requester import gate
from manyhands.web.requester.fields import currency_sign
from manyhands.web.requester.forms import PlayMoneyForm
from manyhands.work.queries import requester as queries

PAGE = 50
CSV_PAGE = 5_000
ACCOUNTS = {
    "available": AccountKind.REQUESTER_AVAILABLE,
    "reserved": AccountKind.REQUESTER_RESERVED,
    "fees": AccountKind.FEES,
}
PURPOSES = {
    "deposit": _("Money added"),
    "reserve": _("Reserved for tasks"),
    "release": _("Reservation released"),
    "reward": _("Reward paid"),
    "fee": _("Fee"),
    "bonus": _("Bonus paid"),
    "bonus_fee": _("Fee on a bonus"),
}


@require_safe
@gate.requester_required
def money(request: HttpRequest) -> HttpResponse:
    """Balances, and the transfers behind the chosen one. Four statements with the session."""
    account = request.GET.get("account", "available")
    before = request.GET.get("before", "")
    if account not in ACCOUNTS or not (before.isdigit() or not before):
        raise Http404
    requester_id = gate.me(request)
    entries = entries_of(
        requester_id, ACCOUNTS[account], before=min(int(before or 2**62), 2**62), limit=PAGE + 1
    )
    shown = entries[:PAGE]
    names = queries.batch_names(
        requester_id=requester_id, batch_ids=[entry.batch_id for entry in shown if entry.batch_id]
    )
    page = {
        "balance": balance_of(requester_id),
        "account": account,
        "lines": [_line(entry, names) for entry in shown],
        "older_url": f"?account={account}&before={shown[-1].transfer_id}" if len(entries) > PAGE else "",
        "newer_url": f"?account={account}" if before else "",
        "currency_sign": currency_sign(),
        "play_money": PlayMoneyForm(initial={"amount": 10_000}) if _has_play_money() else None,
        "section": "requester",
    }
    return render(request, "requester/money.html", page)


def _has_play_money() -> bool:
    """The demo's; the sandbox's balance fills itself."""
    return settings.DEMO and not settings.SANDBOX_BALANCE_MINOR


def _line(entry: Entry, names: dict[int, str]) -> dict[str, object]:
    batch = ids.encode("batch", entry.batch_id) if entry.batch_id in names else ""
    assignment = ids.encode("assignment", entry.assignment_id) if entry.assignment_id and batch else ""
    url = ""
    if batch:
        url = (
            reverse("review_assignment", args=[batch, assignment])
            if assignment
            else reverse("batch", args=[batch])
        )
    return {
        "entry": entry,
        "what": PURPOSES.get(entry.purpose, entry.purpose),
        "batch_name": names.get(entry.batch_id or 0, ""),
        "url": url,
    }


@require_safe
@gate.requester_required
def money_csv(request: HttpRequest) -> HttpResponse:
    """All transfers of one account as CSV, newest first, in flat memory."""
    account = request.GET.get("account", "available")
    if account not in ACCOUNTS:
        raise Http404
    lines = _csv_lines(gate.me(request), ACCOUNTS[account])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="money-{account}.csv"'
    return response  # type: ignore[return-value]  # a response in all but its base class


def _csv_lines(requester_id: RequesterId, kind: AccountKind) -> Iterator[str]:
    yield "Time,Purpose,Amount,Currency,BatchId,AssignmentId\r\n"
    before = 2**62
    while entries := entries_of(requester_id, kind, before=before, limit=CSV_PAGE):
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for entry in entries:
            writer.writerow(
                (
                    entry.at.isoformat(timespec="seconds"),
                    entry.purpose,
                    amounts.plain(entry.amount_minor),
                    settings.CURRENCY,
                    ids.encode("batch", entry.batch_id) if entry.batch_id else "",
                    ids.encode("assignment", entry.assignment_id) if entry.assignment_id else "",
                )
            )
        yield text.getvalue()
        before = entries[-1].transfer_id


@require_POST
@gate.requester_required
def add_play_money(request: HttpRequest) -> HttpResponse:
    """In the demo only: money out of nowhere, so that publishing can be tried."""
    if not _has_play_money():
        raise Http404
    form = PlayMoneyForm(request.POST)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("requester_money")
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for text in form.errors["amount"]))
        return redirect(back)
    amount = form.cleaned_data["amount"]
    operations.deposit(
        requester_id=gate.me(request), amount_minor=amount, reference=f"play:{uuid.uuid4().hex}"
    )
    text = gettext("%(amount)s of play money is in your balance.") % {"amount": amounts.show(amount)}
    messages.success(request, text)
    return redirect(back)
