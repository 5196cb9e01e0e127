"""What a worker has handed in and has earned."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from manyhands.core import ids
from manyhands.ledger import queries as ledger
from manyhands.ledger.accounts import AccountKind
from manyhands.web.worker import words
from manyhands.web.worker.access import worker_of, worker_required
from manyhands.work.queries import worker as queries

TRANSFERS_PAGE = 50
_NEWEST = 2**62
KINDS = {"available": AccountKind.WORKER_AVAILABLE, "held": AccountKind.WORKER_HELD}
STATUSES = ("submitted", "correction", "approved", "rejected")


@worker_required
@require_safe
def earnings(request: HttpRequest) -> HttpResponse:
    """The balance, and the transfers behind each part of it (``?of=available`` or ``held``)."""
    worker_id = worker_of(request)
    chosen = request.GET.get("of", "available")
    chosen = chosen if chosen in KINDS else "available"
    before = _before(request, "event")
    entries = ledger.entries_of(worker_id, KINDS[chosen], before=before, limit=TRANSFERS_PAGE)
    about = queries.task_names(
        worker_id=worker_id, assignment_ids=[entry.assignment_id for entry in entries if entry.assignment_id]
    )
    given = [entry.transfer_id for entry in entries if entry.purpose == "bonus"]
    reasons = queries.bonus_reasons(worker_id=worker_id, transfer_ids=given) if given else {}
    context = {
        "section": "earnings",
        "earned": queries.earnings(worker_id=worker_id, today=_start_of_today()),
        "balance": ledger.balance_of(worker_id),
        "chosen": chosen,
        "entries": [
            (entry, about.get(entry.assignment_id or 0), reasons.get(entry.transfer_id)) for entry in entries
        ],
        "older": ids.encode("event", entries[-1].transfer_id) if len(entries) == TRANSFERS_PAGE else None,
        "is_first_page": before == _NEWEST,
    }
    return render(request, "worker/earnings.html", context)


@worker_required
@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """The worker's own history, with decisions and their reasons."""
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in STATUSES else ""
    before = _before(request, "assignment")
    found = queries.submissions(worker_id=worker_of(request), status=chosen, before=before)
    context = {
        "section": "dashboard",
        "chosen": chosen,
        "statuses": [(status, words.status(status).word) for status in STATUSES],
        "submissions": [
            (each, words.status(each.status), words.rejection_reason(each.rejection_reason)) for each in found
        ],
        "older": (
            ids.encode("assignment", found[-1].assignment_id) if len(found) == queries.HISTORY_PAGE else None
        ),
        "is_first_page": before == _NEWEST,
    }
    return render(request, "worker/submissions.html", context)


def _before(request: HttpRequest, kind: ids.Kind) -> int:
    """The number of the last row of the page above; past all rows when there is none."""
    return ids.decode(kind, request.GET.get("before", "")) or _NEWEST


def _start_of_today() -> datetime:
    """Midnight in the worker's zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
